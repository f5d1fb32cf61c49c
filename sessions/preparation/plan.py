"""Everything there is to do before a dose, done and not done, for one page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from clinic.booking.models import Visit
from clinic.checklists.files import instrument
from clinic.checklists.models import Form
from clinic.documents.standing import Standing
from clinic.protocols.calculators import next_session, phase_of, planned_sessions
from clinic.protocols.document import Measure, VisitRule
from clinic.screening.evidence.models import Evidence
from sessions.preparation.before_the_day import is_asked_before_a_dose
from sessions.preparation.conditions import is_tested
from sessions.preparation.facts import Facts


@dataclass(frozen=True)
class Talk:
    """The preparation visits of one kind: how many the protocol wants, how many there are."""

    rule: VisitRule
    visits: tuple[Visit, ...]

    @property
    def held(self) -> int:
        return sum(visit.done_at is not None for visit in self.visits)

    @property
    def is_enough(self) -> bool:
        return self.held >= self.rule.count_min

    @property
    def wanted(self) -> str:
        least, usual = self.rule.count_min, self.rule.count_typical
        return f"{least}" if least == usual else f"at least {least}, usually {usual}"


@dataclass(frozen=True)
class Score:
    """One measure that is wanted before the dose, and its newest total."""

    measure: Measure
    title: str
    form: Form | None
    band: str
    is_good: bool
    good_until: Any


@dataclass(frozen=True)
class Lookup:
    """One test or register that is wanted before the dose, and its newest form."""

    code: str
    title: str
    form: Form | None
    good_until: Any
    is_good: bool
    shown: Evidence | None = None


@dataclass(frozen=True)
class Stretch:
    """Where the session that is prepared stands in its course, and when it may lie."""

    number: int
    planned: int | None
    title: str
    earliest: date | None
    latest: date | None


@dataclass(frozen=True)
class Plan:
    """What the preparation page shows of one cycle."""

    facts: Facts
    talks: tuple[Talk, ...]
    scores: tuple[Score, ...]
    lookups: tuple[Lookup, ...] = ()
    course: Stretch | None = None

    @property
    def missing_documents(self) -> list[Standing]:
        return [row for row in self.facts.documents if row.is_missing]

    @property
    def required_documents(self) -> list[Standing]:
        return [row for row in self.facts.documents if row.stops_the_dose]

    @property
    def choices(self) -> list[Standing]:
        return [row for row in self.facts.documents if row.rule.widens and row.document]


def plan_of(facts: Facts) -> Plan:
    """Put the facts of a cycle in the order of the work."""
    talks, scores, lookups = _talks(facts), _scores(facts), _lookups(facts)
    return Plan(facts, tuple(talks), tuple(scores), tuple(lookups), _course(facts))


def _course(facts: Facts) -> Stretch | None:
    """Nothing where the version has no course, or this session lies beyond its end."""
    document, number = facts.document, facts.session_number
    phase = phase_of(document, number)
    if phase is None:
        return None
    last = max(
        (p.on for p in facts.day_facts.past if p.substance == document.substance), default=None
    )
    window = next_session(document, number, last) if last else None
    earliest, latest = window or (None, None)
    return Stretch(number, planned_sessions(document), phase.title, earliest, latest)


def _talks(facts: Facts) -> Iterator[Talk]:
    for rule in facts.document.visits:
        if rule.stage.value == "preparation" and rule.belongs_to(facts.cycle.number):
            yield Talk(rule, tuple(v for v in facts.visits if v.code == rule.code))


def _scores(facts: Facts) -> Iterator[Score]:
    for measure in facts.document.measures:
        if not is_asked_before_a_dose(measure, facts):
            continue
        checklist = instrument(measure.instrument)
        form = facts.measures.get(measure.instrument)
        until = _good_until(facts, measure, form)
        bands = checklist.scoring.bands if checklist.scoring else ()
        band = next((each.label for each in bands if form and each.code == form.band), "")
        is_good = form is not None and (until is None or until >= facts.day)
        yield Score(measure, checklist.title, form, band, is_good, until)


def _good_until(facts: Facts, measure: Measure, form: Form | None) -> Any:
    if form is None or not measure.before_each_dose or measure.fresh_days is None:
        return None
    done_on = form.completed_at.astimezone(facts.case.site.tz).date()
    return done_on + timedelta(days=measure.fresh_days)


def _lookups(facts: Facts) -> Iterator[Lookup]:
    """Only what has a form of the version's own can be filled in here."""
    document = facts.document
    wanted: list[tuple[str, str, int | None]] = [
        (each.code, each.label, each.fresh_days)
        for each in document.tests
        if is_tested(each, facts.screening)
    ]
    wanted += [(each.checklist, each.label, each.fresh_days) for each in document.enrolments]
    for code, title, fresh_days in wanted:
        form, done_on, shown = facts.measures.get(code), facts.done_on(code), facts.shown_on(code)
        until = None
        if done_on is not None and fresh_days is not None:
            until = done_on + timedelta(days=fresh_days)
        is_fresh = done_on is not None and (until is None or until >= facts.day)
        is_good = is_fresh and (shown is None or shown.is_as_asked)
        yield Lookup(code, title, form, until, is_good, shown)
