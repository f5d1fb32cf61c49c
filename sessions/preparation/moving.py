"""What another version of its protocol means for a case: papers, visits, washouts, gates, doses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from clinic.booking.models import Status as VisitStatus
from clinic.cases.models import Case
from clinic.cases.models import Status as CaseStatus
from clinic.protocols.differences import row_in_words
from clinic.protocols.document import ProtocolDocument, RequiredDocument, VisitRule
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import document_of
from sessions.preparation.asking import GateStep, steps
from sessions.preparation.facts import Facts
from sessions.preparation.queries import facts_of
from sessions.preparation.rules import BEFORE_THE_DOSE

Lines = tuple[str, list[str]]


def changes_for(case: Case, version: ProtocolVersion, *, at: datetime) -> Iterator[Lines]:
    """What a move to this version changes for this very case, as it stands now."""
    cycle = case.cycles.order_by("-number")[0]
    before = facts_of([cycle], at=at)[cycle.pk]
    after = facts_of([cycle], at=at, as_if=version)[cycle.pk]
    old, new = document_of(case.protocol_version), document_of(version)
    yield "Documents", list(_documents(before, after))
    yield "Visits", list(_visits(case, old, new))
    yield "Washouts", list(_rows(old, new, "washouts"))
    yield "Doses", list(_doses(old, new))
    if case.status in BEFORE_THE_DOSE:
        yield "Gates to the next dose", list(_gates(steps(before), steps(after)))
    if case.status not in {CaseStatus.REFERRED} and old.screening != new.screening:
        yield (
            "Screening",
            [
                "The form is another one. What was answered stays as it was answered; open the"
                " screening again where the new form asks more."
            ],
        )
    if case.status == CaseStatus.READY:
        yield "Readiness", ["The person is no longer declared ready; that was said of the former."]


def _documents(before: Facts, after: Facts) -> Iterator[str]:
    known = {row.rule.code: row for row in before.documents}
    for row in after.documents:
        former = known.get(row.rule.code)
        if row.document is None and (former is None or not former.is_missing):
            yield f"To be signed: {row.rule.title}."
        elif former and _asks_more(former.rule, row.rule):
            yield f"Asked otherwise: {row.rule.title}. {row_in_words(row.rule, '')}"
    for code in known.keys() - {row.rule.code for row in after.documents}:
        yield f"No longer asked for: {known[code].rule.title}."


def _asks_more(old: RequiredDocument, new: RequiredDocument) -> bool:
    return old != new and old.model_copy(update={"source": new.source}) != new


def _visits(case: Case, old: ProtocolDocument, new: ProtocolDocument) -> Iterator[str]:
    for rule in new.visits:
        former = next((r for r in old.visits if (r.stage, r.code) == (rule.stage, rule.code)), None)
        if former is None:
            yield f"New: {rule.title}, {_how_many(rule)}."
        elif former != rule:
            yield f"{rule.title}: {_how_many(former)} before, now {_how_many(rule)}."
    still = {(rule.stage, rule.code) for rule in new.visits}
    for visit in case.visits.filter(status=VisitStatus.PLANNED).order_by("starts_at"):
        if (visit.stage, visit.code) not in still:
            when = visit.starts_at.astimezone(case.site.tz)
            yield f"Booked on {when:%d %b %Y, %H:%M}, and the version knows no such visit."


def _how_many(rule: VisitRule) -> str:
    return f"at least {rule.count_min}, {rule.minutes} minutes each"


def _rows(old: ProtocolDocument, new: ProtocolDocument, name: str) -> Iterator[str]:
    known = {row.code: row for row in getattr(old, name)}
    for row in getattr(new, name):
        former = known.pop(row.code, None)
        if former is None:
            yield f"New: {row.label}, {row.clear_for}."
        elif former.clear_for != row.clear_for:
            yield f"{row.label}: {former.clear_for} before, now {row.clear_for}."
    for row in known.values():
        yield f"No longer asked for: {row.label}."


def _doses(old: ProtocolDocument, new: ProtocolDocument) -> Iterator[str]:
    if old.doses != new.doses or old.unit != new.unit:
        yield f"Before: {row_in_words(old.doses, old.unit)}"
        yield f"Now: {row_in_words(new.doses, new.unit)}"


def _gates(before: Iterable[GateStep], after: Iterable[GateStep]) -> Iterator[str]:
    former = {step.code: step for step in before}
    for step in after:
        known = former.pop(step.code, None)
        reasons = " ".join(str(each) for each in step.obstacles)
        if known is None:
            yield f"New gate: {step.title}. {reasons or 'It stands open.'}"
        elif step.obstacles and not known.obstacles:
            yield f"Closes: {step.title}. {reasons}"
        elif known.obstacles and not step.obstacles:
            yield f"Opens: {step.title}."
    for step in former.values():
        yield f"No longer a gate: {step.title}."
