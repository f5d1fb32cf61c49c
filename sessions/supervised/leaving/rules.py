"""Why nobody may leave yet, and why the record cannot be signed. The doors have no such rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from clinic.access import Permission, may
from clinic.audit.canonical import decimal_text
from clinic.checklists import engine
from clinic.checklists.document import Meaning
from clinic.checklists.queries import checklist_of, current_answers
from clinic.pages.templatetags.vigil import duration
from clinic.protocols.document import Act, BandName, Phase, WayHome
from clinic.workflow import ROLE, STATUS, Basis, Decider, Obstacle, gate, obstacles_in_status
from sessions.supervised import queries
from sessions.supervised.models import DOORS, LIVE, STEPS, Status, SupervisedSession
from sessions.supervised.observations.overdue import what_is_measured
from sessions.supervised.observations.readings import judged
from sessions.supervised.rules import (
    UNKNOWN_WORD,
    obstacles_in_being_live,
    obstacles_in_licence,
    obstacles_to_chart,
)

MINIMUM_STAY = gate(
    "minimum_stay",
    "The least time after the dose has passed, by the total given.",
    basis=Basis.PROTOCOL,
    clears="supervised:show",
)
CRITERIA = gate(
    "release_criteria",
    "Every criterion for leaving is met.",
    basis=Basis.PROTOCOL,
    clears="supervised:criteria",
)
CRITERIA_STALE = gate(
    "release_criteria_stale",
    "The criteria were checked within the minutes the version names.",
    basis=Basis.PROTOCOL,
    clears="supervised:criteria",
)
RELEASE_VITALS = gate(
    "release_vitals",
    "The readings at leaving are fresh and within the version's limits.",
    basis=Basis.PROTOCOL,
    clears="supervised:observe",
)
ADVERSE = gate(
    "adverse_event_prevents_release",
    "No adverse event stands that a clinician said prevents release, or that nobody has assessed.",
    basis=Basis.PROTOCOL,
    decider=Decider.NOBODY,
    clears="supervised:assess",
)
WAY_HOME = gate(
    "release_way_home",
    "There is a way home of a kind the version accepts.",
    basis=Basis.PROTOCOL,
    clears="preparation:way_home",
)
CAPACITY = gate(
    "release_capacity",
    "Whoever releases has taken a capacity in this session.",
    clears="supervised:presence",
)
NO_WORDS = gate(
    "door_without_words",
    "How the person left is described before the record is signed.",
    clears="supervised:describe",
)
PREPARED_LEFT = gate(
    "prepared_dose_left",
    "Nothing that was drawn is left unaccounted for.",
    clears="supervised:discard",
)
WORDS_OF_WAYS = {
    WayHome.ADULT_PRESENT: "fetched by an adult who is here",
    WayHome.ADULT_REACHABLE: "an adult reachable by telephone",
    WayHome.PLAN_FOLLOWED: "the agreed plan followed",
    WayHome.STAYS_THE_NIGHT: "stays the night",
}


def obstacles_to_release(
    session: SupervisedSession, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """Everything between this person and the way home, asked again at the moment of signing."""
    if session.status != Status.DOSED:
        # Whoever has not been dosed, or has left, needs neither criteria nor a way home here.
        yield from obstacles_in_status(session, Status.RELEASED, STEPS)
        return
    if not may(by, Permission.RELEASE, site=session.site_id):
        yield ROLE("Only somebody who releases people at this site may sign this.")
    yield from obstacles_in_licence(session, Act.RELEASE, by=by, at=at)
    if queries.capacity_of(session, by) is None:
        yield CAPACITY("Take your capacity in this session first.", subject=str(session.key))
    yield from obstacles_in_stay(session, at)
    yield from obstacles_in_criteria(session, at)
    yield from obstacles_in_release_vitals(session, at)
    yield from obstacles_in_adverse_events(session)
    yield from obstacles_in_way_home(session)


def obstacles_in_stay(session: SupervisedSession, at: datetime) -> Iterator[Obstacle]:
    """The least stay by the total given; an amount nobody knows counts as the larger."""
    document, earliest = queries.document(session), queries.may_leave_from(session)
    if earliest is None or at >= earliest:
        return
    total = sum((each.amount for each in session.doses.all()), start=Decimal())
    clock = earliest.astimezone(session.site.tz)
    yield MINIMUM_STAY(
        f"Stays until {clock:%H:%M} ({duration(earliest - at)} more), for"
        f" {decimal_text(total)} {document.unit} given.{why_stays(session)}",
        subject=str(session.key),
        clear_until=None,
    )


def why_stays(session: SupervisedSession) -> str:
    """Why the stay is as long as it is, where amount, product or an earlier session decide it."""
    stay = queries.stay(session)
    if stay is None or not stay.because:
        return ""
    return f" At least {duration(timedelta(minutes=stay.minutes))}: {stay.because}."


def obstacles_in_criteria(session: SupervisedSession, at: datetime) -> Iterator[Obstacle]:
    """The version's own list, complete, met, and checked within the last minutes."""
    rule = queries.document(session).release
    if rule is None:
        return
    form = queries.form_of(session, queries.RELEASE)
    subject = str(session.key)
    if form is None or form.completed_at is None:
        yield CRITERIA("The criteria for leaving have not been checked.", subject=subject)
        return
    fresh = timedelta(minutes=rule.criteria_fresh_minutes)
    if at - form.completed_at > fresh:
        clock = form.completed_at.astimezone(session.site.tz)
        yield CRITERIA_STALE(
            f"The criteria were checked at {clock:%H:%M}, more than"
            f" {rule.criteria_fresh_minutes}min ago. Check them again.",
            subject=subject,
        )
    day = at.astimezone(session.site.tz).date()
    for finding in engine.findings(checklist_of(form), current_answers(form), day):
        if finding.meaning != Meaning.INFO:
            yield CRITERIA(
                finding.message,
                basis=Basis(str(finding.basis)),
                citation=finding.citation,
                subject=subject,
            )


