"""What waits for a person, who is on which rung, and who watches tonight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Prefetch, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.timezone import localdate

from clinic.access import Permission, in_reach, sites_where
from clinic.attention.kinds import kind_of
from clinic.attention.models import Matter, Notice, Status, Urgency
from clinic.people.models import Duty, DutyShift, User

LADDER = list(Duty)  # the rungs, lowest first
TOP = len(LADDER) - 1
A_NIGHT = timedelta(hours=14)  # house: cover this long holds whenever a person reads the page


def visible_matters(user: Any) -> QuerySet[Matter]:
    """The matters of a site as such, and those of the cases this person answers for."""
    return (
        Matter.objects.filter(
            in_reach(user, Permission.ACKNOWLEDGE)
            | Q(case__isnull=True, site_id__in=sites_where(user, Permission.ACKNOWLEDGE))
        )
        .select_related("site", "case__patient", "taken_by", "closed_by", "raised_by")
        .prefetch_related(Prefetch("notices", Notice.objects.select_related("user")))
    )


def open_matters(user: Any) -> QuerySet[Matter]:
    """What needs a person: most urgent first, then the one that has waited longest."""
    urgency = Case(When(urgency=Urgency.RED, then=Value(0)), default=Value(1))
    waiting = Case(When(status=Status.WAITING, then=Value(0)), default=Value(1))
    return (
        visible_matters(user)
        .exclude(status=Status.CLOSED)
        .order_by(urgency, waiting, "raised_at", "pk")
    )


def my_matters(user: Any) -> QuerySet[Matter]:
    """What this person has taken, and what they were asked to take and nobody has."""
    asked = Notice.objects.filter(user=user).values("matter_id")
    return open_matters(user).filter(Q(taken_by=user) | Q(status=Status.WAITING, pk__in=asked))


def recently_closed(user: Any, limit: int = 20) -> QuerySet[Matter]:
    """The last matters that came to an outcome."""
    return visible_matters(user).filter(status=Status.CLOSED).order_by("-closed_at")[:limit]


def open_matters_of(case: Any) -> QuerySet[Matter]:
    """What about this case still needs a person."""
    return Matter.objects.filter(case=case).exclude(status=Status.CLOSED)


def matters_to_climb(at: datetime) -> QuerySet[Matter]:
    """The matters whose clock has run out: nobody took them, or nobody said what came of it."""
    return Matter.objects.exclude(status=Status.CLOSED).filter(climbs_at__lte=at).order_by("pk")


def on_duty(site: Any, duty: str, at: datetime) -> list[User]:
    """Who answers on this rung at this site now."""
    shifts = DutyShift.objects.filter(
        site=site, duty=duty, starts_at__lte=at, ends_at__gt=at, user__is_active=True
    )
    return list(User.objects.filter(pk__in=shifts.values("user_id")).order_by("pk"))


def last_resort(site: Any, at: datetime) -> list[User]:
    """Every medical lead and prescriber of the site; failing them, everybody who may answer."""
    holders = User.objects.filter(is_active=True).order_by("pk").distinct()
    in_force = Q(roles__site=site, roles__valid_from__lte=at) & (
        Q(roles__valid_until__isnull=True) | Q(roles__valid_until__gt=at)
    )
    leads = holders.filter(in_force, roles__role__in=["medical_lead", "prescriber"])
    others = ["nurse", "facilitator", "service_facilitator", "safety_lead"]
    return list(leads) or list(holders.filter(in_force, roles__role__in=others))


def whom_to_tell(site: Any, rung: int, at: datetime) -> tuple[int, list[User]]:
    """The people of this rung, or of the next one that has any; never nobody where anybody is."""
    for step in range(rung, TOP + 1):
        people = on_duty(site, LADDER[step], at)
        if people:
            return step, people
    return TOP, last_resort(site, at)


@dataclass(frozen=True)
class Seen:
    """One matter as one person sees it on the list."""

    matter: Matter
    is_waiting: bool
    is_taken: bool
    is_closed: bool
    is_mine: bool
    waited: timedelta
    tone: str
    act_url: str


def as_seen_by(user: Any, matters: Any, at: datetime) -> list[Seen]:
    """The matters with what this person may do about each, without a query for any of them."""
    return [
        Seen(
            matter=matter,
            is_waiting=matter.status == Status.WAITING,
            is_taken=matter.status == Status.TAKEN,
            is_closed=matter.status == Status.CLOSED,
            is_mine=matter.taken_by_id == user.pk,
            waited=at - matter.raised_at,
            tone="danger" if matter.urgency == Urgency.RED else "attention",
            act_url=_where_to_act(matter),
        )
        for matter in matters
    ]


def _where_to_act(matter: Matter) -> str:
    kind = kind_of(matter)
    key = (matter.case.key if matter.case else None) if kind.takes_case else matter.about_key
    if not kind.leads_to or key is None:
        return matter.case.get_absolute_url() if matter.case else ""
    return reverse(kind.leads_to, args=[key])


def story(matter: Matter) -> list[dict]:
    """How a matter went: raised, who was told on which rung, taken, closed."""
    entries: list[dict[str, Any]] = [
        {"at": matter.raised_at, "title": "Raised", "by": matter.raised_by, "icon": "flag"},
        *(
            {
                "at": notice.told_at,
                "title": f"{notice.user.name} was told",
                "by": LADDER[notice.rung].label,
                "icon": "bell",
            }
            for notice in matter.notices.all()
        ),
    ]
    if matter.taken_at:
        entries.append(
            {"at": matter.taken_at, "title": "Taken", "by": matter.taken_by, "icon": "person-check"}
        )
    if matter.closed_at:
        entries.append(
            {
                "at": matter.closed_at,
                "title": "Closed",
                "body": matter.outcome,
                "by": matter.closed_by,
                "icon": "check-circle",
                "tone": "good",
            }
        )
    entries.sort(key=lambda entry: entry["at"])
    days = [localdate(entry["at"]) for entry in entries]
    for entry, day, before in zip(entries, days, [None, *days], strict=False):
        entry["show_day"] = day != before
    return entries


@dataclass(frozen=True)
class Cover:
    """Whether somebody of the clinic will see an answer tonight."""

    is_watched: bool
    until: datetime | None = None
    lasts: bool = False  # through the night that comes
    seen_from: datetime | None = None  # when somebody is next there, where the rota says when


def cover(site: Any, at: datetime) -> Cover:
    """Who watches is read from the duty rota alone: now and how long without a gap, or from when."""
    shifts = DutyShift.objects.filter(site=site, ends_at__gt=at, user__is_active=True).order_by(
        "starts_at"
    )
    until, next_from = at, None
    for shift in shifts:
        if shift.starts_at > until:
            next_from = shift.starts_at
            break
        until = max(until, shift.ends_at)
    if until > at:
        return Cover(True, until=until, lasts=until - at >= A_NIGHT)
    return Cover(False, seen_from=next_from)
