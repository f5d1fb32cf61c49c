from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse

from clinic.pages import guide
from tests.builders.house import a_house, sign_in

pytestmark = pytest.mark.usefixtures("in_the_house")
TEMPLATES = Path(__file__).resolve().parents[3] / "templates"


@pytest.fixture
def facilitator(client, db):
    return sign_in(client, a_house().facilitator)


def test_alive_is_answered_without_the_database(client):
    answer = client.get(reverse("health"))

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_ready_says_which_part_stands_and_nothing_else(client, db):
    answer = client.get(reverse("ready"))

    assert answer.status_code == 200
    assert answer.json().keys() == {"ready", "database", "migrations", "broker", "checkpoints"}


def test_not_ready_while_the_database_is_away(client, db, monkeypatch):
    def away():
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        answer = client.get(reverse("ready"))

    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


def test_the_theme_is_kept_on_the_device(client, db):
    answer = client.post(reverse("theme"), {"theme": "dim", "next": "/help/"})

    assert (answer.status_code, answer.url) == (302, "/help/")
    assert answer.cookies["theme"].value == "dim"


def test_the_theme_form_leads_nowhere_else(client, db):
    assert (
        client.post(reverse("theme"), {"theme": "dim", "next": "https://elsewhere.example/"}).url
        == "/"
    )


def test_an_unknown_theme_is_not_kept(client, db):
    assert "theme" not in client.post(reverse("theme"), {"theme": "loud"}).cookies


def test_the_theme_is_changed_by_post_alone(client, db):
    assert client.get(reverse("theme")).status_code == 405


def test_a_form_from_elsewhere_meets_the_page_that_keeps_what_was_typed(db):
    answer = Client(enforce_csrf_checks=True).post(
        reverse("theme"), {"theme": "dim", "note": "typed words"}
    )

    assert answer.status_code == 403
    assert b"typed words" in answer.content


@pytest.mark.parametrize("topic", guide.topics())
def test_every_help_page_has_a_title_and_says_something(topic):
    title, html = guide.page(topic)

    assert title == guide.topics()[topic]
    assert len(html) > 300


def test_a_help_page_opens_with_the_list_of_all(facilitator):
    page = facilitator.get(reverse("help", args=["booking"])).content.decode()

    assert [title for title in guide.topics().values() if title not in page] == []


def test_a_help_page_that_is_not_there_is_not_found(facilitator):
    assert facilitator.get(reverse("help", args=["no-such-page"])).status_code == 404


def test_help_asks_for_sign_in(client, db):
    assert client.get(reverse("help_contents")).url.startswith(reverse("account_login"))


def test_markup_in_a_help_file_is_shown_and_not_obeyed(tmp_path, monkeypatch):
    (tmp_path / "odd.md").write_text("# Odd\n\n<script>alert(1)</script> and **bold**")
    monkeypatch.setattr(guide, "FOLDER", tmp_path)
    guide.topics.cache_clear()
    try:
        title, html = guide.page("odd")
    finally:
        guide.topics.cache_clear()

    assert title == "Odd"
    assert "<script>" not in html
    assert "<strong>bold</strong>" in html


def test_the_gallery_shows_every_component(facilitator):
    seen = set()

    def note(sender, template, context, **kwargs):
        seen.add(template.name)

    template_rendered.connect(note)
    answer = facilitator.get(reverse("gallery"))
    template_rendered.disconnect(note)

    assert answer.status_code == 200
    assert {
        f"components/{path.name}" for path in (TEMPLATES / "components").glob("*.html")
    } - seen == set()


def test_production_has_no_gallery(facilitator, settings):
    settings.PRODUCTION = True

    assert facilitator.get(reverse("gallery")).status_code == 404


def test_every_page_can_be_skipped_into_and_signed_out_of(facilitator):
    page = facilitator.get(reverse("help_contents")).content.decode()

    assert 'href="#main"' in page
    assert f'<form method="post" action="{reverse("account_logout")}"' in page
    assert "Fay Facilitator" in page


def test_the_sign_in_page_stands_without_navigation(client, db):
    page = client.get(reverse("account_login")).content.decode()

    assert "Sign in" in page
    assert 'aria-label="Main"' not in page
    assert "sign up" not in page.lower()
