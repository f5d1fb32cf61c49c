"""Who hears a concern, and which concerns somebody hears. The database asks the same: 10_concerns.sql."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import BooleanField, F, QuerySet
from django.db.models.expressions import RawSQL

from clinic.people.models import Site
from clinic.safety.concerns.models import Concern

HEARD_BY = (
    "%s IN (SELECT vigil_hearers(clinic_concern.site_id, clinic_concern.patient_id,"
    " clinic_concern.about_user_id, false))"
)


def visible_concerns(user: Any) -> QuerySet[Concern]:
    """The concerns this person hears: none about themselves, none of a patient they care for."""
    hears = RawSQL(HEARD_BY, [user.pk], output_field=BooleanField())  # noqa: S611 -- a constant
    return Concern.objects.filter(hears).select_related(
        "site", "patient", "about_user", "raised_by", "heard_by", "closed_by"
    )


def open_concerns(user: Any) -> QuerySet[Concern]:
    """What is not closed: nobody's first, the oldest above."""
    rows = visible_concerns(user).filter(closed_at__isnull=True)
    return rows.order_by(F("heard_at").asc(nulls_first=True), "pk")


def closed_concerns(user: Any, limit: int = 20) -> QuerySet[Concern]:
    """What was closed last."""
    return visible_concerns(user).filter(closed_at__isnull=False).order_by("-closed_at")[:limit]


def hearers(
    site: Site, *, patient: Any = None, about_user: Any = None, everywhere: bool = False
) -> QuerySet:
    """Who would hear a concern about these; with `everywhere`, at whatever site they lead."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT vigil_hearers(%s, %s, %s, %s)",
            [site.pk, getattr(patient, "pk", None), getattr(about_user, "pk", None), everywhere],
        )
        found = [pk for (pk,) in cursor.fetchall()]
    return get_user_model().objects.filter(pk__in=found).order_by("pk")


def told_through(link_key: Any, *, since: datetime) -> int:
    """How many concerns came in through one link since a moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT vigil_told_through(%s, %s)", [link_key, since])
        return cursor.fetchone()[0]
