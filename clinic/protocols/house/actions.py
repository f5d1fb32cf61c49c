"""State, approve and end a site's own stricter values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from clinic.audit import signing
from clinic.audit.actions import record
from clinic.people.models import Site
from clinic.protocols.house import queries
from clinic.protocols.house.models import HouseValue
from clinic.protocols.house.rules import (
    obstacles_to_approve,
    obstacles_to_end,
    obstacles_to_state,
)
from clinic.protocols.models import ProtocolVersion
from clinic.workflow import alone, lock, refuse_unless_clear


@transaction.atomic
def state(
    version: ProtocolVersion,
    *,
    by: Any,
    at: datetime,
    site: Site,
    place: str,
    value: Decimal,
    reason: str,
    ends_on: date | None = None,
) -> HouseValue:
    """State a stricter number; it counts once the medical lead has approved it."""
    alone(f"house values at {site.key}")
    refuse_unless_clear(
        obstacles_to_state(
            site, by=by, at=at, version=version, place=place, value=value, reason=reason,
            ends_on=ends_on,
        )
    )  # fmt: skip
    number = queries.numbers_of(version)[place]
    stated = HouseValue.objects.create(
        site=site,
        version=version,
        place=place,
        value=value,
        words=number.words,
        protocol_says=number.said,
        reason=reason,
        ends_on=ends_on,
        stated_at=at,
        stated_by=by,
    )
    record("house value stated", stated, by=by, at=at, reason=reason, **_said(stated))
    return stated


@transaction.atomic
def approve(value: HouseValue, *, by: Any, at: datetime, proof: signing.Proof | None) -> None:
    """Let a value count at its site, signed by the medical lead."""
    _under_lock(value)
    refuse_unless_clear(obstacles_to_approve(value, by=by, at=at, proof=proof))
    signing.sign(
        value,
        by=by,
        at=at,
        meaning="I approve this stricter value",
        content={**_said(value), "reason": value.reason, "ends_on": value.ends_on},
        proof=proof,
    )
    _write(value, approved_at=at, approved_by=by)
    record("house value approved", value, by=by, at=at, **_said(value))


@transaction.atomic
def end(
    value: HouseValue,
    *,
    by: Any,
    at: datetime,
    reason: str,
    proof: signing.Proof | None = None,
) -> None:
    """End a value: from here the protocol's own number counts again."""
    _under_lock(value)
    refuse_unless_clear(obstacles_to_end(value, by=by, at=at, reason=reason, proof=proof))
    if not by.is_system:
        signing.sign(
            value,
            by=by,
            at=at,
            meaning="I end this house value",
            content={**_said(value), "reason": reason},
            proof=proof,
        )
    _write(value, ended_at=at, ended_by=by)
    record("house value ended", value, by=by, at=at, reason=reason, **_said(value))


def _under_lock(value: HouseValue) -> None:
    alone(f"house values at {value.site.key}")
    value.refresh_from_db()
    lock(value.site)


def _write(value: HouseValue, **fields: Any) -> None:
    """Write it on the value, and what counts now on the site, where every case reads it."""
    HouseValue.objects.filter(pk=value.pk).update(**fields)
    for name, each in fields.items():
        setattr(value, name, each)
    site, version = value.site, value.version
    house = {key: values for key, values in site.house.items() if key != str(version.key)}
    if counts := queries.in_force(site, version):
        house[str(version.key)] = counts
    Site.objects.filter(pk=site.pk).update(house=house)
    site.house = house


def _said(value: HouseValue) -> dict[str, Any]:
    return {
        "protocol": value.version.protocol.code,
        "number": value.version.number,
        "place": value.place,
        "words": value.words,
        "house": value.value,
        "protocol says": value.protocol_says,
    }
