"""Work without a mouse: journeys of the others again, by Tab, arrows, Space and Enter alone."""

import pytest

from tests.journeys import people, test_break_glass
from tests.journeys.keyboard import the_keyboard_alone
from tests.journeys.test_the_walk import one_person_walks_the_whole_way

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _no_mouse(house, monkeypatch):
    # What the pages look like is seen where they are clicked.
    monkeypatch.setattr(people, "looks_right", lambda page, state: None)
    with the_keyboard_alone(monkeypatch):
        yield


def test_a_record_is_opened_outside_care_by_keys(house, somebody):
    test_break_glass.test_a_record_is_opened_outside_care_and_the_opening_is_reviewed(
        house, somebody
    )


@pytest.mark.deep
def test_one_person_is_brought_the_whole_way_by_keys(house, clock, somebody, broker, sink):
    one_person_walks_the_whole_way(house, clock, somebody, broker, sink)
