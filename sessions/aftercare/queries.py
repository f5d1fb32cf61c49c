"""Which contacts are due, what was sent for them, and what came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from clinic.access import Permission, in_reach
from clinic.attention.models import Matter
from clinic.booking.models import Stage, Visit
from clinic.booking.models import Status as VisitStatus
from clinic.cases.models import STEPS as CASE_STEPS
from clinic.cases.models import Cycle
from clinic.cases.models import Status as CaseStatus
from clinic.checklists.models import Form
from clinic.links.models import PatientLink
from clinic.messages.models import Message
from clinic.messages.models import Status as MessageStatus
from clinic.protocols import document as protocols
from clinic.protocols.calculators import course_problems, shifted
from clinic.protocols.calculators import touchpoints as planned_touchpoints
from clinic.protocols.queries import document_at
from sessions.aftercare.models import STEPS, Status, Touchpoint
from sessions.supervised.models import SupervisedSession

OVERDUE = "contact_overdue"  # the kind of matter that asks for a contact nobody has made
STILL_OPEN = (Status.PLANNED, Status.SENT, Status.ANSWERED, Status.NOT_REACHED)
NEAR = timedelta(days=14)  # house: a case is not closed while a contact is due within this time
WITH = (
    "site",
    "cycle",
    "case__site",
    "case__patient",
    "case__protocol_version__protocol",
    "done_by",
)


def visible_touchpoints(user: Any) -> QuerySet[Touchpoint]:
    """The touchpoints of the cases this person may open."""
    return Touchpoint.objects.filter(in_reach(user, Permission.SEE_CASE)).select_related(*WITH)


def document(case: Any) -> protocols.ProtocolDocument:
    """The protocol version this case runs on."""
    return document_at(case.protocol_version, case.site)


def meaning_of(touchpoint: Touchpoint) -> protocols.Touchpoint:
    """What the protocol says of this contact."""
    # One that was made keeps the words it was made under.
    case = touchpoint.case
    version = document_at(case.protocol_version, case.site, touchpoint.done_at)
    meaning = version.touchpoint(touchpoint.code)
    if meaning is None:  # a version is frozen and a case is pinned to it
        raise LookupError(f"the protocol version has no contact called {touchpoint.code}")
    return meaning


def closes_at(touchpoint: Touchpoint) -> datetime:
    """Until when it may still be made on time, on the person's own calendar."""
    return shifted(touchpoint.due_at, meaning_of(touchpoint).open_for, zone_of(touchpoint.case))


def zone_of(case: Any) -> ZoneInfo:
    """The zone the person lives in: their morning is the morning that counts."""
    return ZoneInfo(case.patient.zone)


def planned(session: SupervisedSession) -> Iterable[Any]:
    """Every contact the protocol asks for after this session, each at its time."""
    if session.ended_at is None:
        return ()
    return planned_touchpoints(document(session.case), session.ended_at, zone_of(session.case))


def out_of_zone(case: Any) -> list[tuple[Touchpoint, datetime]]:
    """The contacts not yet begun whose time is another in the zone the person lives in now."""
    ended = SupervisedSession.objects.filter(case=case, ended_at__isnull=False)
    due = {
        (session.cycle_id, each.touchpoint.code): each.due_at
        for session in ended.select_related("case__patient", "case__protocol_version")
        for each in planned(session)
    }
    found = Touchpoint.objects.filter(case=case, status=Status.PLANNED).order_by("pk")
    rows = [(row, due.get((row.cycle_id, row.code), row.due_at)) for row in found]
    return [(row, due_at) for row, due_at in rows if due_at != row.due_at]


def letters_due(touchpoint: Touchpoint) -> QuerySet[Message]:
    """The letters of a contact that nobody has taken to send."""
    return Message.objects.filter(about_key=touchpoint.key, status=MessageStatus.DUE)


def falling_away(case: Any, but_for: Cycle) -> list[Touchpoint]:
    """Contacts of earlier cycles that were meant only if no further session followed."""
    rules = {each.code for each in document(case).touchpoints if each.only_after_last}
    return list(
        Touchpoint.objects.filter(case=case, code__in=rules, status=Status.PLANNED).exclude(
            cycle=but_for
        )
    )


def unmade(case: Any) -> list[Touchpoint]:
    """The contacts of a case that may still be called off."""
    statuses = [status for status in Status if Status.CANCELLED in STEPS[status]]
    return list(Touchpoint.objects.filter(case=case, status__in=statuses).order_by("pk"))


def open_near(case: Any, at: datetime) -> QuerySet[Touchpoint]:
    """The contacts that are overdue or due soon and that nobody has dealt with."""
    return Touchpoint.objects.filter(
        case=case, status__in=STILL_OPEN, due_at__lte=at + NEAR
    ).order_by("due_at")


def due_contacts(user: Any, at: datetime) -> QuerySet[Touchpoint]:
    """The contacts due by now at the person's sites that nobody has made, the oldest first."""
    return (
        visible_touchpoints(user)
        .filter(status__in=STILL_OPEN, due_at__lte=at)
        .order_by("due_at", "pk")
    )


def touchpoint_of_form(form: Form) -> Touchpoint | None:
    """The contact a questionnaire was sent for."""
    if form.about_key is None:
        return None
    return Touchpoint.objects.filter(key=form.about_key).first()


def forms_of(touchpoint: Touchpoint) -> QuerySet[Form]:
    """The questionnaires of a contact."""
    return Form.objects.filter(about_key=touchpoint.key, case_id=touchpoint.case_id).order_by("pk")


