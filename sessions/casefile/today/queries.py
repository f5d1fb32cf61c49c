"""What today asks of this person: now, today, what needs a person, what will be trouble."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clinic.access import Permission, in_reach, may_anywhere, sites_where
from clinic.attention.queries import open_matters
from clinic.booking.models import Stage, Visit
from clinic.booking.models import Status as VisitStatus
from clinic.booking.queries import HOSTS, visible_visits
from clinic.cases.break_glass.queries import REVIEWERS, TO_REVIEW, to_review
from clinic.cases.queries import worklist
from clinic.cases.signatures.queries import amendments_to_answer, words_of_kind
from clinic.people.models import User
from clinic.screening.queries import deferrals_due
from sessions.aftercare.queries import due_contacts, meaning_of
from sessions.casefile.places import address
from sessions.casefile.ticks import Tick, tick_of
from sessions.casefile.today.coming import COMING
from sessions.casefile.today.tiles import Question, Row, Tile, first_of, list_of
from sessions.integration.queries import commitments_to_follow_up
from sessions.preparation.rules import GateStep, gates_of
from sessions.reports.queries import open_reports
from sessions.reports.queries import read as read_reports
from sessions.supervised.models import DOORS, Status, SupervisedSession

P = Permission
UNSIGNED = (Status.RELEASED, Status.ABANDONED, *DOORS)


@dataclass(frozen=True)
class TodaysVisit:
    """One visit of today, and for a supervised session what still stands in its way."""

    visit: Visit
    people: list[User]
    url: str
    clear: int
    asked: int
    ticks: list[Tick] = field(default_factory=list)  # what is shut
    others: list[Tick] = field(default_factory=list)  # what is open, and what is asked later

    @property
    def is_session(self) -> bool:
        return bool(self.asked)


# -- Today -----------------------------------------------------------------------------------


def todays_visits(user: Any, *, at: datetime, zone: ZoneInfo) -> list[TodaysVisit]:
    """The visits of the day by time; those who may open a case see what a session still needs."""
    midnight = datetime.combine(at.astimezone(zone).date(), time.min, zone)
    visits = list(
        visible_visits(user)
        .filter(starts_at__lt=midnight + timedelta(days=1), ends_at__gt=midnight)
        .exclude(status=VisitStatus.CANCELLED)
        .order_by("starts_at", "pk")
    )
    clinical = set(sites_where(user, P.SEE_CASE))
    sessions = [
        visit
        for visit in visits
        if visit.stage == Stage.DOSING
        and visit.site_id in clinical
        and visit.status == VisitStatus.PLANNED
        and visit.cycle is not None
    ]
    gates = gates_of([visit.cycle for visit in sessions], at=at) if sessions else {}
    asked = {visit.pk for visit in sessions}
    return [
        _today(visit, gates.get(visit.cycle_id, []) if visit.pk in asked else [], by=user)
        for visit in visits
    ]


def _today(visit: Visit, steps: Iterable[GateStep], *, by: Any) -> TodaysVisit:
    found = list(steps)
    asked = [step for step in found if not step.waits_for]
    ticks = [tick_of(step, case=visit.case, by=by) for step in found]
    return TodaysVisit(
        visit=visit,
        people=[person.user for person in visit.people.all()],
        url=address("booking:show", visit.key)
        if any(may_anywhere(by, host) for host in HOSTS)
        else "",
        clear=sum(step.is_clear for step in asked),
        asked=len(asked),
        ticks=[tick for tick in ticks if tick.ok is False],
        others=[tick for tick in ticks if tick.ok is not False],
    )


# -- Needs a person --------------------------------------------------------------------------


def matters(user: Any, *, at: datetime, today: date) -> Tile:
    """What waits for somebody to take it, or to say what came of it."""
    rows = [
        Row(
            title=matter.words,
            url=address("attention:show", matter.key),
            note=str(matter.case.patient) if matter.case else str(matter.site),
            at=matter.raised_at,
            tone="danger" if matter.urgency == "red" else "attention",
            word=matter.get_urgency_display(),
        )
        for matter in first_of(open_matters(user))
    ]
    return Tile(
        "matters", "Waiting for an answer", "Nothing waits.", rows, address("attention:index")
    )


def unsigned(user: Any, *, at: datetime, today: date) -> Tile:
    """Sessions that have ended and whose record nobody has signed."""
    found = SupervisedSession.objects.filter(in_reach(user, P.RELEASE), status__in=UNSIGNED)
    found = found.select_related("case__patient", "site")
    rows = [
        Row(
            title=str(session.case.patient),
            url=session.get_absolute_url(),
            note=session.get_status_display(),
            at=session.ended_at,
            tone="attention",
            word="Not signed",
        )
        for session in first_of(found.order_by("ended_at", "pk"))
    ]
    return Tile("unsigned", "Records to sign", "Every record is signed.", rows, list_of("unsigned"))


def amendments(user: Any, *, at: datetime, today: date) -> Tile:
    """What somebody wants to stand beside a signed record, to be accepted or refused."""
    rows = [
        Row(
            title=str(amendment.case.patient),
            url=address("signatures:amendment", amendment.key),
            note=words_of_kind(amendment.record),
            at=amendment.proposed_at,
            tone="attention",
            word="Not answered",
        )
        for amendment in first_of(amendments_to_answer(user))
    ]
    return Tile(
        "amendments",
        "Amendments to answer",
        "Every amendment is answered.",
        rows,
        list_of("amendments"),
    )


def deferrals(user: Any, *, at: datetime, today: date) -> Tile:
    """People who were deferred until a day that has come, to be decided on again."""
    rows = [
        Row(
            title=str(case.patient),
            url=address("screening:findings", case.key),
            note=f"Deferred until {case.until:%d %b %Y}",
            tone="attention",
            word="Due",
        )
        for case in first_of(deferrals_due(user, today))
    ]
    return Tile(
        "deferrals", "Deferrals due", "No deferral is due.", rows, list_of("deferrals")
    )  # fmt: skip


def contacts(user: Any, *, at: datetime, today: date) -> Tile:
    """Contacts after a session that are due and that nobody has made."""
    rows = [
        Row(
            title=str(touchpoint.case.patient),
            url=touchpoint.get_absolute_url(),
            note=meaning_of(touchpoint).title,
            at=touchpoint.due_at,
        )
        for touchpoint in first_of(due_contacts(user, at))
    ]
    return Tile(
        "contacts", "Contacts due", "Every contact due was made.", rows, list_of("contacts")
    )


def commitments(user: Any, *, at: datetime, today: date) -> Tile:
    """What people meant to do, to be asked about by today."""
    rows = [
        Row(
            title=str(commitment.case.patient),
            url=address("integration:settle", commitment.key),
            note=commitment.words,
        )
        for commitment in first_of(commitments_to_follow_up(user, today))
    ]
    return Tile(
        "commitments",
        "Commitments to ask about",
        "None to ask about.",
        rows,
        list_of("commitments"),
    )


def missing(user: Any, *, at: datetime, today: date) -> Tile:
    """What cases wait for before they can go on, those who have waited longest first."""
    rows = [
        Row(
            title=str(waiting.case.patient),
            url=waiting.case.get_absolute_url(),
            note=waiting.case.get_status_display(),
            at=waiting.since,
            wants=[
                Row(want.words, address(want.clears, want.subject or waiting.case.key))
                for want in waiting.wants
            ],
        )
        for waiting in worklist(user).rows
        if waiting.wants
    ]
    return Tile(
        "missing", "What is missing", "No case waits for anything.", rows, list_of("missing")
    )


def reports(user: Any, *, at: datetime, today: date) -> Tile:
    """What is to be reported outside and has not been sent; what may be sent freely is not asked for."""
    found = open_reports(user).filter(due_on__isnull=False)
    rows = [
        Row(
            title=due.meaning.title,
            url=due.report.get_absolute_url(),
            note=f"{due.about}, by {due.report.due_on:%d %b %Y}",
            tone=due.tone,
            word=due.word,
        )
        for due in read_reports(first_of(found), at)
    ]
    return Tile(
        "reports", "Reports due", "Every report due was sent.", rows, address("reports:index")
    )


def openings(user: Any, *, at: datetime, today: date) -> Tile:
    """Records opened outside their care that this person is asked to review."""
    rows = [
        Row(
            title=str(glass.patient),
            url=address("break_glass:show", glass.key),
            note=f"Opened by {glass.broken_by}",
            at=glass.broken_at,
            tone="danger" if at > glass.broken_at + TO_REVIEW else "attention",
            word="Late" if at > glass.broken_at + TO_REVIEW else "To review",
        )
        for glass in first_of(to_review(user))
    ]
    return Tile(
        "openings",
        "Openings outside care to review",
        "Every opening was reviewed.",
        rows,
        address("break_glass:index"),
    )


# -- Which lists are whose --------------------------------------------------------------------


# Whoever answers amendments to one kind of signed record or another.
ANSWER_AMENDMENTS = (P.PREPARE, P.DOSE, P.DECIDE, P.ORDER, P.RELEASE)
NEEDS = {
    "matters": Question(matters, (P.ACKNOWLEDGE,)),
    "missing": Question(missing, (P.REGISTER,)),
    "unsigned": Question(unsigned, (P.RELEASE,)),
    "amendments": Question(amendments, ANSWER_AMENDMENTS),
    "deferrals": Question(deferrals, (P.DECIDE,)),
    "contacts": Question(contacts, (P.FOLLOW_UP,)),
    "commitments": Question(commitments, (P.INTEGRATE,)),
    "reports": Question(reports, (P.REPORT,)),
    "openings": Question(openings, REVIEWERS),
}


def tiles(which: dict[str, Question], user: Any, *, at: datetime, today: date) -> list[Tile]:
    """The lists of one part of the day that are this person's to look after."""
    return [each.ask(user, at=at, today=today) for each in which.values() if each.is_for(user)]


def tile(code: str, user: Any, *, at: datetime, today: date) -> Tile | None:
    """One list, or None where there is none of this name for this person."""
    question = (NEEDS | COMING).get(code)
    return question.ask(user, at=at, today=today) if question and question.is_for(user) else None


@dataclass(frozen=True)
class Parts:
    """Which parts of the day are this person's."""

    now: bool
    visits: bool
    templates: bool
    board: bool
    diary: bool


def parts_for(user: Any) -> Parts:
    """Which parts of the day this person's roles open."""
    return Parts(
        now=may_anywhere(user, P.SEE_CASE),
        visits=may_anywhere(user, P.SEE_CASE) or may_anywhere(user, P.BOOK),
        templates=may_anywhere(user, P.WRITE_PROTOCOLS) or may_anywhere(user, P.PUBLISH_PROTOCOLS),
        board=may_anywhere(user, P.SUPERVISE),
        diary=may_anywhere(user, P.BOOK),
    )
