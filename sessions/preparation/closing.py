"""When an open gate may shut by itself: the coming moments at which it is worth asking again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from clinic.protocols.calculators import age_on, shifted, supplement_window
from clinic.protocols.document import Offset
from sessions.preparation.facts import Facts

# A limit that still counts at its last moment is passed just after it.
JUST_AFTER = timedelta(microseconds=1)


def end_of(facts: Facts, day: date) -> datetime:
    """The midnight that ends a day on the wall of the clinic."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=facts.case.site.tz)


def day_at(facts: Facts, moment: datetime) -> date:
    """The day of a moment on the wall of the clinic."""
    return moment.astimezone(facts.case.site.tz).date()


def of_consent(facts: Facts) -> Iterator[datetime]:
    """A signature runs out, a guardianship it rests on ends, or a new version of its text binds."""
    for row in facts.documents:
        if row.until is not None:
            yield end_of(facts, row.until)
        guardian = row.document.guardian if row.document else None
        if guardian is not None and guardian.ends_on is not None:
            yield end_of(facts, guardian.ends_on)
        yield from (text.binding_from for text in row.coming)


def of_screening(facts: Facts) -> Iterator[datetime]:
    """The screening grows too old."""
    days = facts.document.screening.freshness_days
    last = facts.screening.last_decision if facts.screening else None
    if last is not None and days is not None:
        yield end_of(facts, day_at(facts, last.decided_at) + timedelta(days=days))


def of_tests(facts: Facts) -> Iterator[datetime]:
    """A test or a measure grows too old."""
    fresh = [(test.code, test.fresh_days) for test in facts.document.tests]
    fresh += [
        (measure.instrument, measure.fresh_days)
        for measure in facts.document.measures
        if measure.before_each_dose and measure.fresh_days is not None
    ]
    for code, days in fresh:
        done_on = facts.done_on(code)
        if done_on is not None:
            yield end_of(facts, done_on + timedelta(days=days))


def of_visits(facts: Facts) -> Iterator[datetime]:
    """The dose moves so far from a visit that the visit lies outside its window."""
    for rule in facts.document.visits:
        earliest = rule.window.earliest if rule.window else None
        if earliest is None:
            continue
        back = Offset(days=-earliest.days, hours=-earliest.hours, minutes=-earliest.minutes)
        for visit in facts.visits:
            if visit.code == rule.code:
                last = shifted(visit.starts_at, back, facts.case.site.tz)
                yield last + JUST_AFTER
                if earliest.at is not None:  # then it is the day of the dose that counts
                    day = day_at(facts, last)
                    yield from (end_of(facts, day - timedelta(days=1)), end_of(facts, day))


def of_age(facts: Facts) -> Iterator[datetime]:
    """The birthday with which the person is too old."""
    rule, born = facts.document.age, facts.case.patient.date_of_birth
    if rule is None or rule.maximum is None:
        return
    last = date(born.year + rule.maximum + 1, born.month, 28 if born.month == 2 else born.day)
    while age_on(born, last + timedelta(days=1)) <= rule.maximum:
        last += timedelta(days=1)
    yield from (end_of(facts, last - timedelta(days=1)), end_of(facts, last))


def of_licences(facts: Facts) -> Iterator[datetime]:
    """A licence of somebody who acts ends."""
    for user, _ in facts.people:
        yield from (end_of(facts, each.valid_until) for each in user.licences.all())


def of_on_call(facts: Facts) -> Iterator[datetime]:
    """The last dose whose night is still covered."""
    rule = facts.document.on_call
    if rule is not None:
        for shift in facts.shifts:
            yield shift.ends_at - timedelta(hours=rule.hours) + JUST_AFTER


def of_enrolment(facts: Facts) -> Iterator[datetime]:
    """What was looked up in a register is to be looked up again."""
    for rule in facts.document.enrolments:
        filled = facts.enrolled.get(rule.checklist)
        if filled is not None and rule.fresh_days is not None:
            done_on = day_at(facts, filled.form.completed_at)
            yield end_of(facts, done_on + timedelta(days=rule.fresh_days))


def of_vitals(facts: Facts, fresh_minutes: int | None) -> Iterator[datetime]:
    """The oldest of the readings grows stale."""
    rule = facts.document.today
    for code in rule.vitals if rule and fresh_minutes is not None else ():
        seen = facts.day_facts.readings.get(code)
        if seen is not None:
            yield seen.at + timedelta(minutes=fresh_minutes or 0) + JUST_AFTER


def of_lot(facts: Facts) -> Iterator[datetime]:
    """The lot expires."""
    lot = facts.attempt.lot if facts.attempt else None
    if lot is not None:
        yield end_of(facts, lot.expires_on)


def of_amount(facts: Facts, weighed_on: date | None) -> Iterator[datetime]:
    """The weight grows too old, or the time for a further dose is over."""
    rule = facts.document.today
    if rule is not None and rule.weight_fresh_days is not None and weighed_on is not None:
        yield end_of(facts, weighed_on + timedelta(days=rule.weight_fresh_days))
    window = supplement_window(facts.document, facts.day_facts.given)
    if window is not None and window[1] is not None:
        yield window[1] + JUST_AFTER


def to_come(facts: Facts, moments: Iterable[datetime]) -> list[datetime]:
    """These moments in order, without those that have passed."""
    return sorted({each.astimezone(UTC) for each in moments if each > facts.at})
