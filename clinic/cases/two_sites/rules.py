"""Why the records of two sites cannot be linked or told apart, or either not be ended, now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.cases.models import Patient
from clinic.cases.rules import REASON, obstacles_in_merged
from clinic.cases.two_sites import queries
from clinic.workflow import ROLE, Obstacle, gate

PAIR = gate("link_pair", "These are not two records of two sites.")
LINKED = gate("records_linked", "The two records are linked already.")
NOT_LINKED = gate("records_not_linked", "The two records are not linked.")
TOLD_APART = gate("records_told_apart", "The two records were said to be of two people.")
NOT_TOLD = gate("records_not_told_apart", "Nobody said that the records are of two people.")


def obstacles_to_link(
    first: Patient,
    second: Patient,
    *,
    by: Any,
    at: datetime,
    reason: str = "-",
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """Who decides eligibility at both sites says, signed, that two records are of one person.

    From then on each site's intervals count what the other one gives, and neither learns more.
    Asked by a page before its form, it asks no signature.
    """
    yield from _obstacles_in_role(first, second, by)
    if first.site_id == second.site_id:
        yield PAIR("Records of two sites are linked, and these are of one: merge them.")
    for patient in (first, second):
        yield from obstacles_in_merged(patient)
    if queries.link_between(first, second) is not None:
        yield LINKED("These two records are linked already.")
    yield from _obstacles_in_told(first, second)
    yield from _obstacles_in_signing(by, at, reason, proof, is_asking)


def obstacles_to_unlink(
    first: Patient,
    second: Patient,
    *,
    by: Any,
    at: datetime,
    reason: str = "-",
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """A link that joined two people is ended, signed, by who could have made it."""
    yield from _obstacles_in_role(first, second, by)
    if queries.link_between(first, second) is None:
        yield NOT_LINKED("These two records are not linked.")
    yield from _obstacles_in_signing(by, at, reason, proof, is_asking)


def obstacles_to_tell_apart(
    first: Patient,
    second: Patient,
    *,
    by: Any,
    at: datetime,
    reason: str = "-",
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """Who could link two records says, signed, that they are of two people, however alike.

    From then on neither site's intervals count what the other one gives to its own person.
    """
    yield from _obstacles_in_role(first, second, by)
    if first.site_id == second.site_id:
        yield PAIR("Records of two sites are told apart, and these are of one.")
    for patient in (first, second):
        yield from obstacles_in_merged(patient)
    if queries.link_between(first, second) is not None:
        yield LINKED("These two records are linked: end the link first.")
    yield from _obstacles_in_told(first, second)
    yield from _obstacles_in_signing(by, at, reason, proof, is_asking)


def obstacles_to_retract(
    first: Patient,
    second: Patient,
    *,
    by: Any,
    at: datetime,
    reason: str = "-",
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """That two records are of two people is taken back, signed, by who could have said it."""
    yield from _obstacles_in_role(first, second, by)
    if queries.told_between(first, second) is None:
        yield NOT_TOLD("Nobody said of these two records that they are of two people.")
    yield from _obstacles_in_signing(by, at, reason, proof, is_asking)


def _obstacles_in_told(first: Patient, second: Patient) -> Iterator[Obstacle]:
    if queries.told_between(first, second) is not None:
        yield TOLD_APART("These were said to be two people: take that back first.")


def _obstacles_in_role(first: Patient, second: Patient, by: Any) -> Iterator[Obstacle]:
    if not all(may(by, Permission.DECIDE, site=each.site_id) for each in (first, second)):
        yield ROLE("Who decides eligibility at both sites links their records or tells them apart.")


def _obstacles_in_signing(
    by: Any, at: datetime, reason: str, proof: Proof | None, is_asking: bool
) -> Iterator[Obstacle]:
    if not reason.strip():
        yield REASON("Say why.")
    if not is_asking:
        yield from obstacles_to_sign(by, proof, at)
