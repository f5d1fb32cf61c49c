"""The gates that can be asked about before the day, each a pure question to the facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from clinic.booking.models import Status as VisitStatus
from clinic.booking.rules import acts_not_covered, licence_words, needed_of
from clinic.cases.models import Hold
from clinic.checklists.document import Meaning
from clinic.checklists.engine import findings
from clinic.checklists.files import instrument
from clinic.checklists.queries import checklist_of
from clinic.documents.standing import Standing, why_not_at
from clinic.protocols.calculators import (
    WashoutState,
    age_problems,
    course_problems,
    interval_problems,
    visit_window,
    washout_clear_on,
    washout_words,
    washouts,
)
from clinic.protocols.document import Enrolment, FreshTest, Measure, VisitRule
from clinic.screening.models import FindingDecision, ScreeningDecision
from clinic.screening.queries import is_signed_by_the_entitled
from sessions.preparation import barred as gates
from sessions.preparation import closing
from sessions.preparation.barred import Barred, barred
from sessions.preparation.conditions import is_led_by_another, is_tested
from sessions.preparation.facts import Facts
from sessions.preparation.left_off import medicine_left_off

RESOLVED = {FindingDecision.Ruling.ACCEPTED, FindingDecision.Ruling.CLEARED}


def consent(facts: Facts) -> Iterator[Barred]:
    """Every required document stands, and what is asked again on the day has been."""
    for row in facts.documents:
        if not (row.stops_the_dose or _applies_today(row, facts)):
            continue
        subject, why_not = row.rule.title, why_not_at(row, facts.case, facts.at)
        if why_not and row.rule.is_conditional:
            yield barred(
                gates.CONSENT,
                facts,
                f"{subject}: {_lower(why_not)} It is needed here: {_lower(row.rule.only_if)}.",
                basis=row.rule.basis,
                citation=row.rule.source,
            )
        elif why_not:
            yield barred(gates.CONSENT, facts, f"{subject}: {_lower(why_not)}")
        elif facts.day_facts.is_checked_in and row.waits_for_today and not _was_said(row, facts):
            yield barred(gates.CONSENT, facts, f"{subject}: not re-affirmed today.")


def _applies_today(row: Standing, facts: Facts) -> bool:
    """Whether who is here today makes needed what was not when the session was booked."""
    rule = row.rule
    if not (rule.is_conditional and rule.may_stop_dose):
        return False
    prepared = {(e.user_id, e.capacity) for visit in facts.visits for e in visit.people.all()}
    comes = {(user.pk, capacity) for user, capacity in facts.people}
    return (rule.if_in_group and bool(facts.day_facts.totals_in_room)) or is_led_by_another(
        rule, prepared, comes
    )


def _was_said(row: Standing, facts: Facts) -> bool:
    """Whether it was said on the day of the session, though midnight has passed since."""
    if row.document is None or facts.day_facts.checked_in_at is None:
        return False
    zone = facts.case.site.tz
    said = max(filter(None, [row.reaffirmed_at, row.document.signed_at]))
    return said.astimezone(zone).date() >= facts.day_facts.checked_in_at.astimezone(zone).date()


def reaffirmations_wait(facts: Facts) -> list[Standing]:
    """What the person will be asked again on the day."""
    return [r for r in facts.documents if r.document and r.rule.reaffirm_on_day]


def screening_signed(facts: Facts) -> Iterator[Barred]:
    """A licensed person found the person eligible on the screening as it stands now."""
    screening = facts.screening
    last = screening.last_decision if screening else None
    if screening is None or last is None:
        yield barred(gates.SCREENING_SIGNED, facts, "The screening has not been decided on.")
        return
    if last.outcome != ScreeningDecision.Outcome.ELIGIBLE:
        words = last.get_outcome_display().lower()
        yield barred(gates.SCREENING_SIGNED, facts, f"The screening ended: {words}.")
    elif screening.standing is None:
        words = "The screening was changed or opened again after it was signed."
        yield barred(gates.SCREENING_SIGNED, facts, words)
    elif not is_signed_by_the_entitled(last, facts.case):
        words = f"{last.decided_by} holds no licence by which this protocol lets anybody decide."
        yield barred(gates.SCREENING_SIGNED, facts, words)
    for until in closing.of_screening(facts):
        if until <= facts.at:
            last_day = until.astimezone(facts.case.site.tz) - timedelta(days=1)
            words = f"The screening was good until {last_day:%d %B %Y}."
            yield barred(gates.SCREENING_SIGNED, facts, words)


def exclusions(facts: Facts) -> Iterator[Barred]:
    """Every finding that could stop the dose has been resolved by a named person."""
    for found in facts.screening.open if facts.screening else ():
        grave = found.gravest
        yield barred(
            gates.EXCLUSIONS,
            facts,
            f"{found.number} {found.message}".strip(),
            decider=grave.decider,
            basis=grave.basis,
            citation=grave.citation,
        )


def washouts_elapsed(facts: Facts) -> Iterator[Barred]:
    """What must be left off has been, for as long as it must, on the day of the dose."""
    for state in _washouts(facts):
        if not _is_clear(facts, state):
            yield barred(gates.WASHOUTS, facts, washout_words(state))
    for line in facts.medicines:
        yield from medicine_left_off(line, facts)


def tests_fresh(facts: Facts) -> Iterator[Barred]:
    """Tests and measures are there, and not too old on the day."""
    for measure in facts.document.measures:
        if is_asked_before_a_dose(measure, facts):
            yield from _measure(facts, measure)
    for test in facts.document.tests:
        if is_tested(test, facts.screening):
            yield from _test(facts, test)


def preparation_visits(facts: Facts) -> Iterator[Barred]:
    """As many preparation visits of each kind as the protocol wants have taken place."""
    for rule in facts.document.visits:
        if (
            rule.stage.value == "preparation"
            and rule.count_min
            and rule.belongs_to(facts.cycle.number)
        ):
            yield from _visits(facts, rule)


def age(facts: Facts) -> Iterator[Barred]:
    """The age fits on the day, read from a document somebody has seen."""
    patient = facts.case.patient
    for words in age_problems(facts.document, patient.date_of_birth, facts.day):
        yield barred(gates.AGE, facts, words)
    if patient.identity_seen_at is None:
        yield barred(gates.AGE, facts, "No identity document has been seen, so no age is known.")


def licence(facts: Facts) -> Iterator[Barred]:
    """Whoever acts is licensed for every act of their capacity, there, on that day."""
    needed = needed_of(facts.document, facts.case.site)
    for user, capacity in facts.people:
        if capacity not in needed:
            continue
        lacking = acts_not_covered(
            user.licences.all(), needed[capacity], facts.jurisdiction, facts.day
        )
        if lacking:
            words = licence_words(user, needed[capacity], lacking, facts.case.site, facts.day)
            yield barred(gates.LICENCE, facts, words)


def way_home(facts: Facts) -> Iterator[Barred]:
    """A way home that the protocol accepts is agreed, with a name, a telephone and a promise."""
    plan, release = facts.way_home, facts.document.release
    accepted = {way.value for way in release.ways_home} if release else set()
    if plan is None:
        yield barred(gates.WAY_HOME, facts, "How the person gets home has not been planned.")
        return
    # "Plan followed" is met by whatever plan there is.
    if accepted and plan.kind not in accepted and "plan_followed" not in accepted:
        yield barred(
            gates.WAY_HOME,
            facts,
            f"“{plan.get_kind_display()}” is not a way home this protocol accepts.",
        )
    if not plan.will_not_drive:
        yield barred(gates.WAY_HOME, facts, "The person has not promised not to drive.")


def emergency_contact(facts: Facts) -> Iterator[Barred]:
    """Somebody is named whom to call."""
    if not facts.emergency:
        yield barred(gates.EMERGENCY_CONTACT, facts, "There is no emergency contact.")


def interval(facts: Facts) -> Iterator[Barred]:
    """No earlier dose of the person, of any case, lies too near, at whatever site."""
    until = facts.day_facts.dosed_elsewhere
    if until is not None and until > facts.day:
        # All that one site is told of another: no place, no substance, no day of the dose.
        words = "A dose given elsewhere in this organisation lies too near: not before"
        yield barred(gates.INTERVAL, facts, f"{words} {until:%d %B %Y}.")
    past = facts.day_facts.past
    for words in interval_problems(facts.document, past, facts.day):
        yield barred(gates.INTERVAL, facts, words)
    same = [each.on for each in past if each.substance == facts.document.substance]
    earlier = [day for day in same if day <= facts.day]
    for words in course_problems(
        facts.document, facts.session_number, max(earlier, default=None), facts.day
    ):
        yield barred(gates.INTERVAL, facts, words)


def no_other_live_session(facts: Facts) -> Iterator[Barred]:
    """The person is in no other session."""
    if facts.day_facts.live_elsewhere:
        words = f"The person is in a session now: {facts.day_facts.live_elsewhere}."
        yield barred(gates.NO_OTHER_LIVE_SESSION, facts, words)


def on_call(facts: Facts) -> Iterator[Barred]:
    """Somebody is on call from the dose for as long as the protocol says."""
    rule = facts.document.on_call
    if rule is None:
        return
    until = facts.at + timedelta(hours=rule.hours)
    covered = covered_until(facts)
    if covered < until:
        gap = covered.astimezone(facts.case.site.tz)
        yield barred(gates.ON_CALL, facts, f"Nobody is on call from {gap:%d %B %Y, %H:%M}.")


def covered_until(facts: Facts) -> datetime:
    """The end of the unbroken on-call cover that begins with the dose."""
    reached = facts.at
    for shift in sorted(facts.shifts, key=lambda each: each.starts_at):
        if shift.starts_at <= reached:
            reached = max(reached, shift.ends_at)
    return reached


def external_enrolment(facts: Facts) -> Iterator[Barred]:
    """Every register outside has been looked up, says what it must, and not too long ago."""
    for rule in facts.document.enrolments:
        filled = facts.enrolled.get(rule.checklist)
        if filled is None:
            yield _not_enrolled(facts, rule, f"{rule.label}: not looked up yet.")
            continue
        looked_up = filled.form.completed_at.astimezone(facts.case.site.tz).date()
        for found in findings(checklist_of(filled.form), filled.answers, facts.day):
            if found.meaning != Meaning.INFO:
                yield _not_enrolled(facts, rule, f"{rule.label}: {found.message}")
        if rule.fresh_days is not None:
            good_until = looked_up + timedelta(days=rule.fresh_days)
            if good_until < facts.day:
                words = f"{rule.label}: looked up on {looked_up:%d %B %Y}, good until"
                yield _not_enrolled(facts, rule, f"{words} {good_until:%d %B %Y}.")


def _not_enrolled(facts: Facts, rule: Enrolment, words: str) -> Barred:
    return barred(gates.EXTERNAL_ENROLMENT, facts, words, basis=rule.basis, citation=rule.source)


def hold(facts: Facts) -> Iterator[Barred]:
    """Nothing behind this dose is held: version, site, patient, room, people or lot."""
    visit, attempt = facts.visit, facts.attempt
    behind = {facts.case.protocol_version.key, facts.case.site.key, facts.case.patient.key}
    behind |= {user.key for user, _ in facts.people}
    if visit is not None and visit.room is not None:
        behind.add(visit.room.key)
    if attempt is not None:
        acting = (attempt.lot, attempt.second, attempt.by)
        behind |= {each.key for each in acting if each is not None}
    for held in facts.holds:
        if held.target_key in behind and _reaches(held, facts):
            kind = held.get_on_display().lower()
            yield barred(gates.HOLD, facts, f"Held, {kind}: {held.words}. {held.reason}")


def _reaches(held: Hold, facts: Facts) -> bool:
    """Whether this dose hangs on what is held: not every dose hangs on every rule of its version."""
    if held.on != Hold.On.RULE:
        return True
    if held.rule.startswith("doses.supplementary"):
        return bool(facts.day_facts.given)
    for number, rule in enumerate(facts.document.washouts):
        if held.rule == f"washouts[{number}]":
            states = [state for state in _washouts(facts) if state.washout == rule]
            listed = any(rule in line.washouts(facts.document) for line in facts.medicines)
            return listed or not states or states[0].because != "never_taken"
    return True


def _washouts(facts: Facts) -> tuple[WashoutState, ...]:
    filled = facts.screening
    if filled is None:
        return ()
    heard = filled.form.answered_at or filled.form.started_at
    answered_on = heard.astimezone(facts.case.site.tz).date()
    return washouts(facts.document, filled.answers, facts.day, answered_on)


def _is_clear(facts: Facts, state: WashoutState) -> bool:
    if state.clear:
        return True
    rule = state.washout
    for item in (rule.last_on_item, rule.taken_item):
        ruling = facts.ruling_on(item)
        if ruling is None or ruling.ruling not in RESOLVED:
            continue
        if ruling.evidence_on is not None:
            days = state.days
            return days is not None and facts.day >= washout_clear_on(days, ruling.evidence_on)
        # A date that was given stays a date; only doubt can be talked away.
        return state.because != "dated"
    return False


def is_asked_before_a_dose(measure: Measure, facts: Facts) -> bool:
    """A baseline is asked for once, in the first cycle; some measures again before every dose."""
    return measure.before_each_dose or (measure.at_baseline and facts.cycle.number == 1)


def _measure(facts: Facts, measure: Measure) -> Iterator[Barred]:
    title = instrument(measure.instrument).title
    form = facts.measures.get(measure.instrument)
    if form is None:
        yield barred(gates.TESTS_FRESH, facts, f"{title} has not been completed.")
        return
    if measure.before_each_dose and measure.fresh_days is not None:
        done_on = form.completed_at.astimezone(facts.case.site.tz).date()
        good_until = done_on + timedelta(days=measure.fresh_days)
        if good_until < facts.day:
            yield barred(gates.TESTS_FRESH, facts, f"{title} is good until {good_until:%d %B %Y}.")


def _test(facts: Facts, test: FreshTest) -> Iterator[Barred]:
    done_on, shown = facts.done_on(test.code), facts.shown_on(test.code)
    why = f" It is needed here: {_lower(test.only_if)}." if test.only_if else ""
    if done_on is None:
        yield barred(gates.TESTS_FRESH, facts, f"{test.label} is not recorded.{why}")
        return
    if shown is not None and not shown.is_as_asked:
        yield barred(
            gates.TESTS_FRESH,
            facts,
            f"{test.label} of {done_on:%d %B %Y}: {_lower(shown.get_shows_display())}.",
            clears="evidence:of_case",
        )
    if done_on + timedelta(days=test.fresh_days) < facts.day:
        days = "1 day" if test.fresh_days == 1 else f"{test.fresh_days} days"
        yield barred(gates.TESTS_FRESH, facts, f"{test.label} is older than {days}.{why}")


def _visits(facts: Facts, rule: VisitRule) -> Iterator[Barred]:
    held = [
        visit
        for visit in facts.visits
        if visit.code == rule.code
        and visit.status == VisitStatus.DONE
        and _fits(facts, rule, visit.starts_at)
    ]
    if len(held) < rule.count_min:
        where = " in its window" if rule.window else ""
        yield barred(
            gates.PREPARATION_VISITS,
            facts,
            f"{rule.title}: {len(held)} of {rule.count_min} held{where}.",
        )


def _fits(facts: Facts, rule: VisitRule, held_at: datetime) -> bool:
    if rule.window is None or rule.window.relative_to != "dose":
        return True
    earliest, latest = visit_window(rule.window, facts.at, facts.case.site.tz)
    return (earliest is None or earliest <= held_at) and (latest is None or held_at <= latest)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
