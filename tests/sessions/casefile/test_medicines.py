"""The medicines of a case stand in its file; printed in full, with what was said of each before."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.context import every_site, set_context
from clinic.people.queries import system_user
from tests.builders.cases import a_referred_case
from tests.builders.house import NOON, a_house, sign_in
from tests.builders.medicines import a_medicine, changed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_referred_case(house)


def page_of(client, case, how=""):
    with time_machine.travel(NOON, tick=False):
        return client.get(reverse("casefile:show", args=[case.key]) + how).content.decode()


def test_an_empty_list_says_so(client, house, case):
    sign_in(client, house.nurse)

    assert "No medicine is listed." in page_of(client, case)


def test_each_stands_there_as_it_was_last_told(client, house, case):
    medicine = a_medicine(house, case, name="Lithium", dose="300", unit="mg", words="At night.")
    changed(house, medicine, state="taken", dose="450", unit="mg", words="More of it since May.")
    sign_in(client, house.nurse)

    page = page_of(client, case)

    assert "<b><bdi>Lithium</bdi></b>, 450 mg" in page
    assert "More of it since May." in page
    assert ("At night." in page, "300 mg" in page) == (False, False)


def test_on_paper_stands_what_was_said_before(client, house, case):
    medicine = a_medicine(house, case, name="Lithium", dose="300", unit="mg", words="At night.")
    changed(house, medicine, state="taken", dose="450", unit="mg", words="More of it since May.")
    sign_in(client, house.nurse)

    page = page_of(client, case, "?answers")

    assert page.index("450 mg") < page.index("Said before: <bdi>Lithium</bdi>, 300 mg")
    assert "At night." in page


def test_a_medicine_more_costs_no_question_more(client, house, case):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            page_of(client, case, "?answers")
        return len(asked)

    a_medicine(house, case, name="Lithium")
    sign_in(client, house.nurse)
    cost()
    before = cost()
    set_context(user_id=system_user().pk, sites=every_site())
    for name in ("Sertraline", "Zolpidem", "Propranolol"):
        changed(house, a_medicine(house, case, name=name), state="taken", words="Told again.")

    assert cost() == before
