"""Which incidents there are, who looks after them, and who is told of a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from clinic.access import ROLES, Permission, in_reach
from clinic.people.models import Site
from clinic.people.queries import in_force
from clinic.safety.incidents.models import Incident

LEADS = sorted(code for code, (_, _, allowed) in ROLES.items() if Permission.LEAD_SAFETY in allowed)


def visible_incidents(user: Any) -> QuerySet[Incident]:
    """The incidents of the sites whose safety this person leads, and those they look after."""
    sites = {role.site_id for role in user.roles_now}
    return Incident.objects.filter(
        in_reach(user, Permission.LEAD_SAFETY, patient="case__patient")
        | Q(owner=user, site_id__in=sorted(sites))
    ).select_related("site", "case__patient", "opened_by", "owner", "closed_by")


def leads_of(site: Site, at: datetime) -> list[Any]:
    """Who is told of an incident: the safety leads and the medical leads of its site."""
    return list(
        get_user_model()
        .objects.filter(
            in_force(at, "roles__"), roles__site=site, roles__role__in=LEADS, is_active=True
        )
        .distinct()
        .order_by("pk")
    )


@dataclass(frozen=True)
class Line:
    """One incident in the list, and how its day stands."""

    incident: Incident
    is_overdue: bool
    is_mine: bool


def open_lines(user: Any, *, on: date, mine_only: bool = False) -> list[Line]:
    """What is open, the day that comes first above; what has no day yet stands last."""
    rows = visible_incidents(user).filter(closed_at__isnull=True)
    if mine_only:
        rows = rows.filter(owner=user)
    return _lines(rows, user, on)


def closed_lines(user: Any, *, on: date, limit: int = 20) -> list[Line]:
    """What was closed last."""
    rows = visible_incidents(user).filter(closed_at__isnull=False).order_by("-closed_at", "-pk")
    return _lines(rows[:limit], user, on)


def _lines(rows: Iterable[Incident], user: Any, on: date) -> list[Line]:
    return [
        Line(
            row,
            is_overdue=row.closed_at is None and row.due_on is not None and row.due_on < on,
            is_mine=row.owner_id == user.pk,
        )
        for row in rows
    ]


def sites_to_write_from(user: Any) -> QuerySet[Site]:
    """The open sites at which this person has any role."""
    theirs = {role.site_id for role in user.roles_now}
    return Site.objects.filter(pk__in=theirs, closed_at__isnull=True).order_by("name")
