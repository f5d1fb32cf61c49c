"""Every use of every filter is taken out of the source in turn, and a cell turns red."""

import pytest

from tests.matrix.evidence import write_guards
from tests.matrix.noticing import every_use_noticed
from tests.matrix.unnoticed import SECOND, UNNOTICED

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("matrix 1")]


def test_every_filter_taken_from_the_code_is_noticed(world):
    found = list(every_use_noticed(world))
    unnoticed = {each.use.place for each in found if not each.cell}

    write_guards([(str(each.use), each.walls, each.cell) for each in found], UNNOTICED)
    assert len(found) > 150
    assert unnoticed == set(UNNOTICED)
    assert {each.use.place for each in found if each.has_a_second} == set(SECOND)
