"""A device nobody uses is locked by the server; what was typed is kept, and no carer is kept out."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth import get_user
from django.urls import reverse

from clinic.access import PUBLIC, every_view
from clinic.attention.models import Matter
from clinic.people.door import queries
from tests.builders.door import an_app, code_of
from tests.builders.house import HOUR, MINUTE, NOON, PASSWORD, a_house, sign_in, trail
from tests.builders.supervised import DOSED_AT, a_dosed_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
LOCKED = 423
POLL = {"headers": {"X-Vigil-Poll": "1"}}
UNLOCK = "/account/unlock/"


@pytest.fixture
def house(settings):
    settings.IDLE_LOCK = True
    return a_house()


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def nurse(client, house, clock):
    """Noor, signed in at noon."""
    return sign_in(client, house.nurse)


def addresses():
    for path, name, view in every_view():
        if not set(path) & set("<(\\"):
            yield name, f"/{path}", view


# -- When it falls ---------------------------------------------------------------------------


def test_it_falls_after_a_quarter_of_an_hour_without_use(nurse, clock):
    clock.move_to(NOON + timedelta(minutes=14, seconds=59))
    assert nurse.get("/").status_code == 200  # which is a use
    clock.shift(timedelta(minutes=14, seconds=59))
    assert nurse.get("/").status_code == 200
    clock.shift(timedelta(minutes=15))

    assert nurse.get("/").status_code == LOCKED


def test_the_organisation_says_after_how_many_minutes(client, house, clock):
    type(house.organisation).objects.update(idle_minutes=5)
    nurse = sign_in(client, house.nurse)
    clock.shift(5 * MINUTE)

    assert nurse.get("/").status_code == LOCKED


def test_what_a_page_asks_by_itself_neither_extends_nor_passes_it(nurse, clock):
    for _ in range(14):
        clock.shift(MINUTE)
        nurse.get("/account/due/", **POLL)
        nurse.get("/", **POLL)
    clock.shift(MINUTE)

    assert nurse.get("/", **POLL).status_code == LOCKED
    assert nurse.get("/", {"skip_timeout_reset": "1"}).status_code == LOCKED


def test_typing_is_a_use(nurse, clock):
    clock.shift(14 * MINUTE)
    assert nurse.post("/account/active/").status_code == 204
    clock.shift(14 * MINUTE)

    assert nurse.get("/").status_code == 200


def test_a_patient_s_link_opened_on_the_device_is_no_use_of_whose_it_is(nurse, clock):
    for _ in range(3):
        clock.shift(5 * MINUTE)
        nurse.get("/f/" + "x" * 43 + "/")

    assert nurse.get("/").status_code == LOCKED


def test_while_locked_nothing_opens_but_unlocking(nurse, clock):
    clock.shift(15 * MINUTE)
    opened = [
        address
        for _, address, view in addresses()
        if PUBLIC not in getattr(view, "requires", ()) and nurse.get(address).status_code != LOCKED
    ]

    assert sorted(opened) == ["/account/due/", "/account/logout/", UNLOCK, f"{UNLOCK}passkey/"]


def test_it_can_be_locked_by_hand(nurse):
    nurse.post("/account/lock/", {"next": "/"})

    assert nurse.get("/").status_code == LOCKED


# -- What is shown meanwhile -----------------------------------------------------------------


def test_what_is_due_is_shown_by_room_and_time_alone(nurse, house, clock):
    a_dosed_session(house)
    clock.move_to(DOSED_AT + 20 * MINUTE)
    said = nurse.get("/account/due/", **POLL)

    assert said.json()["locked"]
    assert {each["room"] for each in said.json()["due"]} == {"Harbour room"}
    assert b"Ashgrove" not in said.content


def test_the_locked_page_names_nobody_but_whose_it_is(nurse, clock):
    clock.shift(15 * MINUTE)
    page = nurse.get("/people/?q=Ashgrove").content.decode()

    assert "Noor Nurse" in page
    assert "<title>Locked · Vigil</title>" in page


# -- Unlocking -------------------------------------------------------------------------------


def test_the_same_person_s_password_goes_on_where_they_were(nurse, clock, house, seeing):
    clock.shift(15 * MINUTE)
    key = nurse.session.session_key
    page = nurse.get("/people/?q=Ash")
    answer = nurse.post(UNLOCK, {"password": PASSWORD, "next": "/people/?q=Ash"})

    assert page.context["next"] == answer["Location"] == "/people/?q=Ash"
    assert nurse.session.session_key == key
    seeing(house.site, user=house.nurse)
    assert trail()[-2:] == ["device locked", "device unlocked"]


def test_a_wrong_password_leaves_it_locked_and_stands_in_the_trail(nurse, clock, house, seeing):
    clock.shift(15 * MINUTE)
    answer = nurse.post(UNLOCK, {"password": "wrong"}, headers={"X-Quietly": "1"})

    assert (answer.status_code, answer.json()["words"]) == (422, "That is not right. Try again.")
    assert nurse.get("/").status_code == LOCKED
    seeing(house.site, user=house.nurse)
    assert "refused" in trail()


def test_guessing_at_a_locked_device_ends_after_ten(nurse, clock):
    clock.shift(15 * MINUTE)
    for _ in range(10):
        nurse.post(UNLOCK, {"password": "wrong"})

    nurse.post(UNLOCK, {"password": PASSWORD})

    assert nurse.get("/").status_code == LOCKED


def test_what_was_sent_to_a_locked_device_is_done_after_unlocking_and_not_before(
    client, house, clock
):
    manager = sign_in(client, house.manager)
    add = reverse("people:add_room", args=[house.site.key])
    clock.shift(15 * MINUTE)
    page = manager.post(add, {"name": "Quiet room", "password": "hush"})
    assert (page.status_code, b"hush" in page.content) == (LOCKED, False)
    assert not house.site.rooms.filter(name="Quiet room").exists()

    kept = dict(page.context["kept"])
    back = manager.post(UNLOCK, {"password": PASSWORD, "next": add, **kept})
    manager.post(back.context["to"], dict(back.context["kept"]))

    assert house.site.rooms.filter(name="Quiet room").exists()


def test_nobody_is_led_away_from_here_by_unlocking(nurse, clock):
    clock.shift(15 * MINUTE)
    answer = nurse.post(UNLOCK, {"password": PASSWORD, "next": "https://elsewhere.example/"})

    assert answer["Location"] == "/"


# -- The longest a sign-in lasts -------------------------------------------------------------


def test_after_twelve_hours_both_factors_are_given_anew_however_busy_it_was(nurse, house, clock):
    secret = an_app(house.nurse)
    for _ in range(12 * 6 - 1):
        clock.shift(10 * MINUTE)
        assert nurse.get("/account/second-factor/").status_code == 302
    clock.shift(10 * MINUTE)
    assert nurse.get("/").status_code == LOCKED

    nurse.post(UNLOCK, {"password": PASSWORD})
    assert nurse.get("/").status_code == LOCKED
    nurse.post(UNLOCK, {"password": PASSWORD, "code": code_of(secret)})
    assert nurse.get("/").status_code == 200


def test_going_out_leaves_nothing_in_the_browser(nurse):
    answer = nurse.post("/account/logout/")

    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert get_user(nurse).is_anonymous


# -- From the first dose to the release nothing locks the carer out ---------------------------


@pytest.mark.parametrize(("later", "why"), [(20 * MINUTE, "idle"), (13 * HOUR, "over")])
def test_the_carer_goes_on_charting_and_it_is_written_down_and_told(
    nurse, house, clock, seeing, later, why
):
    session = a_dosed_session(house)
    clock.move_to(NOON + later)
    note = reverse("supervised:note", args=[session.key])
    sheet = nurse.get(reverse("supervised:show", args=[session.key]))
    said = {"client_key": uuid4(), "when": "0", "note": "Sleeps quietly."}
    answer = nurse.post(note, said)

    assert (sheet.status_code, answer.status_code) == (200, 302)
    assert b"locked but for this session" in sheet.content
    assert nurse.get("/").status_code == LOCKED
    seeing(house.site, user=house.nurse)
    assert "charted although locked" in trail()
    assert Matter.objects.filter(kind="charted_past_the_lock").count() == 1


def test_who_has_no_part_in_the_session_is_locked_out_of_it(client, house, clock):
    session = a_dosed_session(house)
    other = sign_in(client, house.second_nurse)
    clock.shift(20 * MINUTE)

    assert other.get(reverse("supervised:show", args=[session.key])).status_code == LOCKED


def test_before_the_dose_and_after_the_end_the_lock_holds(nurse, house, clock):
    from tests.builders.supervised import a_checked_in_session  # noqa: PLC0415 -- beside its use

    session = a_checked_in_session(house)
    clock.shift(20 * MINUTE)

    assert nurse.get(reverse("supervised:show", args=[session.key])).status_code == LOCKED


# -- Where one is signed in ------------------------------------------------------------------


def test_a_sign_in_elsewhere_is_ended_from_here(house, clock, client):
    from django.test import Client  # noqa: PLC0415 -- beside its use

    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.post("/account/login/", {"login": house.nurse.email, "password": PASSWORD})
    there = queries.sign_ins(house.nurse).get(session_key=elsewhere.session.session_key)

    page = client.get(reverse("usersessions_list")).content.decode()
    end = reverse("door:end_sign_in", args=[queries.fingerprint(there)])
    client.post(end)

    assert end in page
    assert there.session_key not in page
    assert elsewhere.get("/").status_code == 302
    assert client.get("/").status_code == 200


def test_somebody_else_s_sign_in_is_not_one_s_own_to_end(house, clock, client):
    sign_in(client, house.nurse)
    from django.test import Client  # noqa: PLC0415 -- beside its use

    other = Client()
    other.post("/account/login/", {"login": house.manager.email, "password": PASSWORD})
    theirs = queries.sign_ins(house.manager).get()

    answer = client.post(reverse("door:end_sign_in", args=[queries.fingerprint(theirs)]))

    assert answer.status_code == 404
