"""Propose an erratum of a version that is in force, approve it as a second person, or refuse it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit import signing
from clinic.audit.actions import record
from clinic.protocols.errata import queries
from clinic.protocols.errata.models import STEPS, Erratum, Kind, Status
from clinic.protocols.errata.rules import (
    obstacles_to_approve,
    obstacles_to_propose,
    obstacles_to_refuse,
    obstacles_to_withdraw,
)
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import digest_of
from clinic.workflow import lock, move, refuse_unless_clear


@transaction.atomic
def propose(
    version: ProtocolVersion,
    *,
    by: Any,
    at: datetime,
    place: str,
    shall_say: str,
    reason: str,
    source: str,
) -> Erratum:
    """Say what one place of a version should have said; it binds once a second person approves."""
    lock(version)
    refuse_unless_clear(
        obstacles_to_propose(
            version, by=by, at=at, place=place, shall_say=shall_say, reason=reason, source=source
        )
    )
    spot = queries.spot_of(version, place)
    assert spot is not None  # the rules have just found it
    return _propose(
        version,
        by=by,
        at=at,
        kind=spot.kind,
        place=place,
        about=spot.where,
        says=spot.says,
        shall_say=shall_say,
        reason=reason,
        source=source,
    )


@transaction.atomic
def withdraw(erratum: Erratum, *, by: Any, at: datetime, reason: str, source: str) -> Erratum:
    """Propose, as an erratum of its own, that an earlier one shall count no longer."""
    lock(erratum.version)
    lock(erratum)
    refuse_unless_clear(obstacles_to_withdraw(erratum, by=by, at=at, reason=reason, source=source))
    return _propose(
        erratum.version,
        by=by,
        at=at,
        kind=Kind.WITHDRAWAL,
        withdraws=erratum,
        place=erratum.place,
        about=erratum.about,
        says=erratum.shall_say,
        shall_say=erratum.says,
        reason=reason,
        source=source,
    )


@transaction.atomic
def approve(erratum: Erratum, *, by: Any, at: datetime, proof: signing.Proof | None) -> None:
    """Put an erratum in force, signed by a second person: it binds whatever is read from now on.

    The version's own document and digest stay what they were.
    """
    version = erratum.version
    lock(version)
    lock(erratum)
    refuse_unless_clear(obstacles_to_approve(erratum, by=by, at=at, proof=proof))
    before, after = digest_of(version), queries.document_with(erratum).digest()
    move(erratum, Status.APPROVED, table=STEPS, approved_at=at, approved_by=by)
    signing.sign(
        erratum,
        by=by,
        at=at,
        meaning="read and approved as an erratum",
        content={**_said(erratum), "before": before, "after": after},
        proof=proof,
    )
    record("erratum approved", erratum, by=by, at=at, before=before, after=after, **_said(erratum))
    version.refresh_from_db(fields=["errata"])  # the database has written it there


@transaction.atomic
def refuse(erratum: Erratum, *, by: Any, at: datetime, reason: str) -> None:
    """Refuse an erratum, or take it back: the version says what it said."""
    lock(erratum.version)
    lock(erratum)
    refuse_unless_clear(obstacles_to_refuse(erratum, by=by, at=at, reason=reason))
    move(erratum, Status.REFUSED, table=STEPS, refused_at=at, refused_by=by, refusal=reason)
    record("erratum refused", erratum, by=by, at=at, refusal=reason, **_said(erratum))


def _propose(version: ProtocolVersion, *, by: Any, at: datetime, **said: Any) -> Erratum:
    erratum = Erratum.objects.create(
        version=version,
        number=queries.next_number(version),
        proposed_at=at,
        proposed_by=by,
        **said,
    )
    record("erratum proposed", erratum, by=by, at=at, **_said(erratum))
    return erratum


def _said(erratum: Erratum) -> dict[str, Any]:
    return {
        "protocol": erratum.version.protocol.code,
        "version": erratum.version.number,
        "digest": erratum.version.digest,
        "erratum": erratum.number,
        "withdraws": erratum.withdraws and erratum.withdraws.number,
        "place": erratum.place,
        "about": erratum.about,
        "says": erratum.says,
        "shall say": erratum.shall_say,
        "reason": erratum.reason,
        "source": erratum.source,
    }
