"""What every route says to the browser, and that nothing of a patient lies beside the pages."""

import logging
import re

import pytest
import time_machine
from django.test import override_settings
from django.urls import reverse

from clinic.access import PUBLIC, every_view
from clinic.people.tasks import answer
from sessions.supervised.models import SupervisedSession
from tests.builders.house import MINUTE, NOON, a_house, sign_in
from tests.builders.supervised import DOSED_AT, a_dosed_session
from tests.database import CHECKOUT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
CANARY = "Zaagvogel"
HTTPS = {"secure": True, "HTTP_HOST": "localhost"}


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def addresses():
    """Every route without an argument, and one made-up address."""
    yield "/no-such-page/", None
    for path, _, view in every_view():
        if not set(path) & set("<(\\"):
            yield f"/{path}", view


@override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True)
@pytest.mark.parametrize("part", [None, "medical_lead", "manager", "author"])
def test_every_route_says_what_the_browser_may_do(client, house, part):
    if part:
        sign_in(client, getattr(house, part))
    wrong = []
    for address, view in addresses():
        said = client.get(address, **HTTPS)
        if part and said.status_code == 200 and get_out(address):
            continue
        policy = said.get("Content-Security-Policy", "")
        found = {
            "nosniff": said.get("X-Content-Type-Options") == "nosniff",
            "referrer": said.get("Referrer-Policy") == "same-origin",
            "opener": said.get("Cross-Origin-Opener-Policy") == "same-origin",
            "frames": said.get("X-Frame-Options") == "DENY",
            "powers": "camera=()" in said.get("Permissions-Policy", ""),
            "https": "max-age=31536000" in said.get("Strict-Transport-Security", ""),
            "policy": all(
                words in policy
                for words in (
                    "default-src 'self'",
                    "object-src 'none'",
                    "base-uri 'none'",
                    "form-action 'self'",
                    "frame-ancestors 'none'",
                )
            )
            and "unsafe" not in policy,
            "kept by nobody": not part
            or PUBLIC in getattr(view, "requires", ())
            or "no-store" in said.get("Cache-Control", ""),
        }
        wrong += [f"{address}: {name}" for name, holds in found.items() if not holds]

    assert wrong == []


def get_out(address):
    """The pages that are the same for everybody and name nobody."""
    return address in {"/health", "/ready"}


@pytest.mark.parametrize("name", ["supervised:show", "supervised:record", "supervised:observe"])
def test_a_page_about_a_person_is_kept_by_nobody(client, house, name):
    session = a_dosed_session(house)
    with time_machine.travel(DOSED_AT + MINUTE, tick=False):
        said = sign_in(client, house.nurse).get(reverse(name, args=[session.key]))

    assert (said.status_code, said["Cache-Control"]) == (200, "no-store")


# -- Canaries --------------------------------------------------------------------------------


@pytest.fixture
def somebody(house):
    """A person in a session whose name no other text in the house holds."""
    return a_dosed_session(house, family_name=CANARY, given_name=CANARY)


def pages_of(house, session):
    """The pages of the person's way, and searches that find them."""
    case = session.case
    for name in ("supervised:show", "supervised:record", "supervised:observe"):
        yield reverse(name, args=[session.key])
    for name in ("casefile:show", "preparation:show", "cases:team", "booking:of_case"):
        yield reverse(name, args=[case.key])
    yield from (reverse("casefile:dashboard"), reverse("casefile:board"), reverse("cases:index"))
    yield reverse("cases:patient", args=[case.patient.key])


def test_no_address_and_no_title_of_a_page_names_anybody(client, house, somebody):
    sign_in(client, house.nurse)
    with time_machine.travel(DOSED_AT + MINUTE, tick=False):
        shown = {url: client.get(url) for url in pages_of(house, somebody)}

    assert any(CANARY in page.content.decode() for page in shown.values())
    for url, page in shown.items():
        text = page.content.decode()
        titles = re.findall(r"<title>(.*?)</title>", text, re.S)
        links = re.findall(r'(?:href|action|hx-get|hx-post|src)="([^"]*)"', text)
        assert page.status_code == 200, url
        assert CANARY not in "".join(titles), url
        assert [link for link in links if CANARY in link] == [], url


@pytest.mark.parametrize(
    "template", sorted((CHECKOUT / "templates").rglob("*.html")), ids=lambda path: path.name
)
def test_the_title_of_a_page_is_no_person(template):
    for title in re.findall(r"{% block title %}(.*?){% endblock", template.read_text(), re.S):
        assert not re.search(r"{{[^}]*(patient|matter\.|hold\.)|{{ (case|text) }}", title)


def test_no_line_of_the_log_names_anybody(client, house, somebody, caplog):
    caplog.set_level(logging.DEBUG)
    sign_in(client, house.nurse)
    with time_machine.travel(DOSED_AT + MINUTE, tick=False):
        for url in pages_of(house, somebody):
            client.get(url)
            client.post(url, {"family_name": CANARY, "note": CANARY})
        client.post(reverse("account_login"), {"login": f"{CANARY}@x.example", "password": CANARY})

    lines = [r.getMessage() for r in caplog.records if not r.name.startswith("django.db")]
    assert [line for line in lines if CANARY.lower() in line.lower()] == []


def test_no_task_carries_anything_of_anybody(house, somebody, monkeypatch):
    from celery import current_app  # noqa: PLC0415 -- beside its use
    from celery.app.task import Task  # noqa: PLC0415 -- the same

    sent = []
    monkeypatch.setattr(Task, "apply_async", lambda self, *a, **k: sent.append((self.name, a, k)))
    monkeypatch.setattr(current_app, "send_task", lambda *a, **k: sent.append((a, k)))
    answer()
    for name, task in current_app.tasks.items():
        if not name.startswith("celery."):
            assert task.run.__code__.co_argcount <= 1, f"{name} takes what a broker would carry"

    assert CANARY not in repr(sent)
    assert SupervisedSession.objects.filter(pk=somebody.pk).exists()
