"""The account of what left a record carries the signature under which it was opened."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from clinic.cases import actions as cases
from clinic.cases.models import Status
from tests.builders import signatures as build
from tests.builders.cases import a_case_in
from tests.builders.house import MINUTE, NOON, a_house, sign_in
from tests.clinic.cases.test_break_glass import break_glass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    case = a_case_in(house, Status.PREPARING)
    cases.join_team(case, by=house.intake, at=NOON, user=house.facilitator, capacity="facilitator")
    return case


def account(client, case):
    return client.get(reverse("trail:patient", args=[case.patient.key])).content.decode()


def queries_of(client, case):
    account(client, case)
    with CaptureQueriesContext(connection) as asked:
        account(client, case)
    return len(asked)


def test_who_opened_a_record_outside_care_signed_for_it_in_the_account(client, house, case):
    at = now() - 3 * MINUTE
    break_glass(house, case, at=at)

    page = account(sign_in(client, house.privacy_officer), case)

    ((name, when, meaning),) = build.on_page(page)
    assert (name, meaning) == (house.second_nurse.name, "I open this record outside my care")
    with build.override(house.site.tz):
        assert when == f"{build.vigil.moment(at)} {build.vigil.zone(at)}"


def test_an_account_asks_no_more_for_two_openings_than_for_one(client, house, case):
    break_glass(house, case)
    one = queries_of(sign_in(client, house.privacy_officer), case)

    break_glass(house, case, by=house.second_facilitator)

    assert queries_of(sign_in(client, house.privacy_officer), case) == one
    assert len(build.on_page(account(client, case))) == 2
