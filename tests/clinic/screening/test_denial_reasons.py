"""For what a person is declined: the protocol's own reasons, beside the words."""

import json

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.audit.models import TrailEntry
from clinic.screening.models import ScreeningDecision
from clinic.workflow import Refused
from tests.builders.house import PASSWORD, a_house, codes, sign_in
from tests.builders.screening import SCREENED_AT, a_filled_screening, decide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
WORDS = "This medicine is not for you."


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_filled_screening(house, allergy=True)


def declined(house, case, *reasons, **facts):
    facts = {"outcome": "declined", "reason": WORDS} | facts
    return decide(house, case, denial_reasons=list(reasons), **facts)


def test_the_reasons_stand_beside_the_words_as_the_version_called_them(house, case):
    decision = declined(house, case, "capacity", "allergy")

    assert decision.denial_reasons == [
        {"code": "allergy", "label": "An allergy to ketamine"},
        {"code": "capacity", "label": "Not able to consent"},
    ]
    assert decision.reason == WORDS
    signed = json.loads(decision.signature.content)
    assert signed["reasons of the protocol"] == ["An allergy to ketamine", "Not able to consent"]
    line = json.loads(TrailEntry.objects.filter(act="eligibility decided").get().payload)
    assert line["denial_reasons"] == ["capacity", "allergy"]


def test_none_of_them_is_said_as_well(house, case):
    decision = declined(house, case, "none-of-these")

    assert [each["label"] for each in decision.denial_reasons] == [
        "None of these; the words say it"
    ]


@pytest.mark.parametrize(
    ("reasons", "facts"),
    [
        ([], {}),
        (["bad-luck"], {}),
        (["allergy", "none-of-these"], {}),
        (["allergy"], {"outcome": "deferred", "deferred_until": SCREENED_AT.date().replace(month=12)}),
    ],
    ids=["none", "not of the protocol", "some and none", "not a decline"],
)  # fmt: skip
def test_a_decline_names_what_the_protocol_declines_for(house, case, reasons, facts):
    with pytest.raises(Refused) as refusal:
        declined(house, case, *reasons, **facts)

    assert codes(refusal) == ["decline_without_reason_of_the_version"]
    assert not ScreeningDecision.objects.exists()


def test_only_a_decline_has_them_in_the_database(house):
    case = a_filled_screening(house)
    eligible = decide(house, case)
    eligible.pk = None

    eligible.denial_reasons = [{"code": "allergy", "label": "An allergy to ketamine"}]
    with pytest.raises(IntegrityError), transaction.atomic():
        eligible.save(force_insert=True)


def test_the_page_says_what_the_answers_give_and_ticks_nothing(client, house, case):
    url = reverse("screening:decide", args=[case.key])
    typed = {"outcome": "declined", "reason": WORDS, "password": PASSWORD}
    with time_machine.travel(SCREENED_AT, tick=False):
        sign_in(client, house.prescriber)
        page = client.get(url).content.decode()
        refused = client.post(url, typed)
        done = client.post(url, typed | {"denial_reasons": ["allergy"]}, follow=True)

    assert "The answers give: An allergy to ketamine." in page
    assert page.count('name="denial_reasons"') == 13
    assert "checked" not in page
    assert refused.status_code == 422
    assert WORDS in refused.content.decode()
    assert "<li>An allergy to ketamine</li>" in done.content.decode()
