"""A lost second factor is reset by another person; who leaves has left everywhere at once."""

import re

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client
from django.urls import reverse

from clinic.messages.tasks import sweep
from clinic.people import actions as people
from clinic.people.door import actions, queries, ties
from clinic.people.models import User
from clinic.workflow import Refused
from tests.builders.door import an_app, enters
from tests.builders.house import DAY, NOON, PASSWORD, a_house, codes, sign_in, trail
from tests.builders.people import a_colleague, a_shift, an_invitation, link_of
from tests.builders.supervised import a_dosed_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
NEW = "a longer horse, a newer battery"


@pytest.fixture
def house():
    return a_house()


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def signed_in(user):
    """A browser in which this person has signed in by the page."""
    browser = Client()
    enters(browser, user.email, PASSWORD)
    assert get_user(browser) == user
    return browser


def mailed_link():
    sweep()
    return re.search(r"http://[^/\s]+(/staff/invitation/\S+)", mail.outbox[-1].body).group(1)


# -- A lost second factor --------------------------------------------------------------------


def test_a_reset_ends_every_sign_in_and_the_password_opens_nothing(house, seeing):
    noor = signed_in(house.nurse)
    seeing(house.site, user=house.manager)
    an_app(house.nurse)
    actions.reset_second_factor(house.nurse, by=house.manager, at=NOON, reason="Phone lost")

    again = Client()
    enters(again, house.nurse.email, PASSWORD)

    assert get_user(noor).is_anonymous
    assert get_user(again).is_anonymous
    assert not queries.second_factors(house.nurse).exists()


def test_the_way_back_goes_to_the_persons_own_address_and_shows_nobody_else(client, house):
    an_app(house.nurse)
    sign_in(client, house.manager)
    page = client.post(
        reverse("door:reset_second_factor", args=[house.nurse.key]), {"reason": "Lost"}, follow=True
    )
    link = mailed_link()

    assert mail.outbox[-1].to == [house.nurse.email]
    assert link not in page.content.decode()


def test_back_by_the_link_one_sets_up_both_anew_and_keeps_ones_roles(house, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    an_app(house.nurse)
    actions.reset_second_factor(house.nurse, by=house.manager, at=NOON, reason="Phone lost")
    browser, link = Client(), mailed_link()
    answer = browser.post(link, {"password": NEW, "again": NEW}, follow=True)

    assert get_user(browser) == house.nurse
    assert answer.request["PATH_INFO"] == "/account/second-factor/"
    assert [role.role for role in User.objects.get(pk=house.nurse.pk).roles_now] == ["nurse"]
    assert Client().post(link, {"password": NEW, "again": NEW}).status_code == 422


def test_whoever_knows_the_password_gets_in_by_no_reset(client, house):
    an_app(house.nurse)
    actions.reset_second_factor(house.nurse, by=house.manager, at=NOON, reason="They rang")
    client.post("/account/password/reset/", {"email": house.nurse.email})
    from clinic.people.tasks import answer  # noqa: PLC0415 -- beside its use

    assert answer() == 0
    enters(client, house.nurse.email, PASSWORD)
    assert get_user(client).is_anonymous


@pytest.mark.parametrize("part", ["nurse", "second_nurse", "stranger", "privacy_officer"])
def test_only_another_who_manages_them_resets_it(house, part):
    an_app(house.nurse)
    with pytest.raises(Refused) as refusal:
        actions.reset_second_factor(
            house.nurse, by=getattr(house, part), at=NOON, reason="Phone lost"
        )

    assert "role" in codes(refusal)


def test_it_stands_in_the_trail_with_its_reason(house, seeing):
    an_app(house.nurse)
    actions.reset_second_factor(house.nurse, by=house.manager, at=NOON, reason="Phone lost")

    seeing(house.site, user=house.manager)
    assert trail()[-1] == "second factor reset"


# -- Leaving ---------------------------------------------------------------------------------


def test_who_leaves_has_left_everywhere_at_once(house, seeing):
    noor = signed_in(house.nurse)
    seeing(house.site, user=house.manager)
    an_app(house.nurse)
    invitation = an_invitation(house, email=house.nurse.email, role="facilitator")
    actions.leave(house.nurse, by=house.manager, at=NOON, reason="Moves away")

    left = User.objects.get(pk=house.nurse.pk)
    invitation.refresh_from_db()
    assert get_user(noor).is_anonymous
    assert (left.is_active, left.has_usable_password()) == (False, False)
    assert not left.roles.filter(valid_until__isnull=True).exists()
    assert not queries.second_factors(left).exists()
    assert invitation.revoked_at == NOON


def test_what_is_still_theirs_is_listed_without_a_patients_name(client, house):
    session = a_dosed_session(house)
    a_shift(house, house.facilitator, starts_at=NOON + DAY, ends_at=NOON + 2 * DAY)
    held = [each.words for each in ties.holdings(house.facilitator, NOON)]

    assert any(words.startswith("Charge clinician at Harbour House") for words in held)
    assert any(words.startswith("In the care team") for words in held)
    assert session.case.patient.family_name not in " ".join(held)
    page = sign_in(client, house.manager).get(reverse("door:leave", args=[house.facilitator.key]))
    assert "Charge clinician at Harbour House" in page.content.decode()


def test_nobody_leaves_from_beside_somebody_who_had_a_dose(house):
    a_dosed_session(house)
    with pytest.raises(Refused) as refusal:
        actions.leave(house.nurse, by=house.manager, at=NOON, reason="Moves away")

    assert codes(refusal) == ["in_care_now"]


def test_the_last_manager_does_not_leave(house):
    other = a_colleague(house, role="manager", at=NOON - 300 * DAY)
    actions.leave(house.manager, by=other, at=NOON, reason="Moves away")
    with pytest.raises(Refused) as refusal:
        actions.leave(other, by=other, at=NOON, reason="Moves away")

    assert set(codes(refusal)) >= {"oneself"}


def test_who_left_comes_back_by_an_invitation_like_anybody(house):
    actions.leave(house.nurse, by=house.manager, at=NOON, reason="Moves away")
    invitation = an_invitation(house, email=house.nurse.email, role="intake")
    browser = Client()
    browser.post(link_of(invitation), {"password": NEW, "again": NEW})

    assert get_user(browser) == house.nurse
    assert [r.role for r in User.objects.get(pk=house.nurse.pk).roles_now] == ["intake"]


def test_a_manager_signs_somebody_out_everywhere(client, house):
    noor = signed_in(house.nurse)
    sign_in(client, house.manager)
    client.post(reverse("door:end_sign_ins", args=[house.nurse.key]))

    assert get_user(noor).is_anonymous
    assert get_user(signed_in(house.nurse)) == house.nurse


def test_the_acts_are_within_reach_of_who_may(client, house):
    page = sign_in(client, house.manager).get(house.nurse.get_absolute_url()).content.decode()
    own = sign_in(client, house.nurse).get(house.nurse.get_absolute_url()).content.decode()

    for name in ("end_sign_ins", "reset_second_factor", "leave"):
        assert reverse(f"door:{name}", args=[house.nurse.key]) in page
        assert reverse(f"door:{name}", args=[house.nurse.key]) not in own


def test_a_stopped_account_keeps_its_role_and_is_opened_by_no_link(house):
    an_app(house.nurse)
    invitation = actions.reset_second_factor(
        house.nurse, by=house.manager, at=NOON, reason="Phone lost"
    )
    people.deactivate(house.nurse, by=house.manager, at=NOON, reason="In doubt")

    answer = Client().post(link_of(invitation), {"password": NEW, "again": NEW})

    assert answer.status_code == 422
