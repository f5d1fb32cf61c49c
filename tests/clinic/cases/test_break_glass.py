"""Opening a record outside one's care: with a reason, for an hour, told to those concerned."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now

from clinic.audit.models import Signature, TrailEntry
from clinic.cases import actions as cases
from clinic.cases import queries as cases_queries
from clinic.cases.break_glass import actions, queries
from clinic.cases.break_glass.models import BrokenGlass
from clinic.cases.models import Status
from clinic.context import set_context_of
from clinic.messages.models import Message
from clinic.people.models import User
from clinic.workflow import Refused
from tests.builders.cases import BORN, a_case_in
from tests.builders.house import HOUR, NOON, PASSWORD, a_house, codes, proof, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    """A case in the hands of one facilitator."""
    case = a_case_in(house, Status.PREPARING)
    cases.join_team(case, by=house.intake, at=NOON, user=house.facilitator, capacity="facilitator")
    return case


def break_glass(house, case=None, *, by=None, at=None, **facts):
    by, at = by or house.second_nurse, at or now()
    facts = {"number": case.patient.number} if case else facts
    user = User.objects.get(pk=by.pk)
    set_context_of(user)
    return actions.break_glass(
        house.site,
        by=user,
        at=at,
        reason="She stands at the door and cannot speak.",
        proof=proof(by, at),
        **facts,
    )


def sees(user, case):
    user = User.objects.get(pk=user.pk)
    with transaction.atomic():
        set_context_of(user)
        return cases_queries.visible_cases(user).filter(pk=case.pk).exists()


def test_a_record_is_open_to_one_person_for_an_hour(house, case):
    glass = break_glass(house, case)

    assert sees(house.second_nurse, case)
    assert not sees(house.second_facilitator, case)
    assert glass.until - glass.broken_at == timedelta(minutes=60)


def test_after_the_hour_it_is_closed_again(house, case):
    break_glass(house, case, at=now() - timedelta(minutes=61))

    assert not sees(house.second_nurse, case)


def test_who_opened_it_closes_it_sooner(house, case):
    glass = break_glass(house, case)

    actions.give_back(glass, by=house.second_nurse, at=now())

    assert not sees(house.second_nurse, case)


def test_the_person_is_found_by_name_and_birth_date(house, case):
    glass = break_glass(house, family_name="marlow", date_of_birth=BORN)

    assert glass.patient == case.patient


def test_nobody_and_somebody_elses_site_are_told_alike(house, case):
    answers = set()
    for facts in ({"number": "999999"}, {"family_name": "Nobody", "date_of_birth": BORN}):
        with pytest.raises(Refused) as refusal, transaction.atomic():
            break_glass(house, **facts)
        answers.add(str(refusal.value))

    assert codes(refusal) == ["nobody_found_outside_care"]
    assert len(answers) == 1


def test_who_cares_for_the_person_needs_no_glass(house, case):
    with pytest.raises(Refused) as refusal:
        break_glass(house, case, by=house.facilitator)

    assert codes(refusal) == ["in_care_already"]


def test_without_a_fresh_proof_nothing_opens(house, case):
    with pytest.raises(Refused) as refusal:
        actions.break_glass(
            house.site,
            by=house.second_nurse,
            at=now(),
            reason="She stands at the door.",
            proof=proof(house.second_nurse, now() - HOUR),
            number=case.patient.number,
        )

    assert codes(refusal) == ["signer_unproved"]
    assert not BrokenGlass.objects.exists()


def test_care_team_privacy_officer_and_leads_are_told_at_once(house, case):
    glass = break_glass(house, case)
    set_context_of(User.objects.get(pk=house.medical_lead.pk))

    told = Message.objects.filter(about_key=glass.key)

    assert {message.user for message in told} == {
        house.facilitator,
        house.privacy_officer,
        house.medical_lead,
        house.safety_lead,
    }
    assert all(message.due_at <= now() and message.is_safety for message in told)


def test_the_opening_stands_signed_on_the_cases_timeline(house, case):
    glass = break_glass(house, case)

    entry = TrailEntry.objects.get(act="record opened outside care")
    assert (entry.case_key, entry.by) == (case.key, house.second_nurse)
    assert Signature.objects.get(subject_key=glass.key).by == house.second_nurse


def test_a_review_sees_what_was_done_and_is_never_ones_own(client, house, case):
    glass = break_glass(house, case)
    sign_in(client, house.second_nurse)
    client.get(reverse("casefile:show", args=[case.key]))
    sign_in(client, house.privacy_officer)

    page = client.get(reverse("break_glass:show", args=[glass.key])).content.decode()
    client.post(
        reverse("break_glass:show", args=[glass.key]),
        {"verdict": "justified", "review": "She was alone at the door."},
    )

    assert "case opened" in page
    set_context_of(User.objects.get(pk=house.privacy_officer.pk))
    glass.refresh_from_db()
    assert (glass.reviewed_by, glass.verdict) == (house.privacy_officer, "justified")


def test_what_waits_for_a_review_is_nobodys_own(house, case):
    break_glass(house, case)
    privacy, nurse = (
        User.objects.get(pk=house.people[part].pk) for part in ("privacy_officer", "second_nurse")
    )
    set_context_of(privacy)

    assert queries.to_review(privacy).count() == 1
    assert queries.to_review(nurse).count() == 0


def test_a_nurse_opens_a_record_from_the_search_and_gives_it_back(client, house, case):
    sign_in(client, house.second_nurse)
    found = client.get(reverse("cases:search"), {"q": "Marlow"}).content.decode()

    answer = client.post(
        reverse("break_glass:break"),
        {
            "site": house.site.pk,
            "number": case.patient.number,
            "reason": "She stands at the door.",
            "password": PASSWORD,
        },
        follow=True,
    )
    glass = BrokenGlass.objects.get()
    client.post(reverse("break_glass:give_back", args=[glass.key]))

    assert reverse("break_glass:break") in found
    assert str(case.patient) not in found
    assert answer.redirect_chain[-1][0] == reverse("cases:patient", args=[case.patient.key])
    assert client.get(reverse("casefile:show", args=[case.key])).status_code == 404


def test_a_search_for_nobody_in_particular_keeps_what_was_typed(client, house, case):
    sign_in(client, house.second_nurse)

    answer = client.post(
        reverse("break_glass:break"),
        {"site": house.site.pk, "reason": "Somebody is at the door.", "password": PASSWORD},
    )

    assert answer.status_code == 422
    assert "Somebody is at the door." in answer.content.decode()
    assert "Give the identifier" in answer.content.decode()


def test_who_reviews_finds_it_on_their_first_page(client, house, case):
    break_glass(house, case)
    shown = {}
    for part in ("privacy_officer", "safety_lead", "facilitator"):
        sign_in(client, house.people[part])
        shown[part] = "Openings outside care to review" in client.get("/").content.decode()

    assert shown == {"privacy_officer": True, "safety_lead": True, "facilitator": False}