def obstacles_in_release_vitals(session: SupervisedSession, at: datetime) -> Iterator[Obstacle]:
    """The readings the version asks for at leaving: fresh, and no longer out of bounds."""
    document = queries.document(session)
    rule = document.release
    if rule is None:
        return
    fresh = at - timedelta(minutes=rule.criteria_fresh_minutes)
    baseline = queries.baseline(session)
    doses = queries.ordered_doses(session)
    first = doses[0].given_at if doses else None
    since = max(fresh, first) if first is not None else fresh
    found = {code: queries.latest_reading(session, code) for code in rule.vitals}
    stale = tuple(code for code, seen in found.items() if seen is None or seen[1] < since)
    if stale:
        yield RELEASE_VITALS(
            f"Not measured within the last {rule.criteria_fresh_minutes}min:"
            f" {what_is_measured(document, stale)}.",
            subject=str(session.key),
        )
    for code, seen in found.items():
        if seen is None or code in stale:
            continue
        label, reading = getattr(document.parameter(code), "label", code), seen[0]
        # A reading that calls somebody after a dose does not let anybody go home either.
        for phase in (Phase.RELEASE, Phase.AFTER_DOSE):
            name, words = judged(document, code, phase, reading.value, baseline.get(code))
            if name != BandName.NORMAL:
                yield RELEASE_VITALS(
                    f"{label} {reading.typed}. {words}".strip(), subject=str(session.key)
                )
                break


def obstacles_in_adverse_events(session: SupervisedSession) -> Iterator[Obstacle]:
    """What a clinician said prevents release, or what no clinician has looked at yet."""
    for adverse_event in session.adverse_events.all():
        assessment = queries.newest_assessment(adverse_event)
        subject = str(adverse_event.key)
        if assessment is None:
            yield ADVERSE(f"{adverse_event.term} has not been assessed.", subject=subject)
        elif assessment.prevents_release:
            yield ADVERSE(
                f"{adverse_event.term}, grade {assessment.grade}: {assessment.by.name} said that it"
                " prevents release.",
                subject=subject,
            )


def obstacles_in_way_home(session: SupervisedSession) -> Iterator[Obstacle]:
    """The newest plan is of a kind the version accepts."""
    rule = queries.document(session).release
    if rule is None or not rule.ways_home:
        return
    plan = queries.way_home(session)
    wanted = " or ".join(WORDS_OF_WAYS[way] for way in rule.ways_home)
    if plan is None:
        yield WAY_HOME(f"No way home is planned. This protocol asks for: {wanted}.")
    elif plan.kind not in rule.ways_home and WayHome.PLAN_FOLLOWED not in rule.ways_home:
        yield WAY_HOME(
            f"Planned: {plan.get_kind_display().lower()}. This protocol asks for: {wanted}."
        )


def obstacles_to_check_criteria(
    session: SupervisedSession, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """The criteria are checked with the person here, after the dose."""
    yield from obstacles_to_chart(session, by=by, at=at)
    if session.status != Status.DOSED:
        yield STATUS(f"This session is {session.get_status_display().lower()}.")
    if queries.document(session).release is None:
        yield UNKNOWN_WORD("This protocol has no criteria for leaving.")


def obstacles_to_be_ready(
    session: SupervisedSession, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """A clinician sees that somebody could leave; that is not yet the release."""
    yield from obstacles_to_chart(session, by=by, at=at)
    if session.status != Status.DOSED:
        yield STATUS(f"This session is {session.get_status_display().lower()}.")


def obstacles_to_call_for_help(
    session: SupervisedSession, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """Nothing stands before a call for help but that the person is here."""
    yield from obstacles_in_being_live(session)


def obstacles_to_leave(session: SupervisedSession, *, to: Status) -> Iterator[Obstacle]:
    """A door stands open whenever the person has not left by another one."""
    if to not in DOORS:
        yield UNKNOWN_WORD("There is no such door.")
    yield from obstacles_in_status(session, to, STEPS)


def obstacles_to_describe(
    session: SupervisedSession, *, by: Any, at: datetime, words: str
) -> Iterator[Obstacle]:
    """How somebody left is described after the tap, until the record is signed."""
    yield from obstacles_to_chart(session, by=by, at=at)
    if session.status in LIVE or session.status == Status.PLANNED:
        yield STATUS(f"This session is {session.get_status_display().lower()}.")
    if not words.strip():
        yield NO_WORDS("Write how the person left.", subject=str(session.key))


def obstacles_to_sign_session(
    session: SupervisedSession, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """The record is signed once, when the session is over and everything in it is accounted for."""
    yield from obstacles_in_status(session, Status.SIGNED, STEPS)
    if not may(by, Permission.RELEASE, site=session.site_id):
        yield ROLE("Only somebody who releases people at this site signs the record.")
    if session.doses.all():
        yield from obstacles_in_licence(session, Act.RELEASE, by=by, at=at)
    if session.status in DOORS and not session.end_words.strip():
        yield NO_WORDS("Write how the person left first.", subject=str(session.key))
    for order in session.orders.all():
        prepared = queries.prepared_for(order)
        if prepared is not None and queries.dose_on(order) is None and queries.is_still_out(order):
            yield PREPARED_LEFT(
                f"{decimal_text(prepared.quantity)} {order.unit} were drawn and not given."
                " Waste it before a second person first.",
                subject=str(order.key),
            )
