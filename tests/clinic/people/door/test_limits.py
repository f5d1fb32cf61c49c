"""Guessing is slowed, and nobody can keep a clinician out by guessing."""

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client, RequestFactory

from clinic.messages.tasks import sweep
from clinic.people.door import devices, limits
from clinic.people.tasks import answer
from tests.builders.door import WRONG, enters
from tests.builders.house import MINUTE, NOON, PASSWORD, a_house

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
SECOND = MINUTE / 60


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


def guesses(email, times, *, of=1):
    """Wrong tries of a stranger, from so many addresses; how many were heard."""
    heard = 0
    for n in range(times):
        third, last = divmod(n % of, 250)
        request = RequestFactory().post("/", REMOTE_ADDR=f"203.0.{third}.{last + 1}")
        heard += limits.begin(request, email) is not None
    return heard


def comes_in(house, browser, **where):
    enters(browser, house.nurse.email, PASSWORD, **where)
    return get_user(browser) == house.nurse


def test_a_stranger_is_heard_ten_times_from_one_address_and_twenty_from_many(house, clock):
    assert guesses(house.nurse.email, 200) == 10
    assert guesses(house.facilitator.email, 200, of=200) == 20


def test_one_address_is_heard_a_hundred_times_whoever_it_asks_for(house, clock):
    heard = sum(guesses(f"somebody{n}@vigil.example", 5) for n in range(40))

    assert heard == 100


@pytest.mark.parametrize("of", [1, 500])
def test_a_thousand_wrong_tries_keep_nobody_out_of_a_browser_they_have_used(house, clock, of):
    own = Client()
    assert comes_in(house, own)
    own.post("/account/logout/")

    guesses(house.nurse.email, 1000, of=of)

    assert comes_in(house, own)


@pytest.mark.parametrize("of", [1, 500])
def test_and_for_a_quarter_of_an_hour_at_most_out_of_a_new_one(house, clock, of):
    guesses(house.nurse.email, 1000, of=of)
    assert not comes_in(house, Client(), REMOTE_ADDR="203.0.0.1")
    clock.shift(15 * MINUTE + SECOND)

    assert comes_in(house, Client(), REMOTE_ADDR="203.0.0.1")


def test_a_refused_try_does_not_make_it_longer(house, clock):
    guesses(house.nurse.email, 10)
    for _ in range(14):
        clock.shift(MINUTE)
        assert guesses(house.nurse.email, 5) == 0
    clock.shift(MINUTE + SECOND)

    assert guesses(house.nurse.email, 1) == 1


def test_while_the_tries_go_on_a_link_by_mail_leads_in(house, clock):
    browser = Client()
    guesses(house.nurse.email, 1000, of=500)
    browser.post("/account/password/reset/", {"email": house.nurse.email})
    answer()
    sweep()
    link = mail.outbox[0].body.split("http://localhost:8000")[1].split()[0]
    page = browser.get(link, follow=True)
    new = "a longer horse, a newer battery"
    browser.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    guesses(house.nurse.email, 1000, of=500)
    enters(browser, house.nurse.email, new)

    assert get_user(browser) == house.nurse


def test_a_right_try_does_not_weigh(house, clock):
    for _ in range(30):
        browser = Client()
        assert comes_in(house, browser)


def test_a_browser_says_nothing_of_whom_it_knows(house, clock):
    own = Client()
    comes_in(house, own)
    said = own.cookies[devices.COOKIE]

    assert house.nurse.email not in said.value
    assert str(house.nurse.key) not in said.value
    assert said["httponly"]


def test_a_word_a_browser_made_up_is_no_word(house, clock):
    own = Client()
    comes_in(house, own)
    value = own.cookies[devices.COOKIE].value
    forged = Client()
    forged.cookies[devices.COOKIE] = value[:-3] + "abc"
    guesses(house.nurse.email, 1000, of=500)

    assert not comes_in(house, forged)


def test_a_known_browser_is_heard_ten_times_and_no_more(house, clock):
    own = Client()
    comes_in(house, own)
    own.post("/account/logout/")
    for _ in range(10):
        enters(own, house.nurse.email, WRONG)

    assert not comes_in(house, own)
