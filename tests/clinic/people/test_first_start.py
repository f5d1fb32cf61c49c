"""The first start, before there is a clinic."""

import pytest
import time_machine
from django.contrib.auth import get_user
from django.urls import reverse

from clinic.people.models import Organisation
from tests.builders.house import NOON, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def words(page):
    return " ".join(page.content.decode().split())


FIRST = {
    "organisation": "New Clinic",
    "crisis_text": "Call.",
    "site": "First House",
    "zone": "Europe/Oslo",
    "jurisdiction": "NO",
    "name": "Mo Manager",
    "email": "mo@vigil.example",
    "password": PASSWORD,
    "again": PASSWORD,
}


def test_a_fresh_start_asks_who_the_clinic_is(client, settings):
    settings.MODE = "run"

    led = client.get("/people/")
    page = client.get(led.url)
    answer = client.post(led.url, FIRST)

    assert (led.status_code, led.url) == (302, "/welcome/")
    assert "Welcome to Vigil" in words(page)
    assert (answer.status_code, answer.url) == (302, reverse("people:mail"))
    assert get_user(client).email == "mo@vigil.example"
    assert client.get(answer.url).status_code == 200
    assert client.get("/welcome/").status_code == 404


def test_the_first_start_keeps_what_was_typed_when_something_is_wrong(client, settings):
    settings.MODE = "run"

    page = client.post("/welcome/", FIRST | {"zone": "Nowhere"})

    assert page.status_code == 422
    assert "First House" in words(page)
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("mode", ["production", "demo", "test"])
def test_nobody_sets_up_a_server_through_its_pages(client, settings, mode):
    settings.MODE = mode

    assert client.get("/welcome/").status_code == 404
    assert client.get("/people/").status_code == 302