@dataclass(frozen=True)
class Contact:
    """One touchpoint with everything that belongs to it."""

    touchpoint: Touchpoint
    title: str
    channel: str
    owner: str
    is_safety: bool
    prompts: tuple[str, ...]
    closes_at: datetime
    state: str  # upcoming, due, overdue or done: computed, never stored
    messages: list[Message]
    forms: list[Form]
    is_open: bool
    is_pressing: bool
    may_be_missed: bool


CHANNELS = {
    "email": "E-mail",
    "telephone": "Telephone",
    "visit": "Visit",
    "form_link": "Questions by link",
}


def contacts_of(case: Any, at: datetime) -> list[tuple[Cycle, list[Contact]]]:
    """The touchpoints of a case by cycle, the newest cycle first, in a constant number of queries."""
    touchpoints = list(
        Touchpoint.objects.filter(case=case).select_related(*WITH).order_by("due_at", "pk")
    )
    keys = [touchpoint.key for touchpoint in touchpoints]
    messages, forms = defaultdict(list), defaultdict(list)
    for message in Message.objects.filter(about_key__in=keys).order_by("due_at"):
        messages[message.about_key].append(message)
    for form in Form.objects.filter(about_key__in=keys).order_by("pk"):
        forms[form.about_key].append(form)
    by_cycle: dict[Cycle, list[Contact]] = {}
    for touchpoint in touchpoints:
        contact = _contact(touchpoint, messages[touchpoint.key], forms[touchpoint.key], at)
        by_cycle.setdefault(touchpoint.cycle, []).append(contact)
    return sorted(by_cycle.items(), key=lambda pair: -pair[0].number)


def contact_of(touchpoint: Touchpoint, at: datetime) -> Contact:
    """One touchpoint with everything that belongs to it."""
    messages = list(Message.objects.filter(about_key=touchpoint.key).order_by("due_at"))
    return _contact(touchpoint, messages, list(forms_of(touchpoint)), at)


def _contact(
    touchpoint: Touchpoint, messages: list[Message], forms: list[Form], at: datetime
) -> Contact:
    rule = meaning_of(touchpoint)
    closes = closes_at(touchpoint)
    is_open = touchpoint.status in STILL_OPEN
    state = _state(touchpoint, closes, at)
    return Contact(
        touchpoint=touchpoint,
        title=rule.title,
        channel=CHANNELS[touchpoint.channel],
        owner=owner_of(touchpoint),
        is_safety=rule.purpose == "safety",
        prompts=rule.prompts,
        closes_at=closes,
        state=state,
        messages=messages,
        forms=forms,
        is_open=is_open,
        is_pressing=state in {"due", "overdue"},
        may_be_missed=touchpoint.status in {Status.PLANNED, Status.SENT},
    )


def owner_of(touchpoint: Touchpoint) -> str:
    """Whose contact it is, in the protocol's own words for the capacity."""
    rule = meaning_of(touchpoint)
    return document(touchpoint.case).capacity(rule.owner)


def _state(touchpoint: Touchpoint, closes: datetime, at: datetime) -> str:
    if touchpoint.status not in STILL_OPEN:
        return "done"
    if at > closes:
        return "overdue"
    return "due" if at >= touchpoint.due_at else "upcoming"


def live_link(form: Form, at: datetime) -> PatientLink | None:
    """The link that still opens this questionnaire, if there is one."""
    links = PatientLink.objects.filter(form=form).order_by("-pk")
    return next((link for link in links if link.state_at(at) in {"open", "begun"}), None)


def unmade_safety_contacts(at: datetime) -> list[Touchpoint]:
    """Contacts made for safety whose time has run out, nobody having made them or been asked yet."""
    asked = Matter.objects.filter(kind=OVERDUE).values("about_key")
    late = (
        Touchpoint.objects.filter(status__in=[Status.PLANNED, Status.SENT], due_at__lte=at)
        .exclude(key__in=asked)
        .select_related(*WITH)
        .order_by("due_at")
    )
    return [
        touchpoint
        for touchpoint in late
        if meaning_of(touchpoint).purpose == "safety" and closes_at(touchpoint) < at
    ]


def _treated_last(case: Any) -> Cycle | None:
    return Cycle.objects.filter(case=case, supervised_sessions__ended_at__isnull=False).last()


def integration_visits_held(case: Any) -> int:
    """How many integration visits of the newest treated cycle took place."""
    cycle = _treated_last(case)
    return Visit.objects.filter(
        case=case, cycle=cycle, stage=Stage.INTEGRATION, status=VisitStatus.DONE
    ).count()


def integration_visits_needed(case: Any) -> int:
    """How many of them the protocol asks for at least."""
    cycle = _treated_last(case)
    number = cycle.number if cycle else 1
    rules = [
        rule
        for rule in document(case).visits
        if rule.stage == Stage.INTEGRATION and rule.belongs_to(number)
    ]
    return sum(rule.count_min for rule in rules)


def beyond_the_course(case: Any) -> tuple[str, ...]:
    """Why the course has no further session: it has had all of its own."""
    had = SupervisedSession.objects.filter(case=case, doses__isnull=False).distinct().count()
    return course_problems(document(case), had + 1, None, date.max)


@dataclass(frozen=True)
class Steps:
    """Which ways a case may go on from where it stands, as its page offers them."""

    may_begin: bool
    may_prepare: bool
    may_close: bool


def steps_of(case: Any) -> Steps:
    """Which ways the case's own table has from here; whether one is open its obstacles say."""
    ways = CASE_STEPS[case.status]
    after_a_session = case.status in {CaseStatus.INTEGRATING, CaseStatus.AFTERCARE}
    return Steps(
        may_begin=after_a_session and CaseStatus.AFTERCARE in ways,
        may_prepare=after_a_session and CaseStatus.PREPARING in ways,
        may_close=CaseStatus.CLOSED in ways,
    )
