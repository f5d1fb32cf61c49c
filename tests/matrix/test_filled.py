"""The cells that are filled in, each as it should be; which guard each is for says docs/evidence."""

import pytest

from tests.matrix.filled import FILLED
from tests.matrix.noticing import open_walls

pytestmark = pytest.mark.xdist_group("matrix 1")


@pytest.mark.parametrize("name", FILLED)
def test_what_is_filled_in_reaches_nobody_it_should_not(world, name):
    assert FILLED[name](world) == ""


def test_the_filters_hold_by_themselves_where_the_database_shows_everything(world):
    with open_walls(world):
        wrong = {name: said for name, check in FILLED.items() if (said := check(world))}

    assert wrong == {}
