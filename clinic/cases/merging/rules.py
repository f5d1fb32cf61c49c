"""Why two records cannot be merged, or parted again, now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.cases.merging import queries
from clinic.cases.merging.models import PatientMerge
from clinic.cases.models import Case, Patient, Status
from clinic.cases.rules import IN_THE_ROOM, REASON, obstacles_in_merged
from clinic.workflow import ROLE, Obstacle, gate

PAIR = gate("merge_pair", "These are not two records of one site.")
DEATHS = gate(
    "merge_deaths_differ", "One of the two records says that the person died, the other does not.",
    clears="cases:patient",
)  # fmt: skip
VISITS = gate(
    "merge_visits_overlap", "Both records have a visit at the same time.", clears="booking:show"
)
APART = gate("records_stand_apart", "The two records were parted already.", clears="cases:patient")
ORDER = gate(
    "parted_in_order",
    "The record that stays was itself merged into another one since.",
    clears="cases:part",
)


def obstacles_to_merge(
    first: Patient,
    second: Patient,
    *,
    by: Any,
    at: datetime,
    stays: str = "",
    reason: str = "-",
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """Who decides eligibility says, signed, that two records are of one person.

    Every dose, interval and total of the one counts for the other from then on, so it is a
    clinical decision; intake staff find the two and ask for it. Asked by a page before its form,
    it asks no signature.
    """
    if not may(by, Permission.DECIDE, site=first.site_id):
        yield ROLE(
            "Who decides eligibility at this site merges records: doses and intervals of both"
            " count as one person's from then on."
        )
    if first.pk == second.pk or first.site_id != second.site_id:
        yield PAIR("Two records of one site are merged, and these are not.")
    elif not is_asking and stays not in {str(first.key), str(second.key)}:
        yield PAIR("Say which of the two records stays.")
    for patient in (first, second):
        yield from obstacles_in_merged(patient)
    yield from _obstacles_in_what_goes_on(first, second)
    for mine, other in queries.visits_at_one_time(first, second):
        yield VISITS(
            f"{mine.get_stage_display()} of one and {other.get_stage_display().lower()} of the"
            f" other are at the same time, {mine.starts_at.astimezone(mine.site.tz):%d %b %Y, %H:%M}:"
            " move or cancel one.",
            subject=str(other.key),
        )
    yield from _obstacles_in_signing(by, at, reason, proof, is_asking)


def obstacles_to_part(
    merge: PatientMerge,
    *,
    by: Any,
    at: datetime,
    reason: str = "-",
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """Who may merge two records says, signed, that they are of two people after all.

    From then on the doses and intervals of each count for that one person alone. Of a record that
    went on into a third, the last merge is parted first. Asked by a page before its form, it asks
    no signature.
    """
    kept, merged = merge.kept, merge.merged
    if not may(by, Permission.DECIDE, site=merge.site_id):
        yield ROLE(
            "Who decides eligibility at this site parts records: doses and intervals of each count"
            " for one person alone from then on."
        )
    if queries.parting_of(merge) is not None:
        yield APART(
            f"Records {merged.number} and {kept.number} were parted.", subject=str(kept.key)
        )
    elif kept.merged_into is not None:
        yield ORDER(
            f"Record {kept.number} was merged into {kept.merged_into.number} since: part those two"
            " first.",
            subject=str(kept.key),
        )
    else:
        yield from _obstacles_in_what_goes_on(kept, merged)
    yield from _obstacles_in_signing(by, at, reason, proof, is_asking)


def _obstacles_in_signing(
    by: Any, at: datetime, reason: str, proof: Proof | None, is_asking: bool
) -> Iterator[Obstacle]:
    if not reason.strip():
        yield REASON("Say why.")
    if not is_asking:
        yield from obstacles_to_sign(by, proof, at)


def _obstacles_in_what_goes_on(first: Patient, second: Patient) -> Iterator[Obstacle]:
    for case in Case.objects.filter(patient__in=[first, second]).order_by("pk"):
        if Status.IN_SESSION in (case.status, case.left_stage):
            yield IN_THE_ROOM(
                f"Case {case.number} of record {case.patient.number} is in a supervised session:"
                " merge or part the records after it.",
                subject=str(case.key),
            )
    if (first.died_at is None) != (second.died_at is None):
        alive = first if first.died_at is None else second
        yield DEATHS(
            f"Of record {alive.number} no death is recorded, of the other one it is.",
            subject=str(alive.key),
        )
