"""What somebody proves themselves with, and each time they did or could not: a line with every field."""

import pytest
import time_machine
from django.urls import reverse

from clinic.audit.models import TrailEntry
from tests.builders.door import an_app, code_of, enters, wrong_code
from tests.builders.house import NOON, PASSWORD, a_house

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
ANOTHER = "another horse, another battery"


@pytest.fixture
def nurse(db):
    with time_machine.travel(NOON, tick=False):
        yield a_house().nurse


@pytest.fixture
def lines(nurse, seeing):
    """What the trail holds about the nurse by now: the act and what kind it was of."""

    def read(after=0):
        house = a_house()
        seeing(house.site, user=house.privacy_officer)
        found = TrailEntry.objects.filter(subject_key=nurse.key).order_by("pk")[after:]
        for line in found:
            assert line.subject_kind in {"clinic.User", "page account_login"}
            # Told at the commit: in a test that comes after the request, which alone has an address.
            is_told_later = line.act == "second factor added"
            assert is_told_later or line.origin.startswith("127.0.0.1 ")
            assert line.payload
            assert line.act == "sign-in refused" or (line.by, line.site) == (nurse, house.site)
        return [(line.act, line.said.get("kind", "")) for line in found]

    return read


def test_an_app_that_is_added_and_removed(client, nurse, lines, django_capture_on_commit_callbacks):
    enters(client, nurse.email, PASSWORD)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    with django_capture_on_commit_callbacks(execute=True):  # the library tells of it then
        client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    client.post(reverse("mfa_deactivate_totp"))

    assert lines() == [
        ("signed in", ""),
        ("second factor added", "totp"),
        ("second factor added", "recovery_codes"),
        ("second factor removed", "totp"),
        ("second factor removed", "recovery_codes"),
    ]


def test_a_wrong_code_and_a_right_one(client, nurse, lines):
    secret = an_app(nurse, kept_at=NOON)
    before = 1  # the codes were kept
    enters(client, nurse.email, PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": wrong_code(secret)})
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert lines(before) == [("second factor refused", ""), ("signed in", "")]


def test_a_wrong_password(client, nurse, lines):
    enters(client, nurse.email, "wrong horse")

    assert lines() == [("sign-in refused", "")]


def test_a_password_that_is_changed(client, nurse, lines):
    an_app(nurse, kept_at=NOON)
    client.force_login(nurse, backend="allauth.account.auth_backends.AuthenticationBackend")
    before = 1  # the codes were kept
    said = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    client.post(reverse("account_change_password"), said)

    assert ("password changed", "") in lines(before)
