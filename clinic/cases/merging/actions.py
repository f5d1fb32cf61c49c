"""Merge two records of one person into one, losing nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit import signing
from clinic.audit.actions import record
from clinic.cases import signals
from clinic.cases.merging import queries
from clinic.cases.merging.models import PatientMerge
from clinic.cases.merging.rules import obstacles_to_merge
from clinic.cases.models import NO_CONTACT, Case, Hold, Patient
from clinic.workflow import alone, lock, refuse_unless_clear


@transaction.atomic
def merge(
    first: Patient,
    second: Patient,
    *,
    by: Any,
    at: datetime,
    stays: str,
    reason: str,
    proof: signing.Proof | None,
) -> PatientMerge:
    """Say, signed, that two records are of one person: what hangs on one hangs on the other.

    The merged record keeps every detail it had, and nothing is written on it again.
    """
    alone(f"registration at {first.site.key}")
    for case in Case.objects.filter(patient__in=[first, second]).order_by("pk"):
        case.lock()
    for patient in sorted((first, second), key=lambda each: each.pk):
        lock(patient)
    refuse_unless_clear(
        obstacles_to_merge(
            first, second, by=by, at=at, stays=stays, reason=reason, proof=proof
        )
    )  # fmt: skip
    kept, merged = (first, second) if str(first.key) == stays else (second, first)
    shown = {"stays": queries.as_signed(kept), "merged": queries.as_signed(merged)}
    differs = [row.name for row in queries.side_by_side(kept, merged) if row.differs]
    moved = _hang_on(kept, merged)
    _carry_holds(kept, merged, by=by, at=at)
    _carry_what_nobody_may_miss(kept, merged)
    Patient.objects.filter(pk=merged.pk).update(merged_into=kept)
    merged.merged_into = kept
    merge = PatientMerge.objects.create(
        site_id=kept.site_id,
        kept=kept,
        merged=merged,
        reason=reason,
        differs=differs,
        moved=moved,
        merged_at=at,
        merged_by=by,
    )
    signing.sign(
        merge,
        by=by,
        at=at,
        meaning="These are two records of one person, and I merge them",
        content={**shown, "differs": differs, "moved": moved, "reason": reason},
        proof=proof,
    )
    if "zone" in differs:  # what is due by the person's own calendar moves with them
        signals.corrected.send(Patient, patient=kept, changed=["zone"], by=by, at=at)
    for key, was, number in moved["clinic.Case"]:
        case = Case.objects.get(key=key)
        record("came from a merged record", case, by=by, at=at, was=was, now=number,
               merged=merged.key, stays=kept.key)  # fmt: skip
    record(
        "records merged",
        kept,
        by=by,
        at=at,
        merge=merge.key,
        merged=merged.key,
        number=merged.number,
        reason=reason,
        differs=differs,
        moved={kind: len(rows) for kind, rows in moved.items()},
    )
    return merge


def _hang_on(kept: Patient, merged: Patient) -> dict[str, list]:
    """Let every row that hung on one record hang on the other; say which they were."""
    moved: dict[str, list] = {}
    for model, field in queries.what_moves():
        rows = model._default_manager.filter(**{field: merged})
        if model is Case:
            moved[model._meta.label] = _renumbered(kept, list(rows.order_by("number")))
            continue
        moved[model._meta.label] = [str(key) for key in rows.values_list("key", flat=True)]
        rows.update(**{field: kept})
    return moved


def _renumbered(kept: Patient, cases: list[Case]) -> list[list]:
    last = max(kept.cases.values_list("number", flat=True), default=0)
    moved = []
    for number, case in enumerate(cases, start=last + 1):
        moved.append([str(case.key), case.number, number])
        Case.objects.filter(pk=case.pk).update(patient=kept, number=number)
    return moved


def _carry_holds(kept: Patient, merged: Patient, *, by: Any, at: datetime) -> None:
    """A hold on the person goes on over the record that stays; the first one stays readable."""
    for hold in queries.holds_of(merged):
        carried = Hold.objects.create(
            site_id=kept.site_id,
            on=Hold.On.PATIENT,
            target_key=kept.key,
            words=str(kept),
            reason=f"{hold.reason} (placed on record {merged.number} on"
            f" {hold.placed_at.astimezone(kept.site.tz):%d %b %Y} by {hold.placed_by.name})",
            placed_at=at,
            placed_by=by,
        )
        signals.held.send(sender=Hold, hold=carried, by=by, at=at)
        Hold.objects.filter(pk=hold.pk).update(lifted_at=at, lifted_by=by)


def _carry_what_nobody_may_miss(kept: Patient, merged: Patient) -> None:
    """An allergy, and the wish to be written to by nobody, hold whichever record they stood on."""
    kept.allergies = queries.allergies_of_both(kept, merged)
    if merged.channel == NO_CONTACT:
        kept.channel = NO_CONTACT
    kept.save(update_fields=["allergies", "channel"])
