"""A number that is kept as it is: no scale rounds it, no float comes near it."""

from decimal import Decimal
from typing import Any

from django.db import models

from clinic.audit.canonical import decimal_text


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
