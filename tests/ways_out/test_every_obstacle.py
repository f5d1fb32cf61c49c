"""Whatever stands in the way at the made-up clinic, somebody of it clears it by hand."""

from collections import Counter

import pytest
from django.urls import reverse

from tests.ways_out import after, before, screening, session  # noqa: F401 -- they fill CLEARS
from tests.ways_out.house import TheHouse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(monkeypatch):
    house = TheHouse(monkeypatch)
    yield house
    house.leaves()


def test_every_obstacle_of_the_forty_cases_is_cleared_by_hand(house):
    assert len(house.cases) == 40

    found = house.clears_everything()

    kinds = Counter(each.code for obstacles in found.values() for each in obstacles)
    assert kinds.total() > 180, kinds
    # What nobody clears is named with its reason; there the honest way on is gone to its end.
    assert {each.code for each in house.for_good} == {"open_exclusion"}
    for obstacle in house.for_good:
        is_declined(house, obstacle)
    for key in house.sessions:
        is_over(house, key)
    for key, _ in house.cases:
        comes_to_its_end(house, key)


def is_declined(house, obstacle):
    """A finding nobody may go past: the prescriber declines, in words the person may read."""
    address = reverse("screening:decide", args=[obstacle.place.split("/")[2]])
    said = {"outcome": "declined", "denial_reasons": ["none-of-these"]}
    said["reason"] = "The risk outweighs what we can hope for."
    house.prescriber.signs(house.prescriber.opens(address), "Sign the decision", **said)
    assert obstacle not in house.prescriber.opens(address).obstacles


def is_over(house, key):
    """No second dose may follow any more: the person went home and the record is signed."""
    page = house.nurse.opens(reverse("supervised:give", args=[key]))
    assert [each.words for each in page.obstacles] == ["This session is signed."]


def comes_to_its_end(house, key):
    """Wherever a case stands, it can be closed, after a withdrawal if need be; then all is over."""
    person, address = house.prescriber, reverse("cases:lifecycle", args=[key])
    page = person.opens(address)
    if "Record the withdrawal" in page.pressable and "Close the case" not in page.pressable:
        said = {"withdraw-reason": "Moved away."}
        page = person.opens(person.presses(page, "Record the withdrawal", **said))
    if "Close the case" in page.pressable:
        said = {"close-reason": "Nothing more to do."}
        page = person.opens(person.presses(page, "Close the case", **said))
    ended = {each.words for each in page.obstacles}
    assert ended in ({"This is closed."}, {"This is died."}), (key, ended)
