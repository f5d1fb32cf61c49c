"""A session that runs over midnight: the day it began on is its day."""

import pytest

from sessions.rehearsal import walk
from tests.builders.house import HOUR, MINUTE, NOON, a_house
from tests.builders.supervised import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
MIDNIGHT = NOON + 12 * HOUR


def test_what_was_said_at_the_door_still_counts_after_midnight():
    house = a_house()
    _, session = walk.ready(house, session_at=MIDNIGHT - 30 * MINUTE)

    walk.up_to_the_dose(house, session, at=MIDNIGHT + 5 * MINUTE)

    assert fresh(session).status == "dosed"
