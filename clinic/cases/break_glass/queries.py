"""Who opened a record outside their care, what they did there, and what waits for a review."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q, QuerySet

from clinic.access import ROLES, Permission, in_reach, sites_where
from clinic.audit.models import TrailEntry
from clinic.cases.break_glass.models import BrokenGlass
from clinic.cases.models import Case, Patient
from clinic.cases.names import searchable
from clinic.people.models import Site
from clinic.people.queries import in_force

AN_HOUR = timedelta(minutes=60)  # house: long enough for an emergency, too short for a habit
TO_REVIEW = timedelta(hours=72)  # house: while those who were there still remember
REVIEWERS = (Permission.READ_TRAIL, Permission.LEAD_SAFETY)
WITH = "site", "patient", "broken_by", "reviewed_by", "ended_by"


def visible_glass(user: Any) -> QuerySet[BrokenGlass]:
    """The openings of the records of those in this person's care, and those they review."""
    return BrokenGlass.objects.filter(
        in_reach(user, Permission.SEE_CASE, *REVIEWERS, patient="patient")
    ).select_related(*WITH)


def glass_in_force(user: Any, at: datetime) -> QuerySet[BrokenGlass]:
    """The records this person has open outside their care now."""
    return visible_glass(user).filter(broken_by=user, ended_at__isnull=True, until__gt=at)


def to_review(user: Any) -> QuerySet[BrokenGlass]:
    """What this person is asked to review, the oldest first; never their own."""
    return (
        BrokenGlass.objects.filter(
            in_reach(user, *REVIEWERS, patient="patient"), reviewed_at__isnull=True
        )
        .exclude(broken_by=user)
        .select_related(*WITH)
        .order_by("broken_at")
    )


def latest(user: Any, limit: int = 50) -> QuerySet[BrokenGlass]:
    """The last openings, newest first, whatever became of them."""
    return visible_glass(user).order_by("-broken_at")[:limit]


def what_was_done(glass: BrokenGlass) -> list[TrailEntry]:
    """Everything this person did with this patient's record while the glass was broken."""
    # After the glass was broken the record may have been merged; its cases hang on the other.
    stays = glass.patient.merged_into_id or glass.patient_id
    keys = list(Case.objects.filter(patient=stays).values_list("key", flat=True))
    return list(
        TrailEntry.objects.filter(
            Q(case_key__in=keys) | Q(subject_key=glass.patient.key),
            by=glass.broken_by,
            at__gte=glass.broken_at,
            at__lte=glass.ended_at or glass.until,
        ).order_by("at", "pk")
    )


def sites_outside_care(user: Any) -> QuerySet[Site]:
    """The sites at which this person opens case files."""
    theirs = sites_where(user, Permission.SEE_CASE)
    return Site.objects.filter(pk__in=theirs, closed_at__isnull=True)


def find_outside_care(
    site: Site, *, number: str, family_name: str, date_of_birth: date | None
) -> list[int]:
    """Who at a site has this identifier, or this name and birth date: at most two."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT vigil_find_outside_care(%s, %s, %s, %s)",
            [site.pk, number, searchable(family_name), date_of_birth],
        )
        return [pk for (pk,) in cursor.fetchall()]


def to_be_told(patient: Patient, by: Any, at: datetime) -> list[Any]:
    """The patient's care team, and who reviews at the site; the one who did it knows already."""
    reviewers = [code for code, (_, _, allowed) in ROLES.items() if allowed & set(REVIEWERS)]
    return list(
        get_user_model()
        .objects.filter(
            Q(teams__case__patient=patient, teams__until__isnull=True)
            | in_force(at, "roles__") & Q(roles__site=patient.site, roles__role__in=reviewers),
            is_active=True,
        )
        .exclude(pk=by.pk)
        .distinct()
        .order_by("pk")
    )
