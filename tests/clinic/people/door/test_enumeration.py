"""Nobody learns from the door who works here: the same bytes, the same work, for any address."""

import re
import zlib

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.messages.tasks import sweep
from clinic.people.models import ForgottenPassword, User
from clinic.people.tasks import answer
from tests.builders.house import NOON, a_house, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
MANY = 60
LOGIN, RESET = "/account/login/", "/account/password/reset/"
VARIES = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"')


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


@pytest.fixture
def hashed(monkeypatch):
    """Counts how often a password is hashed, which is what takes the time."""
    calls, real = [], MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, password, salt: calls.append(1) or real(self, password, salt),
    )
    return calls


def addresses(many=MANY):
    """As many addresses that exist as addresses that do not, of the same length, by turns."""
    known = [f"known{n:04}@vigil.example" for n in range(many)]
    User.objects.bulk_create(
        User(email=email, name="Somebody", password="md5$x$y") for email in known
    )
    for email in known:
        yield email
        yield email.replace("known", "other")


def asked(client, address, fields, email):
    """One asking from an address of its own: what came back, but for what was typed."""
    octets = divmod(zlib.crc32(email.encode()) % 60_000, 250)
    where = f"10.0.{octets[0]}.{octets[1]}"
    answer = client.post(address, {**fields, "email": email, "login": email}, REMOTE_ADDR=where)
    body = VARIES.sub(b"", answer.content).replace(email.encode(), b"*")
    # The length goes with the address typed, the expiry with the time of day.
    headers = sorted((k, v) for k, v in answer.items() if k not in {"Content-Length", "Expires"})
    return answer.status_code, body, str(headers), tuple(sorted(answer.cookies))


@pytest.mark.parametrize(("address", "fields"), [(LOGIN, {"password": "wrong horse"}), (RESET, {})])
def test_an_address_that_exists_answers_as_one_that_does_not(
    client, house, hashed, address, fields
):
    answers, work, hashes = set(), set(), set()
    for email in addresses():
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            answers.add(asked(client, address, fields, email))
        work.add(len(queries))
        hashes.add(len(hashed))

    assert len(answers) == 1
    assert hashes == ({1} if address == LOGIN else {0})
    assert max(work) - min(work) <= 1  # the account's row is read where there is one


def test_a_stopped_account_answers_as_a_wrong_password(client, house):
    house.nurse.is_active = False
    house.nurse.save()

    said = asked(client, LOGIN, {"password": "correct horse battery staple"}, house.nurse.email)
    other = asked(client, LOGIN, {"password": "wrong horse"}, "nobody@vigil.example")

    assert said == other


def test_asking_for_a_password_sends_nothing_by_itself_and_keeps_nothing_afterwards(client, house):
    for email in (house.nurse.email, "nobody@vigil.example"):
        client.post(RESET, {"email": email})
    assert (mail.outbox, ForgottenPassword.objects.count()) == ([], 2)

    assert answer() == 1
    sweep()

    assert [message.to for message in mail.outbox] == [[house.nurse.email]]
    assert ForgottenPassword.objects.count() == 0


def test_the_link_leads_here_whatever_host_was_asked(client, house, settings):
    settings.ALLOWED_HOSTS = ["*"]
    for header in ("HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED"):
        client.post(RESET, {"email": house.nurse.email}, **{header: "evil.example"})
    answer()
    sweep()

    assert len(mail.outbox) == 3
    assert all("evil" not in message.body for message in mail.outbox)


def test_a_link_to_a_new_password_opens_once_and_for_half_an_hour(client, house):
    client.post(RESET, {"email": house.nurse.email})
    answer()
    sweep()
    link = re.search(r"http://[^/\s]+(/\S+)", mail.outbox[0].body).group(1)
    new = {"password1": "a longer horse, a newer battery"}
    new["password2"] = new["password1"]

    with time_machine.travel(NOON.timestamp() + 31 * 60, tick=False):
        late = client.get(link, follow=True)
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], new)
    again = client.get(link, follow=True)

    assert b"password1" not in late.content
    assert b"password1" in page.content
    assert b"password1" not in again.content


def test_an_invitation_nobody_sent_is_not_found(client, house):
    assert client.get("/staff/invitation/" + "0" * 64 + "/").status_code == 404


def test_an_unknown_second_person_costs_the_same_work_as_a_known_one(client, house, hashed):
    from clinic.people.forms import SecondPersonForm  # noqa: PLC0415 -- beside its use

    sign_in(client, house.nurse)
    for email in (house.second_nurse.email, "nobody@vigil.example"):
        hashed.clear()
        form = SecondPersonForm({"second_email": email, "second_password": "wrong horse"})
        assert not form.is_valid()
        assert len(hashed) == 1
