from datetime import date
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth import get_user
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.people import actions, queries
from clinic.people.hours import actions as hours
from clinic.people.models import Organisation, RoleAtSite, User
from sessions.rehearsal import walk
from tests.builders.house import DAY, NOON, PASSWORD, a_house, sign_in, trail
from tests.builders.people import a_colleague, a_licence, a_shift, an_invitation, link_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def words(page):
    return " ".join(page.content.decode().split())


def pages_of(house):
    """Every page of this slice that takes nothing, or something of the house's own site."""
    nurse, role = house.nurse, RoleAtSite.objects.get(user=house.nurse)
    licence, shift = nurse.licences.get(), nurse.shifts.first()
    invitation = an_invitation(house)
    closed = hours.close_day(
        house.site, by=house.manager, at=house.at, day=NOON.date(), name="Inventory"
    )
    return {
        "staff": [],
        "invite": [],
        "revoke": [invitation.key],
        "licences": [],
        "verify_licence": [licence.key],
        "renew_licence": [licence.key],
        "suspend_licence": [licence.key],
        "restore_licence": [licence.key],
        "rota": [],
        "put_on_duty": [],
        "take_off_duty": [shift.key],
        "absences": [],
        "record_absence": [],
        "hours": [],
        "close_day": [],
        "open_day": [closed.key],
        "write_hours": [nurse.key],
        "end_role": [role.key],
        "sites": [],
        "add_site": [],
        "change_site": [house.site.key],
        "add_room": [house.site.key],
        "rooms": [],
        "close_room": [house.room.key],
        "open_room": [house.room.key],
        "mail": [],
        "show": [nurse.key],
        "give_role": [nurse.key],
        "add_licence": [nurse.key],
        "deactivate": [nurse.key],
        "reactivate": [nurse.key],
    }


POST_ONLY = {"take_off_duty", "open_day"}


def test_every_page_opens_to_the_manager_and_to_nobody_else(client, house):
    for name, keys in pages_of(house).items():
        url = reverse(f"people:{name}", args=keys)
        expected = 405 if name in POST_ONLY else 200
        assert sign_in(client, house.manager).get(url).status_code == expected, name
        found = sign_in(client, house.facilitator).get(url).status_code
        assert found == (404 if name == "show" else 403), name


def test_what_belongs_to_another_site_is_not_found(client, house):
    house.stranger.roles.create(site=house.other_site, role="manager", valid_from=house.at)
    sign_in(client, house.stranger)
    for name, keys in pages_of(house).items():
        if keys:
            url = reverse(f"people:{name}", args=keys)
            assert client.post(url).status_code == 404, name


def test_everybody_may_look_at_their_own_page(client, house):
    page = sign_in(client, house.nurse).get(house.nurse.get_absolute_url())

    assert page.status_code == 200
    assert "Nurse monitor" in words(page)
    assert "Give a role" not in words(page)


def test_nobody_signed_in_is_led_to_the_door(client, house):
    answer = client.get(reverse("people:staff"))

    assert (answer.status_code, urlsplit(answer.url).path) == (302, "/account/login/")


@pytest.mark.parametrize("name", ["staff", "licences", "absences", "rooms"])
def test_a_list_costs_the_same_with_one_and_with_many(client, house, name):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            page = sign_in(client, house.manager).get(reverse(f"people:{name}"))
        assert page.status_code == 200
        return len(asked)

    cost()
    one = cost()
    for number in range(6):
        user = a_colleague(house, email=f"n{number}@vigil.example", at=NOON)
        a_licence(house, user, number=f"N-{number}")
        actions.record_absence(
            by=house.manager, at=NOON, user=user, starts_at=NOON, ends_at=NOON + DAY
        )
        actions.add_room(house.site, by=house.manager, at=NOON, name=f"Room {number}")

    assert cost() == one


# -- Coming in -------------------------------------------------------------------------------


