"""Why a record cannot be opened outside one's care, given back, or its opening reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.cases.break_glass import queries
from clinic.cases.break_glass.models import BrokenGlass
from clinic.cases.models import Patient
from clinic.cases.queries import visible_patients
from clinic.cases.rules import REASON
from clinic.people.models import Site
from clinic.workflow import ROLE, Decider, Obstacle, gate

NOT_FOUND = gate(
    "nobody_found_outside_care", "Nobody at the site, or more than one person, is meant by this."
)
IN_CARE = gate(
    "in_care_already", "The person is in the care of who asks already.", clears="cases:patient"
)
HAS_ENDED = gate("glass_has_ended", "The way to the record is closed already.")
REVIEWED = gate("glass_is_reviewed", "The opening has been reviewed already.")
OWN_REVIEW = gate(
    "reviews_own_opening",
    "Nobody reviews their own opening of a record.",
    decider=Decider.NOBODY,
)


def obstacles_to_look(site: Site, *, by: Any, at: datetime, reason: str) -> Iterator[Obstacle]:
    """Clinical staff of the site may look for anybody there, with a reason."""
    if not may(by, Permission.SEE_CASE, site=site):
        yield ROLE(f"Only clinical staff of {site} open a record there.")
    if not reason.strip():
        yield REASON("Say why you need this record now; it is read by those who review it.")


def obstacles_in_found(found: list[int]) -> Iterator[Obstacle]:
    """Exactly one person must be meant; whether none or several is not told apart."""
    if len(found) != 1:
        yield NOT_FOUND(
            "No one person at this site is meant by this. Give the identifier, or the family name"
            " as registered and the birth date."
        )


def obstacles_to_break(patient: Patient, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Who cares for somebody needs no glass broken."""
    if visible_patients(by).filter(pk=patient.pk).exists():
        yield IN_CARE(
            f"{patient} is open to you already: find them with the search.",
            subject=str(patient.key),
        )


def obstacles_to_give_back(glass: BrokenGlass, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Who broke it gives it back; a reviewer may close it sooner than the hour."""
    if glass.broken_by_id != by.pk and not _reviews(by, glass):
        yield ROLE("Only who opened the record, or who reviews it, closes it.")
    if glass.ended_at is not None or glass.until <= at:
        yield HAS_ENDED("The way to this record is closed already.")


def obstacles_to_review(
    glass: BrokenGlass, *, by: Any, at: datetime, review: str
) -> Iterator[Obstacle]:
    """The privacy officer or a lead reviews, never who opened the record."""
    if not _reviews(by, glass):
        yield ROLE("Only a privacy officer, a safety lead or a medical lead reviews an opening.")
    if glass.broken_by_id == by.pk:
        yield OWN_REVIEW("You opened this record yourself; somebody else reviews it.")
    if glass.reviewed_at is not None:
        yield REVIEWED(f"{glass.reviewed_by} has reviewed this already.")
    if not review.strip():
        yield REASON("Say what the review found.")


def _reviews(by: Any, glass: BrokenGlass) -> bool:
    return any(may(by, permission, site=glass.site_id) for permission in queries.REVIEWERS)
