"""A deferral on the worklist and the case file: waiting until its day, due from that morning."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from clinic.cases import queries as cases
from tests.builders.house import DAY, NOON, a_house, sign_in
from tests.builders.screening import Outcome, a_filled_screening, decide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
UNTIL = NOON.date() + timedelta(days=14)


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    case = a_filled_screening(house, at=NOON)
    facts = {"reason": "The blood pressure first.", "deferred_until": UNTIL}
    decide(house, case, at=NOON, outcome=Outcome.DEFERRED, **facts)
    return case


def waits_at(moment, house):
    with time_machine.travel(moment, tick=False):
        (row,) = cases.worklist(house.intake).rows
    return {want.words: want.since for want in row.wants}


@pytest.mark.usefixtures("case")
def test_until_its_day_it_only_waits(house):
    assert "deferred until 02 Dec 2026" in waits_at(NOON + 13 * DAY, house)


def test_from_the_morning_of_its_day_at_the_site_it_is_due(house, case):
    midnight = datetime.combine(UNTIL, datetime.min.time(), tzinfo=case.site.tz)
    due = "deferred until 02 Dec 2026: to be looked at again"

    assert due not in waits_at(midnight - timedelta(seconds=1), house)
    assert waits_at(midnight, house)[due] == midnight


def test_the_case_file_says_that_it_is_due(client, house, case):
    url = reverse("casefile:show", args=[case.key])

    with time_machine.travel(NOON + 20 * DAY, tick=False):
        page = sign_in(client, house.intake).get(url).content.decode()

    assert "deferred until 02 Dec 2026: to be looked at again" in page
