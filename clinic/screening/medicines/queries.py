"""The medicines of a case as they stand, and each against the washouts of its protocol."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from clinic.access import Permission, in_reach
from clinic.booking.models import Stage, Visit
from clinic.booking.queries import HELD
from clinic.cases.models import Case
from clinic.checklists.days import latest_possible
from clinic.people.models import Licence, User
from clinic.protocols.calculators import WashoutState, washout_since
from clinic.protocols.document import ProtocolDocument, Washout
from clinic.screening.medicines.models import ListedMedicine

# Whose licence lets them order a medicine in every place. Whoever may do so in one place only is
# named as somebody outside, with the way to reach them.
ORDERING = ("physician", "nurse_practitioner", "physician_assistant")
State = ListedMedicine.State


@dataclass(frozen=True)
class Against:
    """One medicine against one washout, on the day that is planned or on none."""

    state: WashoutState
    is_still_taken: bool
    planned: date | None

    @property
    def label(self) -> str:
        return self.state.washout.label

    @property
    def clear_for(self) -> str:
        days = self.state.days
        return self.state.washout.clear_for if days is None else f"{days} days"

    @property
    def is_clear(self) -> bool:
        return self.state.clear and not self.is_still_taken

    @property
    def days_too_early(self) -> int:
        """By how many days the planned session comes too early; none where that is not known."""
        clear_on = self.state.clear_on
        return max(0, (clear_on - self.planned).days) if clear_on and self.planned else 0

    @property
    def word(self) -> str:
        """How it stands, in the few words a list has room for."""
        if self.is_still_taken:
            return "still taken"
        if self.state.clear_on is None:
            return "half-life not known" if self.state.days is None else "last taken not known"
        if early := self.days_too_early:
            return f"{early} {'day' if early == 1 else 'days'} too early"
        return f"clear on {self.state.clear_on:%d %b %Y}"

    @property
    def tone(self) -> str:
        if self.is_still_taken or self.state.clear_on is None or self.days_too_early:
            return "danger"
        return "good" if self.planned else "info"


@dataclass(frozen=True)
class Line:
    """One medicine with everything that was ever said of it, oldest first."""

    case: Case
    versions: tuple[ListedMedicine, ...]

    @property
    def now(self) -> ListedMedicine:
        return self.versions[-1]

    @property
    def earlier(self) -> tuple[ListedMedicine, ...]:
        """What was said before, newest first."""
        return self.versions[-2::-1]

    @cached_property
    def last_on(self) -> date | None:
        """The latest day on which it may last have been taken; None if nobody knows."""
        if not self.now.last_on:
            return None
        told = self.now.entered_at.astimezone(self.case.site.tz).date()
        try:
            return latest_possible(self.now.last_on, told)
        except ValueError:
            return None

    def washouts(self, document: ProtocolDocument) -> tuple[Washout, ...]:
        """The washouts it falls under: as somebody ticked them, or by its very name."""
        if self.now.is_mistaken:
            return ()
        chosen = set(self.now.falls_under)
        return tuple(
            rule
            for rule in document.washouts
            if rule.code in chosen or is_meant(rule, self.now.name)
        )

    def not_asked(self, document: ProtocolDocument) -> tuple[Washout, ...]:
        """The washouts nobody was asked about: the case has moved to another version since."""
        if self.now.is_mistaken:
            return ()
        asked = set(self.now.asked_about)
        return tuple(rule for rule in document.washouts if rule.code not in asked)

    def against(
        self, document: ProtocolDocument, planned: date | None, *, on: date
    ) -> tuple[Against, ...]:
        """How it stands against each of them on the planned day, or on another where none is."""
        hours = self.now.half_life_hours
        return tuple(
            Against(
                washout_since(rule, self.last_on, hours, planned or on),
                self.now.is_still_taken,
                planned,
            )
            for rule in self.washouts(document)
        )

    @property
    def was_left_off_here(self) -> bool:
        """Whether it was in use when it was first told of, and is left off since.

        What is taken as needed may go without for a while: nobody has left it off.
        """
        return self.now.state == State.LEFT and any(each.is_in_use for each in self.versions)

    def lacks_agreement(self, document: ProtocolDocument) -> bool:
        """Whether it is left off for a washout and nobody who orders it is named as agreeing."""
        return (
            self.was_left_off_here and bool(self.washouts(document)) and self.now.agreed_on is None
        )


def is_meant(rule: Washout, name: str) -> bool:
    """Whether a washout names this very medicine, whatever was ticked."""
    said = name.casefold()
    return any(word.casefold() in said for word in (rule.label, *rule.medicines))


def visible_medicines(user: Any) -> QuerySet[ListedMedicine]:
    """The medicines of the cases this person may open, every version of them."""
    return ListedMedicine.objects.filter(in_reach(user, Permission.SEE_CASE)).select_related(
        "case__patient", "case__site", "case__protocol_version", "agreed_by", "entered_by"
    )


def medicines_of(cases: Iterable[Case]) -> dict[int, tuple[Line, ...]]:
    """The medicines of several cases, in one question however many they are."""
    by_case = {case.pk: case for case in cases}
    found: dict[int, dict[Any, list[ListedMedicine]]] = {pk: {} for pk in by_case}
    rows = ListedMedicine.objects.filter(case__in=by_case).order_by("pk")
    for row in rows.select_related("agreed_by", "entered_by"):
        found[row.case_id].setdefault(row.line, []).append(row)
    return {
        pk: tuple(Line(by_case[pk], tuple(versions)) for versions in lines.values())
        for pk, lines in found.items()
    }


def lines_of(case: Case) -> tuple[Line, ...]:
    """The medicines of one case."""
    return medicines_of([case])[case.pk]


def planned_day(case: Case) -> date | None:
    """The day on which the next supervised session is booked, or None."""
    visits = Visit.objects.filter(case=case, stage=Stage.DOSING, status__in=HELD)
    first = visits.order_by("starts_at").first()
    return first.starts_at.astimezone(case.site.tz).date() if first else None


def who_orders(case: Case, *, also: User | None = None) -> QuerySet[User]:
    """Whoever of the site holds a verified licence to order medicines there, and who agreed once."""
    licences = Licence.objects.filter(
        profession__in=ORDERING, jurisdiction=case.site.jurisdiction, verified_at__isnull=False
    )
    return (
        User.objects.filter(
            Q(roles__site=case.site, is_active=True, pk__in=licences.values("user_id"))
            | Q(pk=also.pk if also else None)
        )
        .distinct()
        .order_by("name")
    )


def may_order(user: User, case: Case, on: date) -> bool:
    """Whether a licence of this person, seen and in force on a day, lets them order medicines."""
    return any(
        each.profession in ORDERING
        and each.jurisdiction == case.site.jurisdiction
        and each.standing(on) == "verified"
        for each in user.licences.all()
    )