def test_the_manager_invites_and_the_invited_comes_in(client, house):
    sign_in(client, house.manager).post(
        reverse("people:invite"),
        {"name": "Nia New", "email": "nia@vigil.example", "site": house.site.pk, "role": "nurse"},
    )
    invitation = queries.open_invitations(house.manager).get()
    client.logout()

    page = client.get(link_of(invitation))
    answer = client.post(link_of(invitation), {"password": PASSWORD, "again": PASSWORD})

    assert "nia@vigil.example" in words(page)
    assert (answer.status_code, answer.url) == (302, "/")
    assert get_user(client).email == "nia@vigil.example"
    assert client.get("/").status_code == 200


def test_passwords_that_differ_are_said_so_and_nothing_happens(client, house):
    invitation = an_invitation(house)

    answer = client.post(link_of(invitation), {"password": PASSWORD, "again": "something else"})

    assert answer.status_code == 422
    assert "These two are not the same." in words(answer)
    assert not User.objects.get(email=invitation.email).has_usable_password()


def test_a_used_an_expired_and_a_revoked_link_are_calm(client, house):
    used, revoked = an_invitation(house), an_invitation(house, email="b@vigil.example")
    expired = an_invitation(house, email="c@vigil.example", at=NOON - 8 * DAY)
    actions.accept(used, by=None, at=NOON, password=PASSWORD)
    actions.revoke(revoked, by=house.manager, at=NOON)

    shown = {words(client.get(link_of(each))) for each in (used, revoked, expired)}

    sentences = ("was used already", "was taken back", "has expired")
    assert all(any(sentence in page for page in shown) for sentence in sentences)
    assert all('name="password"' not in page for page in shown)
    assert client.get("/staff/invitation/nothing/").status_code == 404


def test_who_has_an_account_signs_in_before_taking_up_a_role(client, house):
    invitation = an_invitation(house, email=house.stranger.email)

    page = client.get(link_of(invitation))
    answer = sign_in(client, house.stranger).post(link_of(invitation))

    assert "Sign in as stranger@vigil.example" in words(page)
    assert (answer.status_code, answer.url) == (302, "/")
    assert house.stranger.roles.filter(site=house.site).count() == 1


# -- Their acts ------------------------------------------------------------------------------


def test_stopping_an_account_ends_its_sign_ins(client, house):
    sign_in(client, house.nurse)
    assert client.get("/").status_code == 200

    actions.deactivate(house.nurse, by=house.manager, at=NOON, reason="left")

    assert client.get("/").status_code == 302
    assert get_user(client).is_anonymous


def test_a_refused_act_says_why_on_its_page(client, house):
    licence = a_licence(house, house.manager, verified=False)
    sign_in(client, house.manager)
    url = reverse("people:verify_licence", args=[licence.key])

    page, answer = client.get(url), client.post(url)

    assert "This is your own licence." in words(page)
    assert (answer.status_code, trail()[-1]) == (422, "refused")
    assert "This is your own licence." in words(answer)


def test_a_licence_is_recorded_and_verified_in_the_browser(client, house):
    sign_in(client, house.manager)
    client.post(
        reverse("people:add_licence", args=[house.intake.key]),
        {
            "profession": "registered_nurse",
            "jurisdiction": "US-NY",
            "number": "9",
            "valid_from": "2026-01-01",
            "valid_until": "2027-01-01",
            "acts": ["monitor", "release"],
        },
    )
    licence = house.intake.licences.get()
    client.post(reverse("people:verify_licence", args=[licence.key]))

    licence.refresh_from_db()
    assert (licence.acts, licence.verified_by) == (["monitor", "release"], house.manager)


def test_a_duty_is_read_on_the_clock_of_its_site(client, house):
    url = f"{reverse('people:put_on_duty')}?site={house.site.key}"
    said = {
        "user": house.second_nurse.pk,
        "duty": "charge",
        "first_day": "2026-11-18",
        "starts": "08:00",
        "last_day": "2026-11-18",
        "ends": "20:00",
    }

    answer = sign_in(client, house.manager).post(url, said)
    rota = client.get(answer.url)

    shift = house.second_nurse.shifts.get()
    assert shift.starts_at.isoformat() == "2026-11-18T13:00:00+00:00"
    assert "08:00 to 20:00" in words(rota)


