"""Merge two records of one person into one, and part them again, losing nothing either way."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from clinic.audit import signing
from clinic.audit.actions import record
from clinic.audit.models import Signature
from clinic.cases import signals
from clinic.cases.channels.models import ChannelConsent
from clinic.cases.merging import queries
from clinic.cases.merging.allergies import allergies_apart, allergies_of_both
from clinic.cases.merging.models import PatientMerge, PatientParting
from clinic.cases.merging.rules import obstacles_to_merge, obstacles_to_part
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
    _hold_both(first, second)
    refuse_unless_clear(
        obstacles_to_merge(
            first, second, by=by, at=at, stays=stays, reason=reason, proof=proof
        )
    )  # fmt: skip
    kept, merged = (first, second) if str(first.key) == stays else (second, first)
    shown = {"stays": queries.as_signed(kept), "merged": queries.as_signed(merged)}
    differs = [row.name for row in queries.side_by_side(kept, merged) if row.differs]
    moved = _hang_on(kept, merged)
    for hold in queries.holds_of(merged):
        _carry(hold, from_record=merged, to=kept, by=by, at=at)
        Hold.objects.filter(pk=hold.pk).update(lifted_at=at, lifted_by=by)
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


@transaction.atomic
def part(
    merge: PatientMerge,
    *,
    by: Any,
    at: datetime,
    reason: str,
    proof: signing.Proof | None,
    theirs: Iterable[str] = (),
) -> PatientParting:
    """Say, signed, that two records that were merged are of two people: each has its own again.

    Whatever the merged record brought goes back to it under the number it had, and so does what
    was written of its cases since. Of the rest that was written since, `theirs` goes along. Every
    hold lies on both from then on, until it is lifted where it is not needed, and so does the wish
    to be written to by nobody.
    """
    kept, merged = merge.kept, merge.merged
    _hold_both(kept, merged)
    refuse_unless_clear(obstacles_to_part(merge, by=by, at=at, reason=reason, proof=proof))
    shown = {"stays": queries.as_signed(kept), "parts": queries.as_signed(merged)}
    chosen = [row for row in queries.written_since(merge) if str(row.key) in set(theirs)]
    moved = _gone_back(merge, chosen)
    moved["clinic.ChannelConsent"] = _agreed_anew(kept, merged, by=by, at=at)
    parting = PatientParting.objects.create(
        site_id=kept.site_id, merge=merge, reason=reason, moved=moved, parted_at=at, parted_by=by
    )
    Patient.objects.filter(pk=merged.pk).update(merged_into=None)
    merged.merged_into = None
    for hold in queries.holds_of(kept):
        _carry(hold, from_record=kept, to=merged, by=by, at=at)
    _part_what_nobody_may_miss(merge)
    signing.sign(
        parting,
        by=by,
        at=at,
        meaning="These are records of two people, and I part them",
        content={**shown, "merge": merge.key, "moved": moved, "reason": reason},
        proof=proof,
    )
    if "zone" in merge.differs:
        signals.corrected.send(Patient, patient=merged, changed=["zone"], by=by, at=at)
    for key, was, number in moved["clinic.Case"]:
        case = Case.objects.get(key=key)
        record("went back to a parted record", case, by=by, at=at, was=was, now=number,
               parted=merged.key, stays=kept.key)  # fmt: skip
    facts = {"merge": merge.key, "parting": parting.key, "parted": merged.key, "stays": kept.key,
             "reason": reason, "moved": {kind: len(rows) for kind, rows in moved.items()}}  # fmt: skip
    for patient in (kept, merged):  # each person's account says it
        record("records parted", patient, by=by, at=at, **facts)
    return parting


def _hold_both(first: Patient, second: Patient) -> None:
    """Nothing is registered, and nothing of the two is written, until this is done."""
    alone(f"registration at {first.site.key}")
    for case in Case.objects.filter(patient__in=[first, second]).order_by("pk"):
        case.lock()
    for patient in sorted((first, second), key=lambda each: each.pk):
        lock(patient)


def _gone_back(merge: PatientMerge, chosen: list) -> dict[str, list]:
    """Let every row that is the parted record's hang on it again; say which they were."""
    merged, gone = merge.merged, [str(row.key) for row in chosen]
    numbers = {key: was for key, was, _ in merge.moved["clinic.Case"]}
    cases = [*queries.returning(merge, Case, "patient")]
    cases += [row for row in chosen if isinstance(row, Case)]
    moved: dict[str, list] = {}
    for model, field in queries.what_moves():
        if model is Case:
            continue
        rows = queries.returning(merge, model, field)
        others = Q(key__in=gone)
        if any(each.name == "case" for each in model._meta.fields):
            others |= Q(case__in=cases)
        rows |= model._default_manager.filter(others, **{field: merge.kept})
        pks = dict(rows.values_list("pk", "key"))
        moved[model._meta.label] = [str(key) for key in pks.values()]
        model._default_manager.filter(pk__in=pks).update(**{field: merged})
    moved["clinic.Case"] = []
    last = max(numbers.values(), default=0)
    for case in sorted(cases, key=lambda each: each.number):
        last += str(case.key) not in numbers
        number = numbers.get(str(case.key), last)
        moved["clinic.Case"].append([str(case.key), case.number, number])
        Case.objects.filter(pk=case.pk).update(patient=merged, number=number)
    return moved


def _agreed_anew(kept: Patient, merged: Patient, *, by: Any, at: datetime) -> list[str]:
    """What a contact agreed to while the records were one is taken back where the contact stands."""
    agreed = []
    for consent in ChannelConsent.objects.filter(
        patient=kept, contact__patient=merged, withdrawn_at=None
    ):
        ChannelConsent.objects.filter(pk=consent.pk).update(withdrawn_at=at, withdrawn_by=by)
        anew = ChannelConsent.objects.create(
            site_id=merged.site_id,
            patient=merged,
            contact_id=consent.contact_id,
            channel=consent.channel,
            given_at=consent.given_at,
            given_by_id=consent.given_by_id,
        )
        agreed.append(str(anew.key))
    return agreed


def _part_what_nobody_may_miss(merge: PatientMerge) -> None:
    """Allergies stand where they were written; who is written to by nobody: both, until asked."""
    signed = Signature.objects.filter(subject_key=merge.key).values_list("content", flat=True)
    before = json.loads(signed.get())["stays"]["allergies"]
    for patient, allergies in zip(
        (merge.kept, merge.merged), allergies_apart(merge, before), strict=True
    ):
        patient.allergies = allergies
        if merge.kept.channel == NO_CONTACT:
            patient.channel = NO_CONTACT
        patient.save(update_fields=["allergies", "channel"])


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


def _carry(hold: Hold, *, from_record: Patient, to: Patient, by: Any, at: datetime) -> None:
    """A hold on the person goes on over another record; the first one stays readable."""
    carried = Hold.objects.create(
        site_id=to.site_id,
        on=Hold.On.PATIENT,
        target_key=to.key,
        words=str(to),
        reason=f"{hold.reason} (placed on record {from_record.number} on"
        f" {hold.placed_at.astimezone(to.site.tz):%d %b %Y} by {hold.placed_by.name})",
        placed_at=at,
        placed_by=by,
    )
    signals.held.send(sender=Hold, hold=carried, by=by, at=at)


def _carry_what_nobody_may_miss(kept: Patient, merged: Patient) -> None:
    """An allergy, and the wish to be written to by nobody, hold whichever record they stood on."""
    kept.allergies = allergies_of_both(kept, merged)
    if merged.channel == NO_CONTACT:
        kept.channel = NO_CONTACT
    kept.save(update_fields=["allergies", "channel"])
