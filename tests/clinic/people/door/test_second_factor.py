"""A password alone opens nothing: not before the second factor, not instead of it."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.urls import reverse

from clinic.access import PUBLIC, every_view
from clinic.people.door import actions, queries
from clinic.people.door.middleware import SETTING_UP
from clinic.people.forms import SecondPersonForm
from tests.builders.door import an_app, code_of, enters, wrong_code
from tests.builders.house import NOON, PASSWORD, a_house, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
SET_UP = "/account/second-factor/"
DOORS = ("/account/login/", "/admin/login/", "/account/recovery-codes/")


@pytest.fixture
def house():
    return a_house()


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def addresses():
    """Every route without an argument: its name, its address and the view behind it."""
    for path, name, view in every_view():
        if not set(path) & set("<(\\"):
            yield name, f"/{path}", view


def test_somebody_without_one_is_led_to_set_it_up_and_nowhere_else(client, house, required):
    sign_in(client, house.nurse)
    let_in = [
        address
        for name, address, view in addresses()
        if name not in SETTING_UP
        and PUBLIC not in getattr(view, "requires", ())
        and client.get(address).get("Location") != SET_UP
    ]

    assert let_in == []


def test_nothing_is_done_for_somebody_without_one(client, house, required):
    sign_in(client, house.manager)

    answer = client.post("/staff/rooms/", {"name": "Quiet room"})

    assert answer.status_code == 403


def test_half_a_sign_in_reaches_nothing(client, house):
    an_app(house.nurse)
    page = enters(client, house.nurse.email, PASSWORD)
    assert page["Location"] == reverse("mfa_authenticate")

    reached = [
        address
        for _, address, view in addresses()
        if PUBLIC not in getattr(view, "requires", ())
        and not view.__module__.startswith("allauth")
        and not client.get(address).get("Location", "").startswith(DOORS)
    ]

    assert reached == []
    assert get_user(client).is_anonymous


def test_the_code_of_the_app_completes_the_sign_in(client, house):
    secret = an_app(house.nurse)
    enters(client, house.nurse.email, PASSWORD)

    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert get_user(client) == house.nurse


def test_a_code_opens_once(client, house):
    secret = an_app(house.nurse)
    code = code_of(secret)
    enters(client, house.nurse.email, PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": code})
    client.post("/account/logout/")
    enters(client, house.nurse.email, PASSWORD)

    client.post(reverse("mfa_authenticate"), {"code": code})

    assert get_user(client).is_anonymous


def test_five_wrong_codes_are_the_last_for_a_quarter_of_an_hour(client, house, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key"}
    secret = an_app(house.nurse)
    enters(client, house.nurse.email, PASSWORD)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": wrong_code(secret)})

    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert get_user(client).is_anonymous


def test_the_seed_of_an_app_lies_encrypted(house):
    secret = an_app(house.nurse)
    held = Authenticator.objects.get(user=house.nurse, type="totp")

    assert secret not in str(held.data)
    assert held.data["secret"].startswith("gAAAA")
    assert held.wrap().validate_code(code_of(secret))


# -- Recovery codes --------------------------------------------------------------------------


def test_recovery_codes_are_shown_until_they_are_kept_and_then_never(client, house, required):
    an_app(house.nurse)
    sign_in(client, house.nurse)
    (first, *_) = queries.recovery_codes(house.nurse).wrap().get_unused_codes()

    led = client.get("/")
    shown = client.get(led["Location"]).content.decode()
    assert (led["Location"], first in shown) == ("/account/recovery-codes/", True)
    assert client.post("/account/recovery-codes/", {}).status_code == 422
    client.post("/account/recovery-codes/", {"kept": "on"})

    assert client.get("/").status_code == 200
    for address in ("/account/recovery-codes/", "/account/2fa/recovery-codes/"):
        assert first not in client.get(address, follow=True).content.decode()


def test_a_recovery_code_opens_once_in_place_of_the_app(client, house):
    an_app(house.nurse)
    code = queries.recovery_codes(house.nurse).wrap().get_unused_codes()[0]
    for is_let_in in (True, False):
        enters(client, house.nurse.email, PASSWORD)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert get_user(client).is_authenticated is is_let_in
        client.post("/account/logout/")


# -- A second person on the first one's device -----------------------------------------------


def second_person(house, code):
    form = SecondPersonForm(
        {
            "second_email": house.second_nurse.email,
            "second_password": PASSWORD,
            "second_code": code,
        }
    )
    return form.is_valid()


def test_a_second_person_with_an_app_gives_its_code(house):
    secret = an_app(house.second_nurse)

    assert not second_person(house, "")
    assert not second_person(house, wrong_code(secret))
    assert second_person(house, code_of(secret))


def test_a_second_person_signs_without_changing_the_sign_in(client, house):
    an_app(house.second_nurse)
    sign_in(client, house.nurse)
    before = client.session.session_key
    second_person(house, queries.recovery_codes(house.second_nurse).wrap().get_unused_codes()[0])

    assert (client.session.session_key, get_user(client)) == (before, house.nurse)


# -- The demonstration -----------------------------------------------------------------------


def test_the_demonstration_says_that_it_asks_for_none(client, house):
    sign_in(client, house.nurse)

    assert "A clinic always does" in client.get(SET_UP).content.decode()
    assert client.get("/").status_code == 200


def test_the_last_second_factor_is_not_thrown_away(client, house, required):
    an_app(house.nurse, kept_at=NOON)
    held = Authenticator.objects.get(user=house.nurse, type="totp")
    from allauth.mfa.adapter import get_adapter  # noqa: PLC0415 -- reads the settings

    assert not get_adapter().can_delete_authenticator(held)


def test_codes_are_kept_by_whose_they_are(house):
    an_app(house.nurse, kept_at=NOON)
    with pytest.raises(Exception, match="There are no codes to keep"):
        actions.keep_codes(house.nurse, by=house.nurse, at=NOON)
