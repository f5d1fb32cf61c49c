"""A checklist as a clinician reads it: its questions, and what their answers mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clinic.checklists.document import Checklist, Condition, Consequence, Item, Match
from clinic.protocols.shapes import span_of
from clinic.protocols.spoken import Line, Table, line_of, say


def of_checklist(checklist: Checklist) -> tuple[Table, ...]:
    items = tuple(Line(_cells_of(item)) for item in checklist.items)
    meanings = tuple(
        line
        for item in checklist.items
        for line in (_consequence(item, each) for each in item.consequences)
    )
    note = checklist.introduction
    return (
        Table("Questions", ("No.", "Question", "Answer"), items, note),
        Table("What answers mean", ("No.", "When", "Means", "Says", "Who decides"), meanings),
    )


def _cells_of(item: Item) -> tuple[str, ...]:
    kind = item.kind.words
    if item.options:
        kind += ": " + ", ".join(
            option.label if option.value is None else f"{option.label} ({option.value})"
            for option in item.options
        )
    if item.minimum is not None or item.maximum is not None:
        kind += f", {span_of(item.minimum, item.maximum, item.unit)}"
    text = item.text
    if item.shown_when:
        text += f" [asked if {' and '.join(_condition(each) for each in item.shown_when)}]"
    return item.number or item.code, text, kind


def _consequence(item: Item, each: Consequence) -> Line:
    until = f" ({each.days} days)" if each.days else ""
    return line_of(
        each,
        [item.number or item.code, match_in_words(each.when, item), f"{each.meaning.value}{until}",
         each.message, each.decider],
    )  # fmt: skip


def _condition(condition: Condition) -> str:
    doubt = " or not known" if condition.or_not_known else ""
    return f"{say(condition.item)} is {match_in_words(condition)}{doubt}"


def match_in_words(match: Match, item: Item | None = None) -> str:
    """What an answer is asked for, in words: yes; below 18; one of a, b."""
    return " and ".join(_parts_of(match, item)) or "anything"


def _parts_of(match: Match, item: Item | None) -> Iterator[str]:
    def label(value: Any) -> str:
        option = item.option(value) if item else None
        return option.label if option else say(value)

    if match.equals is not None:
        yield label(match.equals)
    if match.any_of:
        yield "one of " + ", ".join(label(value) for value in match.any_of)
    for name in ("below", "at_most", "at_least", "above"):
        if (value := getattr(match, name)) is not None:
            yield f"{name.replace('_', ' ')} {say(value)}"
    if match.answered is not None:
        yield "answered" if match.answered else "not answered"
