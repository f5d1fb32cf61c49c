"""Break the glass, give the record back, review why it was opened."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.audit import signing
from clinic.audit.actions import record
from clinic.cases.break_glass import kinds, queries
from clinic.cases.break_glass.models import BrokenGlass
from clinic.cases.break_glass.rules import (
    obstacles_in_found,
    obstacles_to_break,
    obstacles_to_give_back,
    obstacles_to_look,
    obstacles_to_review,
)
from clinic.cases.models import Patient
from clinic.context import see_also
from clinic.messages import actions as messages
from clinic.people.models import Site
from clinic.workflow import alone, lock, refuse_unless_clear


@transaction.atomic
def break_glass(
    site: Site,
    *,
    by: Any,
    at: datetime,
    reason: str,
    proof: Any,
    number: str = "",
    family_name: str = "",
    date_of_birth: date | None = None,
) -> BrokenGlass:
    """Open the record of somebody outside one's care for an hour; those concerned are told at once.

    Whoever is looked for, found or not, the reason stands in the trail.
    """
    refuse_unless_clear(obstacles_to_look(site, by=by, at=at, reason=reason))
    refuse_unless_clear(signing.obstacles_to_sign(by, proof, at))
    found = queries.find_outside_care(
        site, number=number, family_name=family_name, date_of_birth=date_of_birth
    )
    refuse_unless_clear(obstacles_in_found(found))
    alone(f"glass {by.pk} {found[0]}")
    by.forget_care()  # the same person may have opened it on another device meanwhile
    see_also(sites=[], patients=found)
    patient = Patient.objects.select_related("site").get(pk=found[0])
    refuse_unless_clear(obstacles_to_break(patient, by=by, at=at))
    glass = BrokenGlass.objects.create(
        patient=patient,
        broken_at=at,
        broken_by=by,
        reason=reason,
        until=at + queries.AN_HOUR,
    )
    signing.sign(
        glass,
        by=by,
        at=at,
        meaning="I open this record outside my care",
        content={"patient": patient.key, "reason": reason, "until": glass.until},
        proof=proof,
    )
    by.forget_care()  # it has just grown
    told = queries.to_be_told(patient, by, at)
    for user in told:
        messages.queue(
            by=by,
            at=at,
            kind=kinds.GLASS_BROKEN,
            occurrence=f"glass/{glass.key}/{user.key}",
            due_at=at,
            user=user,
            site=site,
            about_key=glass.key,
            is_safety=True,
        )
    # Where the patient has a case, their carers read it on its timeline.
    record(
        "record opened outside care",
        patient.cases.order_by("-number").first() or glass,
        by=by,
        at=at,
        reason=reason,
        until=glass.until,
        told=sorted(str(user.key) for user in told),
    )
    return glass


@transaction.atomic
def give_back(glass: BrokenGlass, *, by: Any, at: datetime) -> BrokenGlass:
    """Close the way to a record before its hour is over."""
    lock(glass)
    refuse_unless_clear(obstacles_to_give_back(glass, by=by, at=at))
    glass.ended_at, glass.ended_by = at, by
    glass.save(update_fields=["ended_at", "ended_by"])
    record("record given back", glass, by=by, at=at, patient=glass.patient.key)
    return glass


@transaction.atomic
def review_glass(
    glass: BrokenGlass, *, by: Any, at: datetime, verdict: str, review: str
) -> BrokenGlass:
    """Say whether a record was opened for good reason, having seen what was done with it."""
    lock(glass)
    refuse_unless_clear(obstacles_to_review(glass, by=by, at=at, review=review))
    glass.reviewed_at, glass.reviewed_by = at, by
    glass.verdict, glass.review = verdict, review
    glass.save(update_fields=["reviewed_at", "reviewed_by", "verdict", "review"])
    record(
        "opening outside care reviewed",
        glass,
        by=by,
        at=at,
        patient=glass.patient.key,
        verdict=verdict,
        review=review,
    )
    return glass
