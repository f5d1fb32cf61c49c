"""The cells that are filled in, each as it should be; which guard each is for says docs/evidence."""

import pytest

from tests.matrix.filled import FILLED

pytestmark = pytest.mark.xdist_group("matrix 1")


@pytest.mark.parametrize("name", FILLED)
def test_what_is_filled_in_reaches_nobody_it_should_not(world, name):
    assert FILLED[name](world) == ""
