"""The parts of a document whose table has a shape of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from pydantic import BaseModel

from clinic.protocols.document import ProtocolDocument, Report
from clinic.protocols.headings import called_as, heading
from clinic.protocols.spoken import (
    AUTHORITY,
    NOTHING,
    Line,
    Table,
    label,
    line_of,
    say,
    table_of,
)


def overview(document: ProtocolDocument) -> Table:
    names = [
        "code", "title", "edition", "summary", "substance_label", "substance_form", "route",
        "unit", "jurisdiction", "indication", "made_up",
    ]  # fmt: skip
    lines = tuple(Line((called_as(name), say(getattr(document, name)))) for name in names)
    return Table("What it is", ("", ""), lines)


WORDS_FOR = {
    "person": "Who comes",
    "people": "Several who come",
    "clinician": "Who accompanies",
    "clinicians": "Several who accompany",
    "session": "A session with a dose",
    "sessions": "Several of them",
    "adverse_event": "Something untoward",
    "adverse_events": "Several of them",
    "supporter": "Who comes along",
}


def words(document: ProtocolDocument) -> Table:
    lines = tuple(Line((said, getattr(document.nouns, name))) for name, said in WORDS_FOR.items())
    return Table("Words people read", ("For", "This protocol says"), lines)


def documents(document: ProtocolDocument) -> Table:
    """The documents, and who signs them in this protocol's own nouns."""
    table, nouns = table_of("Documents", document.documents), document.nouns
    signers = {"person": nouns.person, "clinician": nouns.clinician, "supporter": nouns.supporter}
    if label("signed_by") not in table.columns:
        return table
    at = table.columns.index(label("signed_by"))
    lines = []
    for line in table.lines:
        signed_by = ", ".join(signers[each] for each in line.part.signed_by)
        lines.append(replace(line, cells=(*line.cells[:at], signed_by, *line.cells[at + 1 :])))
    return replace(table, lines=tuple(lines))


def doses(document: ProtocolDocument) -> Table:
    rules, lines = document.doses, []
    for title, ranges in (("One dose", rules.single), ("In one session", rules.total)):
        for each in ranges:
            per = " per kg" if each.per_kg else ""
            amount = span_of(each.minimum, each.maximum, f"{document.unit}{per}")
            lines.append(line_of(each, [title, amount]))
    lines += [*_schedule(document), *_held(document)]
    return Table("Amounts", ("What", "How much"), tuple(lines))


def _schedule(document: ProtocolDocument) -> Iterator[Line]:
    for step in document.doses.by_session:
        until = f" to {step.until_session}" if step.until_session else " and later"
        said = " or ".join(f"{say(each)} {document.unit}" for each in step.amounts)
        title = f"First dose of session {step.from_session}{until}"
        yield line_of(step, [title, f"{said}. {step.words}".strip(". ")])


def _held(document: ProtocolDocument) -> Iterator[Line]:
    rules = document.doses
    if rules.amounts_as:
        yield Line(("Amounts are of the", rules.amounts_as))
    if rules.comes_as or rules.salt:
        said = ", ".join(filter(None, [" or ".join(rules.comes_as), rules.salt]))
        yield Line(("A lot it is drawn from is", said))
    if rules.products:
        yield Line(("May come as", say(rules.products)))
    for title, part in (
        (f"One {document.unit} holds", rules.strength),
        ("Comes in", rules.pieces),
        ("Further dose in the session", rules.supplementary),
    ):
        if part:
            yield line_of(part, [title, _said_fields(part)])
    for each in rules.equivalents:
        said = f"{say(each.per_unit)} {each.unit} {each.name}"
        yield line_of(each, [f"One {document.unit} is", said])


def _said_fields(part: BaseModel) -> str:
    return "; ".join(
        f"{heading(name, type(part).__name__)}: {say(getattr(part, name))}"
        for name in type(part).model_fields
        if name not in AUTHORITY and getattr(part, name) not in NOTHING
    )


