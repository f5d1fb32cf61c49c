"""Why a site may not state, approve or end a value of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from clinic.access import may
from clinic.audit.canonical import decimal_text
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.protocols.house import queries
from clinic.protocols.house.models import HouseValue
from clinic.protocols.models import ProtocolVersion, Status
from clinic.protocols.queries import document_of
from clinic.protocols.rules import NO_REASON
from clinic.protocols.stricter import why_not
from clinic.workflow import ROLE, STATUS, Obstacle, gate

LOOSER = gate("house_value_looser", "A house value is stricter than the protocol, never looser.")
STATED = gate("house_value_stated", "The site states this number already.", clears="house:index")
PAST = gate("house_value_past", "A house value ends on a day to come.")
SETTLED = gate("house_value_settled", "This value was approved or ended already.")


def obstacles_to_state(
    site: Any,
    *,
    by: Any,
    at: datetime,
    version: ProtocolVersion,
    place: str = "",
    value: Decimal | None = None,
    reason: str = "-",
    ends_on: date | None = None,
) -> Iterator[Obstacle]:
    """A prescriber or a protocol author of the site states a stricter number of what is in force."""
    if not any(may(by, permission, site=site) for permission in queries.STATES):
        yield ROLE("Only a prescriber or a protocol author of this site states a house value.")
    if version.status != Status.PUBLISHED:
        yield STATUS(f"This version is {version.get_status_display().lower()}.")
    elif value is not None:
        values = queries.in_force(site, version) | {place: decimal_text(value)}
        if reason_why := why_not(document_of(version), values, place):
            yield LOOSER(reason_why)
    if HouseValue.objects.filter(
        site=site, version=version, place=place, ended_at__isnull=True
    ).exists():
        yield STATED("The site states this number already; end that value first.")
    if ends_on is not None and ends_on <= at.astimezone(site.tz).date():
        yield PAST("The last day of a house value lies ahead.")
    yield from _obstacles_in_reason(reason)


def obstacles_to_approve(
    value: HouseValue,
    *,
    by: Any,
    at: datetime,
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """The medical lead of the site answers for a house value, once, and signs."""
    yield from _obstacles_in_lead(value, by, "approves")
    if value.approved_at is not None or value.ended_at is not None:
        yield SETTLED("This value was approved or ended already.")
    else:
        place, said = value.place, decimal_text(value.value)
        others = queries.in_force(value.site, value.version)
        if reason_why := why_not(document_of(value.version), others | {place: said}, place):
            yield LOOSER(reason_why)
    if not is_asking:
        yield from obstacles_to_sign(by, proof, at)


def obstacles_to_end(
    value: HouseValue,
    *,
    by: Any,
    at: datetime,
    reason: str = "-",
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """The medical lead ends a value and signs, for the protocol's looser one counts again.

    On its last day it ends by itself.
    """
    if value.ended_at is not None:
        yield SETTLED("This value was ended already.")
    yield from _obstacles_in_reason(reason)
    if by.is_system:
        return
    yield from _obstacles_in_lead(value, by, "ends")
    if not is_asking:
        yield from obstacles_to_sign(by, proof, at)


def _obstacles_in_lead(value: HouseValue, by: Any, does: str) -> Iterator[Obstacle]:
    leads = [role for role in by.roles_now if role.role == "medical_lead"]
    if not any(role.site_id == value.site_id for role in leads):
        yield ROLE(f"Only the medical lead of this site {does} a house value.")


def _obstacles_in_reason(reason: str) -> Iterator[Obstacle]:
    if not reason.strip():
        yield NO_REASON("Say why, for those who read it later.")
