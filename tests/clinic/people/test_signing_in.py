import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import get_user
from django.core import mail
from django.http import QueryDict
from django.urls import reverse

from clinic.audit.models import TrailEntry
from clinic.messages.tasks import sweep
from clinic.people.forms import SecondPersonForm, SignatureForm
from clinic.people.models import User
from clinic.people.queries import system_user
from clinic.people.tasks import answer
from tests.builders.house import NOON, PASSWORD, a_house, sign_in, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
LOGIN = "/account/login/"


@pytest.fixture
def house():
    return a_house()


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def posted(**said):
    data = QueryDict(mutable=True)
    data.update(said)
    return data


# -- Coming in and going out -----------------------------------------------------------------


def test_coming_in_and_going_out_stand_in_the_trail(client, house, seeing):
    client.post(LOGIN, {"login": house.nurse.email, "password": PASSWORD})
    assert get_user(client) == house.nurse
    client.post("/account/logout/")

    seeing(house.site, user=house.nurse)
    assert trail()[-2:] == ["signed in", "signed out"]


def test_an_attempt_that_failed_stands_in_the_trail_without_what_was_typed(client, house, seeing):
    client.post(LOGIN, {"login": house.nurse.email, "password": "hunter2hunter2"})

    seeing(house.site, user=house.privacy_officer)
    refused = TrailEntry.objects.get(act="sign-in refused")
    assert refused.payload == f'{{"user":"{house.nurse.key}"}}'


def test_nobody_registers_themselves(client, house):
    page = client.post("/account/signup/", {"email": "x@vigil.example", "password1": PASSWORD})

    assert not User.objects.filter(email="x@vigil.example").exists()
    assert page.status_code == 200


def test_nobody_signs_in_as_the_system(client, house):
    client.post(LOGIN, {"login": system_user().email, "password": ""})
    client.post("/account/password/reset/", {"email": system_user().email})
    answer()
    sweep()

    assert get_user(client).is_anonymous
    assert all("/reset/key/" not in message.body for message in mail.outbox)


def test_a_forgotten_password_is_set_anew_by_mail(client, house):
    client.post("/account/password/reset/", {"email": house.nurse.email})
    assert mail.outbox == []
    answer()
    sweep()
    (message,) = mail.outbox
    link = re.search(r"https?://[^/\s]+(/\S+)", message.body).group(1)
    page = client.get(link, follow=True)
    new = "a longer horse, a newer battery"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})

    assert User.objects.get(pk=house.nurse.pk).check_password(new)


def test_the_pages_of_one_s_own_account_are_within_reach(client, house):
    page = sign_in(client, house.nurse).get("/").content.decode()

    for name in ("account_change_password", "mfa_index", "usersessions_list"):
        assert reverse(name) in page
        assert client.get(reverse(name)).status_code in {200, 302}


# -- Proving who one is, again ---------------------------------------------------------------


def test_a_signer_gives_the_password_again(house):
    right = SignatureForm(posted(password=PASSWORD), user=house.nurse)
    wrong = SignatureForm(posted(password="wrong"), user=house.nurse)

    assert right.is_valid()
    assert set(right.cleaned_data) == {"proof"}
    assert (right.cleaned_data["proof"].user_id, right.cleaned_data["proof"].at) == (
        house.nurse.pk,
        NOON,
    )
    assert not wrong.is_valid()
    assert wrong.refusal.codes == ["signer_unproved"]


def a_code(user, secret="JBSWY3DPEHPK3PXP"):
    TOTP.activate(user, secret)
    counter = list(yield_hotp_counters_from_time())[0]
    return format_hotp_value(hotp_value(secret, counter))


def test_a_signer_with_an_authenticator_gives_its_code_once(house):
    code = a_code(house.nurse)

    assert not SignatureForm(posted(password=PASSWORD), user=house.nurse).is_valid()
    assert SignatureForm(posted(password=PASSWORD, code=code), user=house.nurse).is_valid()
    assert not SignatureForm(posted(password=PASSWORD, code=code), user=house.nurse).is_valid()


def test_a_second_person_proves_themselves_on_the_first_one_s_device(house):
    form = SecondPersonForm(
        posted(second_email="Second-Nurse@vigil.example", second_password=PASSWORD)
    )

    assert form.is_valid()
    assert form.cleaned_data["second"] == house.second_nurse
    assert form.cleaned_data["second_proof"].user_id == house.second_nurse.pk


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("second-nurse@vigil.example", "wrong"),
        ("nobody@vigil.example", PASSWORD),
        ("system@vigil.invalid", ""),
    ],
)
def test_the_words_are_the_same_whatever_was_wrong(house, email, password):
    form = SecondPersonForm(posted(second_email=email, second_password=password or "-"))

    assert not form.is_valid()
    assert form.non_field_errors() == [
        "That is not right: e-mail, password or code. Nothing was signed."
    ]


def test_too_many_wrong_signatures_are_refused_unheard_for_a_quarter_of_an_hour(client, house):
    url = reverse("admin:clinic_protocolversion_publish", args=[house.version.key])
    sign_in(client, house.approver)
    for _ in range(10):
        client.post(url, {"password": "wrong"})

    page = client.post(url, {"password": PASSWORD})

    assert "Too many failed" in page.content.decode()
    with time_machine.travel(NOON + timedelta(minutes=15, seconds=1), tick=False):
        assert "Too many failed" not in client.post(url, {"password": PASSWORD}).content.decode()


# -- Another address -------------------------------------------------------------------------

EMAIL = "/account/email/"


def test_another_address_is_signed_in_with_once_a_letter_to_it_was_answered(client, house):
    sign_in(client, house.nurse)

    client.post(EMAIL, {"action_add": "", "email": "noor@home.example"})

    assert User.objects.get(pk=house.nurse.pk).email == "nurse@vigil.example"
    (letter,) = mail.outbox
    assert letter.to == ["noor@home.example"]
    client.post(re.search(r"http://\S+?(/account/confirm-email/\S+)", letter.body)[1])
    assert User.objects.get(pk=house.nurse.pk).email == "noor@home.example"


def test_an_address_nobody_answered_from_signs_nobody_in(client, house):
    sign_in(client, house.nurse)
    client.post(EMAIL, {"action_add": "", "email": "noor@home.example"})
    client.logout()

    client.post(LOGIN, {"login": "noor@home.example", "password": PASSWORD})

    assert not get_user(client).is_authenticated
