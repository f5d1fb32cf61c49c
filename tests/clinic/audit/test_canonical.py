from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.audit.canonical import canonical, digest


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Point:
    x: int
    y: Decimal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "é"]}, '{"a":[true,null,"é"],"b":1}'),
        (Decimal("0.500"), '"0.5"'),
        (Decimal("1E+3"), '"1000"'),
        (Decimal("-0.0"), '"0"'),
        (1.5, '"1.5"'),
        (datetime(2026, 11, 21, 7, 30, tzinfo=ZoneInfo("America/New_York")),
         '"2026-11-21T12:30:00.000000Z"'),
        (date(2026, 11, 21), '"2026-11-21"'),
        (time(9, 5), '"09:05:00"'),
        (timedelta(minutes=2, microseconds=500_000), '"120.5"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ({Colour.RED: Colour.RED}, '{"red":"red"}'),
        ({5: "five"}, '{"5":"five"}'),
        ({3, 1, 2}, "[1,2,3]"),
        (Point(1, Decimal("2.0")), '{"x":1,"y":"2"}'),
    ],
)  # fmt: skip
def test_every_value_has_one_spelling(value, text):
    assert canonical(value) == text


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        (datetime(2026, 11, 21), ValueError),  # noqa: DTZ001 -- that is what is refused
        (Decimal("NaN"), ValueError),
        (float("inf"), ValueError),
        (b"bytes", TypeError),
        (object(), TypeError),
        ({None: 1}, TypeError),
        ({True: 1}, TypeError),
    ],
)
def test_what_has_no_spelling_is_refused(value, refused):
    with pytest.raises(refused):
        canonical(value)


def test_the_digest_is_that_of_the_spelling():
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_keeps_its_value_and_never_an_exponent(number):
    text = canonical(number).strip('"')

    assert Decimal(text) == number
    assert "E" not in text.upper()


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_is_the_same_in_every_zone(moment):
    try:
        moved = moment.astimezone(UTC)
    except OverflowError:
        return

    assert canonical(moment) == canonical(moved)


@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_names_makes_no_difference(content):
    backwards = dict(reversed(content.items()))

    assert digest(content) == digest(backwards)
