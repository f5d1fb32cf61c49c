"""A site's own stricter values, stated and approved by the real acts."""

from decimal import Decimal

from clinic.protocols.house import actions
from clinic.protocols.house.queries import numbers_of
from clinic.protocols.stricter import LESS
from tests.builders.house import NOON, proof

STAY = "minimum_stay.rows[0].minutes"


def a_stated_value(house, *, at=NOON, place=STAY, by=1, ends_on=None, reason="Our own count.",
                   who="prescriber"):  # fmt: skip
    """What the prescriber has stated: `by` so much stricter than the protocol."""
    number = numbers_of(house.version)[place]
    value = number.value + Decimal(-by if number.way == LESS else by)
    return actions.state(
        house.version, by=house.people[who], at=at, site=house.site, place=place, value=value,
        reason=reason, ends_on=ends_on,
    )  # fmt: skip


def a_house_value(house, *, at=NOON, **facts):
    """A value that counts: the medical lead has approved it."""
    value = a_stated_value(house, at=at, **facts)
    actions.approve(value, by=house.medical_lead, at=at, proof=proof(house.medical_lead, at))
    return value
