"""What a filled checklist says: what is asked, what is wrong, what is missing, what was found.

Hidden questions have no say: an answer to a question that is no longer asked is neither counted
nor checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from clinic.checklists.answers import (
    Answer,
    Answers,
    answers_from,
    as_json,
    given,
    holds,
    in_unit,
    spoken,
    value_of,
)
from clinic.checklists.days import latest_possible
from clinic.checklists.document import Basis, Checklist, Condition, Consequence, Item, Kind, Meaning

__all__ = [
    "Answer",
    "Answers",
    "Finding",
    "answers_from",
    "as_json",
    "findings",
    "given",
    "hidden_answers",
    "latest_possible",
    "missing",
    "problems",
    "spoken",
    "value_of",
    "visible_items",
]

Because = Literal["answered", "not_known", "approximate", "unanswered"]
_GRAVITY = list(Meaning)
_DOUBTFUL: dict[str, str] = {
    "not_known": "Not known",
    "approximate": "Only approximately known",
    "unanswered": "Not answered",
}


@dataclass(frozen=True)
class Finding:
    """What an answer, or the lack of one, asks of somebody."""

    item: str
    number: str
    text: str
    meaning: Meaning
    basis: Basis
    citation: str
    decider: str
    message: str
    because: Because
    days: int | None
    confirm: bool
    key: str


def visible_items(checklist: Checklist, answers: Answers) -> tuple[Item, ...]:
    """List the questions that are asked, given the answers so far."""
    known: dict[str, bool] = {}
    return tuple(item for item in checklist.items if _is_asked(checklist, item, answers, known))


def hidden_answers(checklist: Checklist, answers: Answers) -> tuple[str, ...]:
    """List the answers whose questions are no longer asked, to be cleared knowingly."""
    asked = {item.code for item in visible_items(checklist, answers)}
    return tuple(
        item.code for item in checklist.items if item.code in answers and item.code not in asked
    )


def missing(checklist: Checklist, answers: Answers) -> tuple[Item, ...]:
    """List the questions that are asked, required and without an answer."""
    return tuple(
        item
        for item in visible_items(checklist, answers)
        if item.required and not given(answers.get(item.code))
    )


def problems(checklist: Checklist, answers: Answers) -> dict[str, list[str]]:
    """Say per question what is wrong with its answer; a missing one is not wrong."""
    known = {item.code for item in checklist.items}
    unknown = {code: ["This question is not on the form."] for code in answers if code not in known}
    asked = {
        item.code: list(_faults(item, answers.get(item.code)))
        for item in visible_items(checklist, answers)
    }
    return {code: faults for code, faults in {**asked, **unknown}.items() if faults}


def findings(checklist: Checklist, answers: Answers, on: date) -> tuple[Finding, ...]:
    """List what the answers mean on a day, the gravest first."""
    found = [
        finding
        for item in visible_items(checklist, answers)
        for finding in _findings_of(item, answers.get(item.code), on)
    ]
    return tuple(sorted(found, key=lambda finding: _GRAVITY.index(finding.meaning)))


def _is_asked(checklist: Checklist, item: Item, answers: Answers, known: dict[str, bool]) -> bool:
    if item.code not in known:
        known[item.code] = False  # a branching cycle ends here instead of running for ever
        known[item.code] = all(
            _condition_holds(checklist, condition, answers, known) for condition in item.shown_when
        )
    return known[item.code]


def _condition_holds(
    checklist: Checklist, condition: Condition, answers: Answers, known: dict[str, bool]
) -> bool:
    other = checklist.item(condition.item)
    answer = answers.get(condition.item)
    if other is None or answer is None or not given(answer):
        return False
    if not _is_asked(checklist, other, answers, known):
        return False
    if answer.state == "not_known":
        return condition.or_not_known
    return holds(condition, other, answer)


def _faults(item: Item, answer: Answer | None) -> Iterator[str]:
    if answer is None or not given(answer):
        return
    yield from _misplaced_doubt(item, answer)
    if answer.state == "not_known":
        return
    try:
        value = value_of(item, answer)
    except ValueError as wrong:
        yield str(wrong)
        return
    if isinstance(value, Decimal):
        yield from _out_of_range(item, value)
    if item.kind == Kind.DATE and isinstance(value, str) and answer.state == "known":
        yield "Write the whole day, or mark the answer as approximate."


def _misplaced_doubt(item: Item, answer: Answer) -> Iterator[str]:
    if answer.state == "not_known" and not item.allow_not_known:
        yield "“Not known” is not an answer to this question."
    if answer.state == "approximate" and not item.allow_approximate:
        yield "This answer has to be exact."


def _out_of_range(item: Item, value: Decimal) -> Iterator[str]:
    if item.minimum is not None and value < item.minimum:
        yield f"This cannot be less than {in_unit(item, item.minimum)}."
    if item.maximum is not None and value > item.maximum:
        yield f"This cannot be more than {in_unit(item, item.maximum)}."


def _findings_of(item: Item, answer: Answer | None, on: date) -> Iterator[Finding]:
    in_force = [
        (position, each)
        for position, each in enumerate(item.consequences)
        if _is_in_force(each, on)
    ]
    if answer is None or not given(answer):
        if item.required:
            yield from _in_doubt(item, in_force, "unanswered")
        return
    if answer.state == "not_known":
        yield from _in_doubt(item, in_force, "not_known")
        return
    met = [(position, each) for position, each in in_force if holds(each.when, item, answer)]
    if answer.state == "approximate":
        yield from _approximate(item, in_force, met)
        return
    for position, consequence in met:
        yield _finding(item, position, consequence, _how_surely(item, answer, consequence))


def _how_surely(item: Item, answer: Answer, consequence: Consequence) -> Because:
    """A medicine a rule means is in doubt as long as nobody knows when it was last taken."""
    if item.kind != Kind.MEDICATION:
        return "answered"
    wanted = consequence.when.any_of
    if isinstance(consequence.when.equals, str):
        wanted = (consequence.when.equals,)
    meant = [
        each.in_doubt
        for each in value_of(item, answer)
        if not wanted or any(each.is_called(str(word)) for word in wanted)
    ]
    if "not_known" in meant:
        return "not_known"
    return "approximate" if "approximate" in meant else "answered"


def _approximate(
    item: Item, in_force: list[tuple[int, Consequence]], met: list[tuple[int, Consequence]]
) -> Iterator[Finding]:
    for position, consequence in met:
        yield _finding(item, position, consequence, "approximate")
    met_positions = {position for position, _ in met}
    for finding in _in_doubt(item, in_force, "approximate"):
        if int(finding.key.rpartition("/")[2]) not in met_positions:
            yield finding


def _in_doubt(
    item: Item, in_force: list[tuple[int, Consequence]], because: Because
) -> Iterator[Finding]:
    """Doubt counts as the gravest thing the answer could have meant, until somebody resolves it."""
    grave = [pair for pair in in_force if pair[1].meaning != Meaning.INFO]
    if grave:
        position, consequence = min(grave, key=lambda pair: _GRAVITY.index(pair[1].meaning))
        yield _finding(item, position, consequence, because)


def _finding(item: Item, position: int, consequence: Consequence, because: Because) -> Finding:
    doubt = _DOUBTFUL.get(because)
    return Finding(
        item=item.code,
        number=item.number,
        text=item.text,
        meaning=consequence.meaning,
        basis=consequence.basis,
        citation=consequence.citation,
        decider=consequence.decider,
        message=f"{doubt}: {consequence.message}" if doubt else consequence.message,
        because=because,
        days=consequence.days,
        confirm=consequence.confirm,
        key=f"{item.code}/{position}",
    )


def _is_in_force(consequence: Consequence, on: date) -> bool:
    started = consequence.effective_from is None or consequence.effective_from <= on
    return started and (consequence.effective_to is None or on <= consequence.effective_to)