def test_a_duty_is_taken_off_by_a_button(client, house):
    shift = a_shift(house, house.second_nurse)

    sign_in(client, house.manager).post(reverse("people:take_off_duty", args=[shift.key]))

    assert not house.second_nurse.shifts.exists()


def test_an_absence_lasts_to_the_end_of_its_last_day(client, house):
    sign_in(client, house.manager).post(
        reverse("people:record_absence"),
        {"user": house.nurse.pk, "first_day": "2026-12-01", "last_day": "2026-12-02"},
    )

    absence = house.nurse.absences.get()
    assert absence.ends_at - absence.starts_at == 2 * DAY


def test_the_settings_are_saved_and_bad_ones_said_so(client, house):
    sign_in(client, house.manager)
    said = {
        "name": "Harbour",
        "crisis_text": "Call.",
        "quiet_from": "22:00",
        "quiet_until": "07:00",
        "idle_minutes": "10",
    }

    saved = client.post(reverse("settings"), said)
    refused = client.post(reverse("settings"), said | {"quiet_from": "late"})

    assert (saved.status_code, refused.status_code) == (302, 422)
    house_now = Organisation.objects.get()
    assert (house_now.name, house_now.idle_minutes) == ("Harbour", 10)


def test_a_zone_nobody_knows_is_refused_at_its_field(client, house):
    answer = sign_in(client, house.manager).post(
        reverse("people:change_site", args=[house.site.key]),
        {"name": "Harbour House", "zone": "Moon/Base", "jurisdiction": "US-NY"},
    )

    assert answer.status_code == 422
    assert "is not a time zone" in words(answer)


def test_the_mail_test_says_what_happened(client, house, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    page = sign_in(client, house.manager).post(reverse("people:mail"))

    assert "It did not leave. The mail server could not be reached" in words(page)
    assert trail()[-1] == "mail tried"


# -- The forecast ----------------------------------------------------------------------------


def test_a_licence_that_ends_before_a_booked_session_is_forecast(client, house):
    walk.ready(house, session_at=NOON + 5 * DAY)
    licence = house.nurse.licences.get()
    type(licence).objects.filter(pk=licence.pk).update(valid_until=date(2026, 11, 20))

    (ending,) = queries.licences_that_end_too_soon([house.site.pk], at=NOON)
    page = sign_in(client, house.manager).get(reverse("people:licences"))

    assert (ending.pk, ending.missed) == (licence.pk, 1)
    assert "Ends before a booked session" in words(page)

    a_licence(house, house.nurse, number="next", valid_until=date(2028, 1, 1))
    assert list(queries.licences_that_end_too_soon([house.site.pk], at=NOON)) == []


def test_the_day_of_the_session_is_the_site_s_own(house):
    walk.ready(house, session_at=NOON.replace(hour=23) + 5 * DAY)
    licence = house.nurse.licences.get()
    last_day = (NOON + 5 * DAY).date()
    type(licence).objects.filter(pk=licence.pk).update(valid_until=last_day)

    assert list(queries.licences_that_end_too_soon([house.site.pk], at=NOON)) == []


def test_a_week_is_written_on_its_page_and_read_in_the_list(client, house):
    sign_in(client, house.manager)
    url = reverse("people:write_hours", args=[house.nurse.key])
    half = client.post(url, {"starts_0": "09:00"})
    turned = client.post(url, {"starts_0": "09:00", "ends_0": "08:00"})

    assert (half.status_code, turned.status_code) == (422, 422)
    assert "Give both times, or neither on a day off." in words(half)
    assert "This is before the day&#x27;s work begins." in words(turned)
    assert client.post(url, {"starts_0": "09:00", "ends_0": "17:00"}).status_code == 302
    assert "09:00 to 17:00" in words(client.get(reverse("people:hours")))
