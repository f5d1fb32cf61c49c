"""A session from the door to the signature, by the real acts."""

import pytest

from sessions.supervised.models import Status
from tests.builders import supervised as build
from tests.builders.house import trail

pytestmark = pytest.mark.django_db


def test_a_calm_session_goes_from_the_door_to_the_signature(house):
    session = build.a_signed_session(house)

    assert session.status == Status.SIGNED
    assert session.case.status == "integrating"
    assert session.visit.status == "done"
    assert [dose.amount for dose in session.doses.all()] == [build.AMOUNT]
    assert trail()[-1] == "session signed"
