from decimal import Decimal
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clinic.protocols.calculators import minimum_stay
from clinic.protocols.files import check, library, places, read
from clinic.protocols.stricter import LESS, STRICTER, numbers, overlay, why_not
from tests.clinic.protocols.builders import SAID, a_protocol, ketamine


@cache
def shipped():
    return [read(path) for path in library().values()]


def stay(minutes=120):
    rows = [{"below": "25", "minutes": minutes, **SAID}, {"minutes": 300, **SAID}]
    return a_protocol(minimum_stay={"counted_from": "first_dose", "rows": rows})


def test_a_longer_stay_is_laid_over_and_stands_beside_the_protocols():
    document = overlay(stay(), {"minimum_stay.rows[0].minutes": "180"})

    row = document.minimum_stay.rows[0]
    assert (row.minutes, row.basis) == (180, "house")
    assert row.source == "House: 180 minutes, protocol: 120 minutes · Made up for a test"
    assert document.minimum_stay.rows[1] == stay().minimum_stay.rows[1]


def test_a_calculator_reads_what_was_laid_over():
    document = overlay(stay(), {"minimum_stay.rows[0].minutes": "180"})

    assert minimum_stay(document, Decimal(10)) == 180


def test_a_looser_value_has_no_say_even_where_it_was_stored():
    assert overlay(stay(), {"minimum_stay.rows[0].minutes": "60"}) == stay()


@pytest.mark.parametrize("value", ["120", "60", "0"])
def test_a_value_that_is_not_stricter_is_refused_in_words(value):
    place = "minimum_stay.rows[0].minutes"

    assert "is not stricter than 120 minutes" in why_not(stay(), {place: value}, place)


def test_where_a_graver_band_begins_sooner_both_bands_move():
    bands = [
        {"name": "normal", "below": "140", **SAID},
        {"name": "hold", "starts": "140", "below": "180", **SAID},
        {"name": "alarming", "starts": "180", **SAID},
    ]
    limit = {"parameter": "systolic", "unit": "mmHg", "phase": "before_dose", "bands": bands}
    document = a_protocol(
        parameters=[{"code": "systolic", "label": "Systolic", "short": "S"}], limits=[limit]
    )
    place = "limits[0].bands[0].below"

    low, high, _ = overlay(document, {place: "120"}).limits[0].bands

    assert numbers(document)[place].words == "systolic, before dose: hold from"
    assert (low.below, high.starts) == (Decimal(120), Decimal(120))
    assert high.source.startswith("House: 120 mmHg, protocol: 140 mmHg")
    assert "not stricter" in why_not(document, {place: "150"}, place)
    edges = {place: "150", "limits[0].bands[1].below": "130"}
    assert why_not(document, edges, "limits[0].bands[1].below")


def test_a_dose_is_not_tightened_until_nothing_is_left_of_it():
    document = a_protocol(doses={"single": [{"minimum": "20", "maximum": "50", **SAID}]})
    place = "doses.single[0].maximum"

    assert why_not(document, {place: "20"}, place) == ""
    assert why_not(document, {place: "19.9"}, place)


def test_a_whole_number_stays_one():
    place = "minimum_stay.rows[0].minutes"

    assert why_not(stay(), {place: "120.5"}, place)


def test_every_number_that_may_be_tightened_is_a_field_of_its_part():
    found = {
        (type(part).__name__, name)
        for document in shipped()
        for part, name in _parts(document)
    }  # fmt: skip

    assert {each for each in found if each not in STRICTER} == set()


def _parts(document):
    known = dict(places(document))
    for place in numbers(document):
        part, _, name = place.rpartition(".")
        if type(known[part]).__name__ != "Band":
            assert hasattr(known[part], name)
            yield known[part], name


@st.composite
def tightened(draw):
    document = draw(st.sampled_from(shipped()))
    number = draw(st.sampled_from(list(numbers(document).values())))
    step = draw(st.integers(1, 30))
    value = (number.value or Decimal(30)) + (-step if number.way == LESS else step)
    assume(value >= 0)
    values = {number.place: str(value)}
    assume(not why_not(document, values, number.place))
    return document, number, values


@settings(max_examples=60, deadline=None)
@given(tightened())
def test_whatever_is_laid_over_a_shipped_protocol_is_stricter_and_nothing_else_moves(case):
    document, number, values = case

    stricter = overlay(document, values)

    known = {(each.place, each.code) for each in check(document)}
    assert {(each.place, each.code) for each in check(stricter)} <= known
    before, after = numbers(document), numbers(stricter)
    moved = {place for place in before if before[place].value != after[place].value}
    assert moved == {number.place}
    assert overlay(document, {}) is document


def test_ketamine_has_numbers_of_every_kind_to_tighten():
    ends = {place.rpartition(".")[2] for place in numbers(ketamine())}

    assert {"maximum", "minutes", "below", "fresh_days", "days", "min_days"} <= ends
