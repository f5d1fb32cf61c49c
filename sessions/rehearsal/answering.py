"""Answers a made-up person gives: the harmless ones, found by asking the checklist itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from clinic.checklists.document import Checklist, Item, Kind, Meaning
from clinic.checklists.engine import Answer, findings, problems, visible_items

ONLY_ANSWER = {Kind.ATTESTATION: True, Kind.TIME: "09:00", Kind.MEDICATION: {"taken": []}}


def harmless(checklist: Checklist, on: date, **chosen: Any) -> dict[str, Answer]:
    """Answer every question that is asked so that nothing stands in the way.

    `chosen` gives some answers by item code (dashes written as underscores); an Answer stands as it
    is, any other value counts as known.
    """
    answers: dict[str, Answer] = {}
    for _ in checklist.items:
        asked = [item for item in visible_items(checklist, answers) if item.code not in answers]
        if not asked:
            return answers
        item = asked[0]
        wanted = chosen.get(item.code.replace("-", "_"))
        if wanted is not None:
            answers[item.code] = wanted if isinstance(wanted, Answer) else Answer("known", wanted)
        else:
            answers[item.code] = _harmless_answer(checklist, item, answers, on)
    return answers


def _harmless_answer(
    checklist: Checklist, item: Item, answers: dict[str, Answer], on: date
) -> Answer:
    tried = [Answer("known", value) for value in _candidates(item, on)]
    fitting = [a for a in tried if not problems(checklist, answers | {item.code: a})]
    for answer in fitting:
        found = findings(checklist, answers | {item.code: answer}, on)
        if not [f for f in found if f.item == item.code and f.meaning != Meaning.INFO]:
            return answer
    # Some questions always ask somebody to look ("diagnosis on file"): any well-formed answer.
    return fitting[0]


def _candidates(item: Item, on: date) -> Iterator[Any]:
    if item.kind == Kind.YES_NO:
        yield from (False, True)
    elif item.kind == Kind.ONE_OF:
        yield from (option.code for option in item.options)
    elif item.kind == Kind.SOME_OF:
        yield from ([option.code] for option in item.options if option.exclusive)
        yield []
        yield from ([option.code] for option in item.options)
    elif item.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.INSTRUMENT, Kind.DURATION):
        yield from _numbers(item)
    elif item.kind == Kind.DATE:
        yield from ((on - timedelta(days=days)).isoformat() for days in (0, 1, 30, 365, 3650))
    else:
        yield ONLY_ANSWER.get(item.kind, "Nothing to add.")


def _numbers(item: Item) -> Iterator[Any]:
    low = int(item.minimum) if item.minimum is not None else 0
    high = int(item.maximum) if item.maximum is not None else 200
    middle = (low + high) // 2
    near = sorted(range(low, high + 1, max(1, (high - low) // 40)), key=lambda n: abs(n - middle))
    whole = item.kind != Kind.DECIMAL
    yield from (number if whole else str(number) for number in near)


def scored(checklist: Checklist, each: int) -> dict[str, Answer]:
    """Answer a scored questionnaire with the option that counts `each` on every scored item."""
    answers = {}
    for item in checklist.items:
        codes = [option.code for option in item.options if option.value == each]
        if codes:
            answers[item.code] = Answer("known", codes[0])
        elif item.options:
            answers[item.code] = Answer("known", item.options[0].code)
    return answers
