"""An authority's form: confirmed by who decides, beside every answer, before anybody is eligible."""

import json

import pytest
import time_machine
from django.urls import reverse

from clinic.cases.models import Case, Status
from clinic.cases.moving import actions as moving
from clinic.cases.queries import wants_of
from clinic.checklists.engine import Answer
from clinic.context import set_context
from clinic.screening.official.models import OfficialFormConfirmation
from clinic.screening.queries import screening_of
from clinic.workflow import Refused
from tests.builders.house import DAY, PASSWORD, a_house, codes, proof, sign_in, trail
from tests.builders.protocols import a_published_version, a_shipped_text
from tests.builders.screening import (
    SCREENED_AT,
    STATE_FORM,
    WITH_IT,
    a_filled_screening,
    a_screening_beside_an_official_form,
    answer,
    confirm,
    decide,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_screening_beside_an_official_form(house)


def refused(act, *subject, **facts):
    before = trail()
    with pytest.raises(Refused) as refusal:
        act(*subject, **facts)
    assert trail() == before
    return codes(refusal)


def test_nobody_is_eligible_before_the_form_is_confirmed(house, case):
    assert refused(decide, house, case) == ["official_form_unconfirmed"]

    confirm(house, case)
    decide(house, case)

    assert "official form confirmed" in trail()
    assert trail()[-1] == "eligibility decided"
    assert Case.objects.get().status == Status.ELIGIBLE


def test_the_confirmation_keeps_form_edition_language_and_answers_under_a_name(house, case):
    confirmation = confirm(house, case)

    signed = json.loads(confirmation.signature.content)
    said = [signed[word] for word in ("form", "edition", "language or format")]
    assert said == [STATE_FORM, "2025-01", "English"]
    assert confirmation.signature.meaning == signed["statement"]
    assert "I have been through the entry form" in signed["statement"]
    assert len(signed["answers"]) == screening_of(case).asked
    assert confirmation.signature.printed_name == house.prescriber.name


def test_an_answer_that_changes_asks_for_the_form_again(house, case):
    confirm(house, case)

    answer(house, case, seizures=False)
    assert screening_of(case).confirmation is not None
    answer(house, case, systolic=131)

    assert screening_of(case).confirmation is None
    assert refused(decide, house, case) == ["official_form_unconfirmed"]
    confirm(house, case)
    assert OfficialFormConfirmation.objects.count() == 2


def test_the_form_is_not_confirmed_beside_a_question_without_an_answer(house, case):
    answer(house, case, pdmp_on=Answer())

    assert refused(confirm, house, case) == ["screening_unanswered"]


def test_it_is_confirmed_once(house, case):
    confirm(house, case)

    assert refused(confirm, house, case) == ["official_form_confirmed"]


@pytest.mark.parametrize("part", ["intake", "facilitator", "stranger"])
def test_who_does_not_decide_does_not_confirm(house, case, part):
    found = refused(confirm, house, case, by=getattr(house, part))

    assert found == ["role", "deciding_licence"]


def test_a_protocol_without_such_a_form_asks_for_none(client, house):
    case = a_filled_screening(house)
    decider = sign_in(client, house.prescriber)

    page = decider.get(reverse("screening:decide", args=[case.key])).content.decode()

    assert refused(confirm, house, case) == ["no_official_form"]
    assert "Official form" not in page
    decide(house, case)


def test_a_person_may_be_declined_without_it(house, case):
    decide(house, case, outcome="declined", reason="Not safe.")

    assert Case.objects.get().status == Status.DECLINED


def test_the_worklist_asks_who_decides_for_it(house, case):
    asked = [(want.words, want.clears) for want in wants_of(case) if "screening" in want.clears]

    assert asked == [(f"{STATE_FORM}: to be confirmed", "screening:confirm")]


def test_it_is_confirmed_on_its_page_with_a_password(client, house, case):
    url, typed = (
        reverse("screening:confirm", args=[case.key]),
        {"edition": "2025", "language": "en"},
    )
    with time_machine.travel(SCREENED_AT + DAY, tick=False):
        sign_in(client, house.prescriber)
        blank = client.post(url, {"edition": " ", "password": PASSWORD})
        forged = client.post(url, typed | {"password": "guess"})
        done = client.post(url, typed | {"password": PASSWORD})

    assert (blank.status_code, forged.status_code, done.status_code) == (422, 422, 302)
    assert blank.content.decode().count("Fill this in.") >= 2
    assert 'value="2025"' in forged.content.decode()
    assert OfficialFormConfirmation.objects.get().confirmed_by == house.prescriber


def test_other_words_of_another_version_ask_for_the_form_again(house, case):
    confirm(house, case)
    other = "I have been through the newer entry form of the state with them."
    text = a_shipped_text(
        "ketamine-im",
        ("# What a person is declined for", f"{WITH_IT}# What a person is declined for"),
        ("I have been through the entry form of the state with them.", other),
    )
    version = a_published_version(house, text, at=SCREENED_AT)
    by = house.prescriber
    moving.move_to_version(
        case, by=by, at=SCREENED_AT, to=version, reason="It is newer.", proof=proof(by, SCREENED_AT)
    )

    assert screening_of(case).confirmation is None
    assert refused(decide, house, case) == ["official_form_unconfirmed"]
    assert confirm(house, case).signature.meaning == other


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("confirm", {"edition": "2025", "language": "en"}),
        ("decide", {"outcome": "deferred", "reason": "Later.", "deferred_until": "2027-01-31"}),
    ],
)
def test_nobody_signs_beside_an_answer_that_changed_since_the_page(
    client, house, case, name, typed
):
    url, typed = reverse(f"screening:{name}", args=[case.key]), typed | {"password": PASSWORD}
    with time_machine.travel(SCREENED_AT + DAY, tick=False):
        sign_in(client, house.prescriber)
        seen = client.get(url).context["form"]["seen"].value()
        answer(house, case, systolic=131)
        met = client.post(url, typed | {"seen": seen})
        now_shown = met.context["form"]["seen"].value()
        done = client.post(url, typed | {"seen": now_shown})

    assert (met.status_code, done.status_code) == (409, 302)
    assert "has changed since you opened this page" in met.content.decode()


def test_another_site_learns_of_no_confirmation(house, case):
    confirm(house, case)
    seen = []

    for site in (house.site.pk, house.site.pk + 1):
        set_context(user_id=None, sites=[site])
        seen.append(OfficialFormConfirmation.objects.exists())

    assert seen == [True, False]
