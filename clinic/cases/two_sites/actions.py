"""Link the records of one person at two sites or tell those of two apart, and end either."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit import signing
from clinic.audit.actions import record, stream_of
from clinic.audit.canonical import digest
from clinic.cases.merging.queries import as_signed
from clinic.cases.models import Patient
from clinic.cases.two_sites import queries
from clinic.cases.two_sites.models import RecordLink, ToldApart
from clinic.cases.two_sites.rules import (
    obstacles_to_link,
    obstacles_to_retract,
    obstacles_to_tell_apart,
    obstacles_to_unlink,
)
from clinic.workflow import lock, refuse_unless_clear


@transaction.atomic
def link(
    first: Patient,
    second: Patient,
    *,
    by: Any,
    at: datetime,
    reason: str,
    proof: signing.Proof | None,
) -> RecordLink:
    """Say, signed, that records of two sites are of one person.

    What is given at the one counts in the other's intervals from now on. What was signed is kept
    with the link, which only who may open both records reads; the signature, which the whole site
    may see, has its digest.
    """
    pair = queries.one_way(first, second)
    for patient in pair:
        lock(patient)
    refuse_unless_clear(
        obstacles_to_link(first, second, by=by, at=at, reason=reason, proof=proof)
    )  # fmt: skip
    made = RecordLink.objects.create(
        site_id=pair[0].site_id,
        first=pair[0],
        second=pair[1],
        reason=reason,
        shown=_shown(pair),
        linked_at=at,
        linked_by=by,
    )
    signing.sign(
        made,
        by=by,
        at=at,
        meaning="These are records of one person at two sites, and I link them",
        content={"link": made.key, "shown": digest([made.shown, reason])},
        proof=proof,
    )
    for patient in sorted(pair, key=stream_of):  # each site's trail names its own record alone
        record("record linked with one of another site", patient, by=by, at=at, link=made.key)
    return made


@transaction.atomic
def unlink(
    first: Patient,
    second: Patient,
    *,
    by: Any,
    at: datetime,
    reason: str,
    proof: signing.Proof | None,
) -> RecordLink:
    """Say, signed, that two linked records are of two people; the link stays readable, ended."""
    pair = queries.one_way(first, second)
    for patient in pair:
        lock(patient)
    refuse_unless_clear(
        obstacles_to_unlink(first, second, by=by, at=at, reason=reason, proof=proof)
    )  # fmt: skip
    ended = queries.link_between(first, second)
    assert ended is not None  # the rule has just said so, under the lock
    facts = {"ended_at": at, "ended_by": by, "ended_reason": reason}
    RecordLink.objects.filter(pk=ended.pk).update(**facts)
    signing.sign(
        ended,
        by=by,
        at=at,
        meaning="These are records of two people, and I end their link",
        content={"link": ended.key, "shown": digest([ended.shown, reason])},
        proof=proof,
    )
    for patient in sorted(pair, key=stream_of):
        record("link with a record of another site ended", patient, by=by, at=at, link=ended.key)
    return ended


@transaction.atomic
def tell_apart(
    first: Patient,
    second: Patient,
    *,
    by: Any,
    at: datetime,
    reason: str,
    proof: signing.Proof | None,
) -> ToldApart:
    """Say, signed, that records of two sites are of two people, though their details agree.

    Neither site's intervals count the other one's doses for this pair from now on. It is kept and
    read as a link is: each site reads in its trail of its own record alone.
    """
    pair = queries.one_way(first, second)
    for patient in pair:
        lock(patient)
    refuse_unless_clear(
        obstacles_to_tell_apart(first, second, by=by, at=at, reason=reason, proof=proof)
    )  # fmt: skip
    told = ToldApart.objects.create(
        site_id=pair[0].site_id,
        first=pair[0],
        second=pair[1],
        reason=reason,
        shown=_shown(pair),
        told_at=at,
        told_by=by,
    )
    signing.sign(
        told,
        by=by,
        at=at,
        meaning="These are records of two people at two sites, and I tell them apart",
        content={"told": told.key, "shown": digest([told.shown, reason])},
        proof=proof,
    )
    for patient in sorted(pair, key=stream_of):
        record("record told apart from one of another site", patient, by=by, at=at, told=told.key)
    return told


@transaction.atomic
def retract(
    first: Patient,
    second: Patient,
    *,
    by: Any,
    at: datetime,
    reason: str,
    proof: signing.Proof | None,
) -> ToldApart:
    """Take back, signed, that two records are of two people; what was said stays readable, ended."""
    pair = queries.one_way(first, second)
    for patient in pair:
        lock(patient)
    refuse_unless_clear(
        obstacles_to_retract(first, second, by=by, at=at, reason=reason, proof=proof)
    )  # fmt: skip
    ended = queries.told_between(first, second)
    assert ended is not None  # the rule has just said so, under the lock
    facts = {"ended_at": at, "ended_by": by, "ended_reason": reason}
    ToldApart.objects.filter(pk=ended.pk).update(**facts)
    signing.sign(
        ended,
        by=by,
        at=at,
        meaning="I take back that these are records of two people",
        content={"told": ended.key, "shown": digest([ended.shown, reason])},
        proof=proof,
    )
    for patient in sorted(pair, key=stream_of):
        record("telling a record apart taken back", patient, by=by, at=at, told=ended.key)
    return ended


def _shown(pair: list[Patient]) -> list[dict[str, str]]:
    return [{name: str(value) for name, value in as_signed(each).items()} for each in pair]
