"""What will keep a booked visit from taking place if nobody does anything: said while there is time.

Each kind is one question to the database, however many visits there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from clinic.access import Permission, in_reach
from clinic.booking.groups.queries import dosed, sessions_held
from clinic.booking.groups.rules import group_words
from clinic.booking.models import Stage, Status, Visit, VisitPerson
from clinic.booking.queries import HELD, overlapping
from clinic.cases.languages import named
from clinic.cases.models import Contact
from clinic.people.hours.models import ClosedDay
from clinic.people.models import Absence
from clinic.people.queries import LocalDay
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.models import Status as VersionStatus
from clinic.protocols.queries import document_of

MOST = 201  # of one kind: as many as a tile counts, and one more to know that there are more


@dataclass(frozen=True)
class Forecast:
    """One booked visit that will not stand, why, and the name of the page that puts it right."""

    visit: Visit
    words: str
    clears: str = "booking:reschedule"


Kind = Callable[[QuerySet[Visit]], Iterator[Forecast]]


def diary_forecasts(user: Any, *, at: datetime) -> list[Forecast]:
    """The visits this person books that lack a room, a day or somebody, the soonest first."""
    return _of(OF_THE_DIARY, _to_come(at).filter(_reach(user, Permission.BOOK)))


def interpreter_forecasts(user: Any, *, at: datetime) -> list[Forecast]:
    """The visits this person books at which nobody interprets, the soonest first."""
    return _of((without_an_interpreter,), _to_come(at).filter(_reach(user, Permission.BOOK)))


def version_forecasts(user: Any, *, at: datetime) -> list[Forecast]:
    """The next visit of each case whose version is over, for whoever may move the case."""
    return _of((on_a_version_that_is_over,), _to_come(at).filter(_reach(user, Permission.DECIDE)))


def forecasts_of(visit: Visit, *, at: datetime) -> list[Forecast]:
    """What is known ahead against one visit that is still to come."""
    kinds = (*OF_THE_DIARY, without_an_interpreter, on_a_version_that_is_over)
    return _of(kinds, _to_come(at).filter(pk=visit.pk))


def in_rooms_out_of_use(visits: QuerySet[Visit]) -> Iterator[Forecast]:
    """Booked into a room that has been closed since."""
    for visit in visits.filter(room__closed_at__isnull=False)[:MOST]:
        yield Forecast(visit, f"{visit.room} is out of use.")


def on_closed_days(visits: QuerySet[Visit]) -> Iterator[Forecast]:
    """Booked on a day on which the site has been closed since, or that nobody has allowed."""
    closed = ClosedDay.objects.filter(
        site=OuterRef("site"), day=LocalDay(OuterRef("site__zone"), OuterRef("starts_at"))
    )
    named = visits.annotate(
        closed_for=Subquery(closed.values("name")[:1]),
        closed_at=Subquery(closed.values("written_at")[:1]),
    )
    unallowed = Q(overlap_allowed_at__isnull=True) | Q(overlap_allowed_at__lt=F("closed_at"))
    for visit in named.filter(unallowed, closed_for__isnull=False)[:MOST]:
        yield Forecast(visit, f"{visit.site} is closed that day: {visit.closed_for}.")


def with_somebody_away(visits: QuerySet[Visit]) -> Iterator[Forecast]:
    """Booked with somebody whose absence was entered since."""
    away = Absence.objects.filter(
        user=OuterRef("user"),
        starts_at__lt=OuterRef("visit__ends_at"),
        ends_at__gt=OuterRef("visit__starts_at"),
    ).order_by("-ends_at")
    people = (
        VisitPerson.objects.filter(visit__in=visits.values("pk"))
        .annotate(away_until=Subquery(away.values("ends_at")[:1]))
        .filter(away_until__isnull=False)
        .select_related("user", "visit__room", "visit__site", "visit__patient", "visit__case")
        .order_by("visit__starts_at", "pk")
    )
    for person in people[:MOST]:
        until = person.away_until.astimezone(person.visit.site.tz)
        yield Forecast(person.visit, f"{person.user} is away until {until:%d %B %Y, %H:%M}.")


def without_an_interpreter(visits: QuerySet[Visit]) -> Iterator[Forecast]:
    """Of somebody who needs an interpreter, with none, or with one who no longer interprets."""
    able = Contact.objects.filter(
        Q(language="") | Q(language=OuterRef("patient__interpreter_language")),
        pk=OuterRef("interpreter"),
        ended_at__isnull=True,
    )
    alone = (
        visits.filter(~Exists(able), no_interpreter="")
        .exclude(patient__interpreter_language="")
        .select_related("interpreter")
    )
    for visit in alone[:MOST]:
        language = named(visit.patient.interpreter_language)
        gone = f" {visit.interpreter.name} no longer does." if visit.interpreter else ""
        yield Forecast(visit, f"Nobody interprets {language}.{gone}")


def in_groups_short_of_staff(visits: QuerySet[Visit]) -> Iterator[Forecast]:
    """Dosed beside others in one room with fewer staff than the largest dose planned asks for."""
    beside = Visit.objects.filter(
        starts_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("starts_at"),
        room=OuterRef("room"),
        stage=Stage.DOSING,
        status__in=HELD,
    ).exclude(pk=OuterRef("pk"))
    grouped = visits.filter(Exists(beside), stage=Stage.DOSING).select_related(
        "case__protocol_version__protocol"
    )
    found = list(grouped.defer("case__protocol_version__document")[:MOST])
    if not found:
        return
    stretch = overlapping(
        min(visit.starts_at for visit in found), max(visit.ends_at for visit in found)
    )
    rooms = {visit.room_id for visit in found}
    held = {visit.pk: visit for visit in sessions_held().filter(stretch, room__in=rooms)}
    for visit in found:
        others = [
            dosed(each)
            for each in held.values()
            if each.room_id == visit.room_id and each.pk != visit.pk
        ]
        document = document_of(visit.case.protocol_version)
        words = group_words(document, dosed(held[visit.pk]), others)
        if words:
            yield Forecast(visit, " ".join(words))


def on_a_version_that_is_over(visits: QuerySet[Visit]) -> Iterator[Forecast]:
    """Of a case on a version that was retired or replaced since: the first visit of each."""
    follows = ProtocolVersion.objects.filter(
        protocol=OuterRef("case__protocol_version__protocol"), status=VersionStatus.PUBLISHED
    )
    on_one = visits.filter(case__protocol_version__status=VersionStatus.RETIRED)
    first_of_each = on_one.order_by("case_id", "starts_at", "pk").distinct("case_id")
    # The soonest are kept, so the order of the cases stays inside.
    over = (
        visits.filter(pk__in=first_of_each.values("pk"))
        .annotate(replaced_by=Subquery(follows.values("number")[:1]))
        .select_related("case__protocol_version")
        .defer("case__protocol_version__document")
        .order_by("starts_at", "pk")
    )
    for visit in over[:MOST]:
        number = visit.case.protocol_version.number
        became = f"was replaced by version {visit.replaced_by}" if visit.replaced_by else "ended"
        yield Forecast(visit, f"Version {number} of the protocol {became}.", "cases:move")


OF_THE_DIARY: tuple[Kind, ...] = (
    in_rooms_out_of_use,
    on_closed_days,
    with_somebody_away,
    in_groups_short_of_staff,
)


def _of(kinds: tuple[Kind, ...], visits: QuerySet[Visit]) -> list[Forecast]:
    found = [forecast for kind in kinds for forecast in kind(visits)]
    return sorted(found, key=lambda each: (each.visit.starts_at, each.visit.pk))


def _to_come(at: datetime) -> QuerySet[Visit]:
    return (
        Visit.objects.filter(status=Status.PLANNED, starts_at__gt=at)
        .select_related("room", "site", "patient", "case")
        .order_by("starts_at", "pk")
    )


def _reach(user: Any, permission: Permission) -> Any:
    return in_reach(user, permission, patient="patient")
