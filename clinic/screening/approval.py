"""The sponsor's and the ethics board's approval, without which nobody decides past a trial's rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from clinic.workflow import Basis, Obstacle, gate

NEEDED_BY = "sponsor_ethics"  # as a version writes who decides

APPROVAL = gate(
    "approval_without_reference",
    "The approval of sponsor and ethics board is not named by its reference and its day.",
    basis=Basis.PROTOCOL,
)


def obstacles_in_approval(reference: str, approved_on: date | None, on: date) -> Iterator[Obstacle]:
    """What a trial leaves to its sponsor and ethics board rests on an approval given by that day."""
    if not reference.strip():
        yield APPROVAL("Give the reference of the approval by sponsor and ethics board.")
    if approved_on is None or approved_on > on:
        yield APPROVAL("Give the day of the approval, today or before.")