def washouts(document: ProtocolDocument) -> Table:
    """How many days must be clear, worked out; a rule about a day, no instruction."""
    lines = []
    for each in document.washouts:
        half_lives = ""
        if each.half_lives:
            hours = f"{say(each.half_life_hours)} hours"
            asked_for = f"the hours told under {say(each.half_life_item)}"
            half_lives = f"{say(each.half_lives)} of {asked_for if each.half_life_item else hours}"
            half_lives += f", {each.and_days} days to settle" if each.and_days else ""
            half_lives += f" ({each.half_life_source})" if each.half_life_source else ""
        asked = say((each.taken_item, *each.taken_options, *each.medicines))
        cells = [
            each.label,
            each.clear_for,
            half_lives,
            asked,
            each.last_on_item or "beside each",
        ]
        lines.append(line_of(each, cells))
    note = "A rule about the day of the dose. Only who ordered a medicine changes it."
    columns = ("What", "Clear for", "Half-lives", "Asked as", "Last taken")
    return Table("Washouts", columns, tuple(lines), note)


def reports(document: ProtocolDocument) -> Table:
    lines = []
    for each in document.reports:
        whose = f" of {each.awareness_of}" if each.awareness_of else ""
        ends = f" ({', '.join(each.period_ends)})" if each.period_ends else ""
        due = "voluntary" if each.due_days is None else f"within {each.due_days} days"
        clock = f"{say(each.clock_from)}{whose}{ends}"
        lines.append(line_of(each, [each.title, each.to, due, clock, each.counts, each.checklist]))
    columns = ("Report", "To", "Due", "Clock runs from", "Adds up", "Written on")
    return Table("Reports", columns, tuple(lines))


def fields(report: Report) -> Table:
    lines = tuple(line_of(each, [each.item, each.filled_from]) for each in report.fields)
    return Table(f"Fields of {report.title}", ("Field", "Filled from"), lines)


def span_of(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    if low is None and high is None:
        return "any amount"
    if low is None:
        return f"at most {say(high)} {unit}"
    return f"at least {say(low)} {unit}" if high is None else f"{say(low)} to {say(high)} {unit}"


def limits(document: ProtocolDocument) -> Table:
    lines = []
    for limit in document.limits:
        parameter = document.parameter(limit.parameter)
        name = parameter.label if parameter else limit.parameter
        for band in limit.bands:
            reach = _reach(band.starts, band.below, limit.unit)
            cells = [name, limit.phase, reach, band.name, band.words, band.decider]
            lines.append(line_of(band, cells))
    columns = ("Parameter", "Phase", "From – below", "Means", "What is done", "Who decides")
    return Table("Limits", columns, tuple(lines))


def _reach(starts: Decimal | None, below: Decimal | None, unit: str) -> str:
    if starts is None and below is None:
        return "any value"
    if starts is None:
        return f"below {say(below)} {unit}".strip()
    if below is None:
        return f"{say(starts)} {unit} and more".replace("  ", " ")
    return f"{say(starts)} to below {say(below)} {unit}".strip()


def stay(document: ProtocolDocument) -> Table:
    stay = document.minimum_stay
    if stay is None:
        return Table("Minimum stay", (), ())
    lines = []
    for row in stay.rows:
        total = f"below {say(row.below)} {document.unit}" if row.below else "any more"
        since = f"from the {say(stay.counted_from)}"
        lines.append(line_of(row, [total, f"{row.minutes} minutes {since}"]))
        if row.shorter:
            last = f"{total}, here in the last {row.shorter.within_days} days"
            last += f", not {say(row.shorter.not_for)}" if row.shorter.not_for else ""
            lines.append(line_of(row.shorter, [last, f"{row.shorter.minutes} minutes {since}"]))
    return Table("Minimum stay", ("Total given", "Stays at least"), tuple(lines))


def messages(document: ProtocolDocument) -> Table:
    lines = tuple(
        Line((code, message.subject, message.body)) for code, message in document.messages.items()
    )
    return Table("Messages", ("Code", "Subject", "Text"), lines)
