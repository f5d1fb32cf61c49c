"""A number that is read as people write one and kept as it is: nothing rounds or guesses it."""

import re
from decimal import Decimal
from typing import Any
from unicodedata import digit

from django.db import models

from clinic.audit.canonical import decimal_text

WRITTEN = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")  # as people write a number, in any script
GROUPED = re.compile(r"[+-]?(\d{1,3}),\d{3}")  # thousands, or three decimals: nobody knows
DIGITS, DECIMALS = 12, 9


def as_written(typed: str) -> Decimal:
    """The number somebody wrote, with a point or a comma.

    Raises ValueError with a sentence for whoever typed it.
    """
    if not WRITTEN.fullmatch(typed):
        raise ValueError("Write a number.")
    if _may_be_thousands(typed):
        raise ValueError("Write it without a comma between the thousands, or with a point.")
    return in_bounds(Decimal(pointed(typed)))


def pointed(typed: str) -> str:
    """The same number with a point for its comma, where the comma can mean nothing else."""
    return typed if _may_be_thousands(typed) else typed.replace(",", ".")


def _may_be_thousands(typed: str) -> bool:
    """Whether a comma may part the thousands: three digits behind it, and no nought in front."""
    found = GROUPED.fullmatch(typed)
    return found is not None and digit(found[1][0]) != 0


def in_bounds(number: Decimal) -> Decimal:
    """The same number, where sums and conversions of it stay exact and a column holds it.

    Raises ValueError with a sentence for whoever typed it.
    """
    if int(number.as_tuple().exponent) < -DECIMALS or number.adjusted() >= DIGITS:
        raise ValueError(f"Write at most {DIGITS} digits, and at most {DECIMALS} decimals.")
    return number


def plainly(number: Decimal) -> Decimal:
    """The same number without needless zeros or an exponent, so that it prints as people write it."""
    return Decimal(decimal_text(number))


class ExactField(models.Field):
    """A column of PostgreSQL's numeric without a scale: every digit stays."""

    description = "Exact number"

    def db_type(self, connection: Any) -> str:
        return "numeric"

    def from_db_value(self, value: Decimal | None, expression: Any, connection: Any) -> Any:
        return None if value is None else plainly(value)

    def to_python(self, value: Any) -> Decimal | None:
        return None if value is None else plainly(Decimal(str(value)))

    def get_prep_value(self, value: Any) -> Decimal | None:
        return self.to_python(super().get_prep_value(value))
