"""A washout in half-lives of a medicine that the screening names."""

from datetime import date
from decimal import Decimal

import pytest

from clinic.checklists.engine import Answer
from clinic.protocols import shapes
from clinic.protocols.calculators import washout_words, washouts
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import check
from tests.clinic.protocols.builders import SAID, a_checklist, a_protocol

TODAY = date(2026, 11, 21)
TAKEN = {"code": "medicine", "kind": "yes_no", "text": "A medicine?"}
HOURS = {"code": "hours", "kind": "decimal", "text": "Its half-life?", "unit": "hours"}
LAST = {"code": "medicine_last_on", "kind": "date", "text": "When last?"}


def a_rule(**changes):
    rule = {
        "code": "medicine",
        "label": "A medicine",
        "half_lives": "5",
        "half_life_item": "hours",
        "half_life_source": "Its label",
        "and_days": 7,
        "taken_item": "medicine",
        "last_on_item": "medicine_last_on",
        **SAID,
    } | changes
    screening = a_checklist(items=[TAKEN, HOURS, LAST])
    return a_protocol(screening=screening, washouts=[rule])


def state(document: ProtocolDocument, hours=None, on=TODAY):
    answers = {
        "medicine": Answer("known", True),
        "medicine_last_on": Answer("known", "2026-11-01"),
    }
    heard = answers | ({"hours": hours} if hours else {})
    (found,) = washouts(document, heard, on)
    return found


@pytest.mark.parametrize(
    ("hours", "days"), [("24", 12), ("24.1", 13), ("26", 13), ("96", 27), ("1", 8)]
)
def test_five_half_lives_in_whole_days_and_a_week_must_be_clear(hours, days):
    found = state(a_rule(), Answer("known", hours))

    assert (found.days, (found.clear_on - date(2026, 11, 1)).days) == (days, days)


def test_the_longer_of_days_and_half_lives_counts():
    assert state(a_rule(days=14), Answer("known", "24")).days == 14
    assert state(a_rule(days=14), Answer("known", "96")).days == 27


@pytest.mark.parametrize(
    "hours", [None, Answer("not_known"), Answer("approximate", "24"), Answer("known", "0")]
)
def test_a_half_life_nobody_knows_is_not_elapsed(hours):
    found = state(a_rule(days=14), hours, on=date(2030, 1, 1))

    assert (found.clear, found.because, found.days) == (False, "not_known", None)
    assert "the half-life is not known" in washout_words(found)


@pytest.mark.parametrize("hours", ["99999999", "999999999999"])
def test_a_half_life_mistyped_by_many_noughts_is_never_elapsed(hours):
    found = state(a_rule(), Answer("known", hours))

    assert (found.clear, found.clear_on, found.because) == (False, date.max, "dated")
    assert washout_words(found).endswith("so not before 31 December 9999.")


def test_it_says_in_words_what_must_be_clear_and_until_when():
    found = state(a_rule(), Answer("known", Decimal(24)))

    assert washout_words(found) == (
        "A medicine: 12 days must be clear (5 half-lives and 7 days), "
        "so not before 13 November 2026."
    )


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"half_life_item": "hour"}, "half_life_item"),
        ({"half_life_item": "medicine"}, "half_life_item"),
        ({"half_life_hours": "24"}, "half_life_item"),
        ({"half_life_source": ""}, "half_lives"),
        ({"half_life_item": None}, "half_lives"),
    ],
)
def test_a_half_life_that_is_not_asked_for_is_a_mistake(changes, place):
    assert f"washouts[0].{place}" in [mistake.place for mistake in check(a_rule(**changes))]


def test_it_is_read_where_the_hours_are_asked_for():
    (line,) = shapes.washouts(a_rule()).lines

    assert "5 of the hours told under hours, 7 days to settle (Its label)" in line.cells
