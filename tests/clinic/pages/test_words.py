"""The words templates use: times, lengths of time, tones, and the place where an obstacle clears."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from clinic.pages import tones
from clinic.pages.templatetags import vigil
from clinic.workflow import Basis, Decider, Obstacle

ICONS = (Path(__file__).resolve().parents[3] / "static" / "icons" / "sprite.svg").read_text()
SUMMER = datetime(2026, 7, 14, 22, 30, tzinfo=UTC)


def test_times_are_drawn_in_the_zone_of_the_site():
    with timezone.override(ZoneInfo("Europe/Amsterdam")):
        assert (vigil.clock(SUMMER), vigil.day(SUMMER)) == ("00:30", "15 Jul 2026")
        assert vigil.zone(SUMMER) == "CEST"


def test_an_amount_has_no_idle_zeros_and_its_thousands_are_told_apart():
    amounts = [Decimal("50.000"), Decimal("-0.50"), Decimal("12500.0"), Decimal("1E+4")]

    assert [vigil.plain(amount) for amount in amounts] == ["50", "-0.5", "12,500", "10,000"]


@pytest.mark.parametrize(
    "words", [vigil.clock, vigil.day, vigil.moment, vigil.duration, vigil.recorded]
)
def test_what_is_not_known_is_said_in_words(words):
    assert words(None) == "not recorded"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=2, minutes=15), "2hr 15min"),
        (timedelta(minutes=45), "45min"),
        (timedelta(0), "0min"),
        (3600, "1hr"),
        (timedelta(days=3, hours=1), "3d 1hr"),
        (timedelta(minutes=-12), "-12min"),
    ],
)
def test_a_length_of_time_is_written_in_whole_units(length, words):
    assert vigil.duration(length) == words


def test_nought_and_no_are_recorded_values():
    assert [vigil.recorded(value) for value in (0, False)] == [0, False]


@pytest.mark.parametrize(("day", "age"), [(date(2026, 7, 13), 40), (date(2026, 7, 14), 41)])
def test_age_changes_on_the_birthday(day, age):
    assert vigil.age_on(date(1985, 7, 14), day) == age


def test_a_status_nobody_has_placed_is_neutral():
    assert tones.tone_of("something new") == "neutral"


def test_every_tone_has_a_shape_and_a_sign_in_the_sprite():
    signs = {*tones.SHAPES.values(), *tones.TONE_ICONS.values()}
    signs |= {mark["shape"] for mark in (*tones.DUE.values(), *tones.CLOCKS.values())}

    assert {sign for sign in signs if f'id="{sign}"' not in ICONS} == set()
    assert len(set(tones.SHAPES.values())) == len(tones.SHAPES)
    assert set(tones.TONES.values()) <= tones.SHAPES.keys() == tones.TONE_ICONS.keys()


def test_every_basis_and_decider_has_its_words():
    assert {str(b) for b in Basis} == tones.BASIS.keys() == tones.BASIS_TONE.keys()
    assert {str(d) for d in Decider} == tones.DECIDER.keys() | {"nobody"}


def test_the_law_says_that_nobody_decides_past_it():
    page = render_to_string(
        "components/obstacles.html", {"obstacles": [Obstacle("x", "No.", basis=Basis.LAW)]}
    )

    assert "Nobody may decide past it" in page


def test_an_obstacle_leads_to_the_place_that_clears_it():
    obstacle = Obstacle("x", "No.", clears="help", subject="preparation")

    assert vigil.place_that_clears(obstacle) == "/help/preparation/"
    assert (
        vigil.place_that_clears(Obstacle("x", "No.", clears="help"), "booking") == "/help/booking/"
    )


def test_an_obstacle_without_a_place_has_no_link():
    assert vigil.place_that_clears(Obstacle("x", "No.", clears="no:such_page")) == ""


def test_a_button_with_obstacles_cannot_be_pressed_and_says_why():
    page = render_to_string(
        "components/button.html", {"label": "Release", "obstacles": [Obstacle("x", "Too early.")]}
    )

    assert "disabled" in page
    assert "Too early." in page
    assert 'type="submit"' not in page
