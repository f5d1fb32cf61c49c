"""Everything the gates to the dose look at, gathered once, so that each gate is a pure question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from clinic.booking.models import Visit, VisitPerson
from clinic.cases.models import Case, Contact, Cycle, Hold
from clinic.checklists.answers import Answer
from clinic.checklists.models import Form
from clinic.documents.standing import Standing
from clinic.people.models import DutyShift, Licence, User
from clinic.protocols.calculators import DoseGiven, PastDose
from clinic.protocols.document import ProtocolDocument
from clinic.screening.evidence.models import Evidence
from clinic.screening.medicines.queries import Line
from clinic.screening.models import FindingDecision
from clinic.screening.queries import Screening
from sessions.preparation.models import DecisionPast, WayHome


@dataclass(frozen=True)
class Seen:
    """The newest reading of one parameter before the dose."""

    value: Decimal | None
    at: datetime
    words: str = ""  # as typed, for the message


@dataclass(frozen=True)
class Here:
    """Where somebody is in the one capacity they took for this session."""

    user: User
    capacity: str
    where: str  # with_client, on_premises, reachable, away


@dataclass(frozen=True)
class Day:
    """What only the day of the dose knows. The supervised session lies above and fills it in."""

    is_checked_in: bool = False
    checked_in_at: datetime | None = None
    readings: Mapping[str, Seen] = field(default_factory=dict)
    presences: tuple[Here, ...] = ()
    given: tuple[DoseGiven, ...] = ()
    staff_in_room: int | None = None  # with any client of the room; None: those with this one
    totals_in_room: tuple[Decimal | None, ...] = ()  # of the other clients there
    session_key: Any = None  # today's checks are kept under it
    past: tuple[PastDose, ...] = ()  # over the whole person, all their cases
    sessions_before: int = 0  # of this case in which something was given
    live_elsewhere: str = ""  # in words, where else this person is in a session
    dosed_elsewhere: date | None = None  # until when a dose at another site stands in the way


@dataclass(frozen=True)
class Attempt:
    """The dose somebody is about to give."""

    by: User | None = None
    amount: Decimal | None = None
    given_before: Decimal | None = Decimal(0)  # in this session; None: nobody knows
    lot: Any = None
    is_still_in_stock: bool = False  # not prepared yet: the lot must hold as much
    second: User | None = None
    second_may_dose: bool = False
    second_licences: tuple[Licence, ...] = ()


@dataclass(frozen=True)
class Filled:
    """A checklist as it has been answered up to now."""

    form: Form
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Facts:
    """One cycle of one case as it stands, asked about one moment: that of its dose."""

    cycle: Cycle
    case: Case
    document: ProtocolDocument
    asked_at: datetime
    at: datetime  # the moment of the dose: now, or when it is planned
    visit: Visit | None
    booked: tuple[VisitPerson, ...]
    documents: tuple[Standing, ...]
    screening: Screening | None
    visits: tuple[Visit, ...]
    emergency: tuple[Contact, ...]
    way_home: WayHome | None
    measures: Mapping[str, Form]  # the newest completed of each instrument
    evidence: Mapping[str, Evidence]  # the newest standing result of each test
    enrolled: Mapping[str, Filled]  # the newest completed form of each register
    checks: Filled | None
    holds: tuple[Hold, ...]
    shifts: tuple[DutyShift, ...]
    decided: tuple[DecisionPast, ...]
    day_facts: Day = field(default_factory=Day)
    attempt: Attempt | None = None
    medicines: tuple[Line, ...] = ()

    @property
    def day(self) -> date:
        """The day of the dose on the wall of the clinic."""
        return self.at.astimezone(self.case.site.tz).date()

    def as_of(self, moment: datetime) -> Facts:
        """The same facts asked about another moment: a decision past an obstacle is for its day."""
        later = replace(self, at=moment)
        decided = tuple(each for each in self.decided if each.on_day == later.day)
        screening = self.screening and replace(self.screening, on=later.day)
        return replace(later, decided=decided, screening=screening)

    @property
    def is_today(self) -> bool:
        return self.day == self.asked_at.astimezone(self.case.site.tz).date()

    @property
    def session_number(self) -> int:
        """Which session of the course this is: those in which nothing was given do not count."""
        return self.day_facts.sessions_before + 1

    @property
    def jurisdiction(self) -> str:
        return self.case.site.jurisdiction

    @property
    def people(self) -> list[tuple[User, str]]:
        """Who acts in which capacity: those who have come, or before that those who are booked."""
        here = [(each.user, each.capacity) for each in self.day_facts.presences]
        if here and self.day_facts.is_checked_in:
            gone = {each.user.pk for each in self.day_facts.presences if each.where == "away"}
            return [(user, capacity) for user, capacity in here if user.pk not in gone]
        return [(each.user, each.capacity) for each in self.booked]

    def done_on(self, test: str) -> date | None:
        """The day of the newest result of a test: written on its form, or shown by evidence."""
        form, shown = self.measures.get(test), self.evidence.get(test)
        days = [form.completed_at.astimezone(self.case.site.tz).date()] if form else []
        return max(days + ([shown.done_on] if shown else []), default=None)

    def shown_on(self, test: str) -> Evidence | None:
        """The evidence that counts for a test, unless its form was filled in on a later day."""
        shown = self.evidence.get(test)
        return shown if shown and shown.done_on == self.done_on(test) else None

    def ruling_on(self, item: str) -> FindingDecision | None:
        """What a named person made of an item, as long as its answer is still the one they saw."""
        if self.screening is None:
            return None
        ruling, answer = self.screening.rulings.get(item), self.screening.rows.get(item)
        return ruling if ruling and ruling.answer_pk == (answer.pk if answer else None) else None
