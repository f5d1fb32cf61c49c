"""The pages of documents: they do it, they show why not, and strangers find nothing."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from clinic.cases.queries import wants_of
from clinic.documents import queries, rules
from clinic.documents.models import Reaffirmation, SignedDocument
from tests.builders.documents import a_newer_text, a_signature, everything_signed
from tests.builders.house import DAY, NOON, PASSWORD, a_house, sign_in, trail
from tests.builders.preparation import a_preparing_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
CONSENT = "ketamine-consent"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_preparing_case(house)


@pytest.fixture
def facilitator(client, house):
    return sign_in(client, house.facilitator)


def sign_url(case, code=CONSENT):
    return reverse("documents:sign", args=[case.key, code])


def typed(case, code=CONSENT, **changes):
    text = queries.binding_text(code, "en", now())
    return {"text": text.key, "printed_name": "Robin Marlow", "password": PASSWORD} | changes


def test_what_is_missing_is_red_on_the_page(facilitator, case):
    page = facilitator.get(reverse("documents:index", args=[case.key]))

    assert page.content.decode().count("Missing") == 4


def test_what_is_missing_is_said_on_the_worklist(case):
    assert "4 documents not signed" in [want.words for want in wants_of(case)]


def test_nothing_is_missing_once_everything_is_signed(house, case):
    everything_signed(house, case)

    assert [w.words for w in wants_of(case) if "signed" in w.words] == []


def test_the_text_is_shown_whole(facilitator, case):
    page = facilitator.get(sign_url(case)).content.decode()

    text = queries.binding_text(CONSENT, "en", now())
    last_words = text.body.strip().splitlines()[-1].lstrip("- ")[:40]
    assert last_words in page


def test_a_person_signs_before_a_witness(facilitator, case, house):
    answer = facilitator.post(sign_url(case), typed(case))

    document = SignedDocument.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("documents:index", args=[case.key]))
    assert (document.witnessed_by, document.printed_name) == (house.facilitator, "Robin Marlow")


def test_touch_keeps_the_choice_and_its_limits(facilitator, case):
    said = typed(case, "touch-consent", choice="limits", limits="Hand only")

    facilitator.post(sign_url(case, "touch-consent"), said)

    assert SignedDocument.objects.values_list("choice", "limits").get() == ("limits", "Hand only")


def test_a_wrong_password_signs_nothing_and_says_so(facilitator, case):
    answer = facilitator.post(sign_url(case), typed(case, password="wrong"))

    assert (answer.status_code, SignedDocument.objects.count()) == (422, 0)
    assert "Nothing was signed." in answer.content.decode()
    assert "refused" in trail()


def test_a_text_that_no_longer_binds_is_refused_and_said(facilitator, case, house):
    shown = typed(case)
    a_newer_text(house, at=NOON - DAY)

    answer = facilitator.post(sign_url(case), shown)

    assert (answer.status_code, SignedDocument.objects.count()) == (422, 0)
    assert "A newer text binds" in answer.content.decode()


def test_the_newer_text_that_is_shown_after_a_refusal_is_the_one_signed_next(
    facilitator, case, house
):
    shown = typed(case)
    newer = a_newer_text(house, at=NOON - DAY)
    form = facilitator.post(sign_url(case), shown).context["form"]
    assert form["printed_name"].value() == "Robin Marlow"

    facilitator.post(sign_url(case), shown | {"text": form["text"].value()})

    assert SignedDocument.objects.get().text == newer


def test_while_dosed_the_page_says_why_nothing_is_signed(facilitator, case, monkeypatch):
    monkeypatch.setattr(rules, "LIVE", [lambda case, at: True])

    answer = facilitator.post(sign_url(case), typed(case))

    assert (answer.status_code, SignedDocument.objects.count()) == (422, 0)
    assert "Until release nothing can be signed" in answer.content.decode()


def test_a_document_is_taken_back_in_one_post(facilitator, house, case):
    document = a_signature(house, case)

    facilitator.post(reverse("documents:withdraw", args=[document.key]))

    document.refresh_from_db()
    assert document.withdrawn_by == house.facilitator


def test_what_cannot_be_taken_back_is_said(facilitator, house, case):
    document = a_signature(house, case, "no-driving")

    answer = facilitator.post(reverse("documents:withdraw", args=[document.key]))

    assert answer.status_code == 422
    assert "it cannot be taken back" in answer.content.decode()


def test_what_stands_is_re_affirmed(facilitator, house, case):
    document = a_signature(house, case)

    facilitator.post(reverse("documents:reaffirm", args=[document.key]))

    assert Reaffirmation.objects.get().by == house.facilitator


def test_what_does_not_stand_is_not_re_affirmed(facilitator, house, case):
    document = a_signature(house, case)
    a_newer_text(house, at=NOON - DAY / 2)

    answer = facilitator.post(reverse("documents:reaffirm", args=[document.key]))

    assert (answer.status_code, Reaffirmation.objects.count()) == (422, 0)
    assert "This does not stand." in answer.content.decode()


def test_a_signed_document_is_shown_as_it_was_signed(facilitator, house, case):
    document = a_signature(house, case)

    page = facilitator.get(reverse("documents:show", args=[document.key])).content.decode()

    assert document.shown_digest[:12] in page
    assert "saw the person read and sign this text" in page


@pytest.mark.parametrize("name", ["show", "withdraw", "reaffirm"])
def test_a_stranger_finds_no_document(client, house, case, name):
    document = a_signature(house, case)
    stranger = sign_in(client, house.stranger)

    assert stranger.get(reverse(f"documents:{name}", args=[document.key])).status_code == 404


def test_a_stranger_finds_no_case(client, house, case):
    stranger = sign_in(client, house.stranger)

    assert stranger.get(reverse("documents:index", args=[case.key])).status_code == 404
    assert stranger.post(sign_url(case), typed(case)).status_code == 404


def test_intake_staff_may_look_but_not_witness(client, house, case):
    intake = sign_in(client, house.intake)

    assert intake.get(reverse("documents:index", args=[case.key])).status_code == 200
    assert intake.post(sign_url(case), typed(case)).status_code == 403


def test_a_manager_sees_no_documents(client, house, case):
    manager = sign_in(client, house.manager)

    assert manager.get(reverse("documents:index", args=[case.key])).status_code == 403


def test_the_page_takes_as_many_queries_with_one_signature_as_with_many(facilitator, house, case):
    url = reverse("documents:index", args=[case.key])
    a_signature(house, case)
    facilitator.get(url)
    with CaptureQueriesContext(connection) as one:
        facilitator.get(url)
    everything_signed(house, case)

    with CaptureQueriesContext(connection) as many:
        facilitator.get(url)

    assert len(many) == len(one)
