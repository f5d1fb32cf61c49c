"""In and back in: the first passkey, a lost second factor, a lock in the middle of a note."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils.timezone import now

from clinic.people.door import queries, sign_in
from clinic.people.models import Invitation
from clinic.people.queries import token_of
from sessions.rehearsal import walk
from tests.builders.door import an_app, code_of
from tests.builders.house import PASSWORD
from tests.journeys import given

pytestmark = pytest.mark.browser
NEW = "a longer horse, a newer battery"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def a_key_in_the_device(person):
    """The device has a key of its own that vouches for whoever holds it."""
    devtools = person.context.new_cdp_session(person.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


@transaction.atomic
def with_an_app(user):
    return an_app(user, kept_at=now())


def signs_in_with_the_app(person, user, secret):
    person.signs_in(user)
    person.types(Code=code_of(secret))
    person.clicks("Sign in", exact=True)


@transaction.atomic
def somebody_went_home(house):
    """Rowan's session was yesterday, and they went home well."""
    begun_at = now() - timedelta(hours=28)
    session = walk.ready(house, session_at=begun_at, **given.ROWAN)[1]
    walk.whole_session(house, session, at=begun_at + timedelta(minutes=30))


def keeps_the_codes(person):
    assert person.page.locator(".codes li").count() == 10
    person.fills("I have kept them", True)
    person.clicks("Go on")


def the_link_sent_to(email):
    return f"/staff/invitation/{token_of(Invitation.objects.filter(email=email).latest('pk'))}/"


def test_from_an_invitation_to_the_first_passkey(house, somebody, required):
    secret = with_an_app(house.manager)
    mina = somebody()
    signs_in_with_the_app(mina, house.manager, secret)
    mina.clicks("Staff")
    mina.clicks("Invite somebody")
    mina.types(Printed_name="Nia New")
    mina.page.locator("[name=email]").fill("nia@vigil.example")
    mina.page.locator("[name=role]").select_option("nurse")
    mina.clicks("Send the invitation")

    nia = somebody()
    a_key_in_the_device(nia)
    nia.opens(the_link_sent_to("nia@vigil.example"))
    nia.page.locator("[name=password]").fill(NEW)
    nia.page.locator("[name=again]").fill(NEW)
    nia.clicks("Set the password and come in")
    nia.sees("Set up a second factor")
    nia.opens("/people/")
    nia.sees("Set up a second factor")
    nia.clicks("Set up a passkey")
    nia.fills("Passwordless", True)
    nia.clicks("Set it up")
    keeps_the_codes(nia)
    nia.sees("Nia New")
    nia.signs_out()
    nia.opens("/account/login/")
    nia.clicks("Sign in with a passkey")
    nia.sees("Nia New")


def test_a_lost_second_factor(house, somebody, required):
    secret = with_an_app(house.manager)
    with_an_app(house.nurse)
    mina = somebody()
    signs_in_with_the_app(mina, house.manager, secret)
    mina.clicks("Staff")
    mina.clicks("Noor Nurse")
    mina.clicks("Reset the second factor")
    mina.types(Why="The telephone fell into the harbour.")
    mina.clicks("Reset it")

    noor = somebody()
    noor.opens(the_link_sent_to(house.nurse.email))
    noor.page.locator("[name=password]").fill(NEW)
    noor.page.locator("[name=again]").fill(NEW)
    noor.clicks("Set the password and come in")
    noor.clicks("Set up an app")
    noor.page.locator("[name=code]").fill(code_of(noor.page.locator(".qr-secret").inner_text()))
    noor.clicks("Set it up")
    keeps_the_codes(noor)
    noor.sees("Noor Nurse")
    assert queries.second_factors(house.nurse).count() == 1


def nobody_has_used_it_for(minutes, user):
    """A quarter of an hour goes by, as the server counts it."""
    (device,) = queries.sign_ins(user)
    session = SessionStore(device.session_key)
    session[sign_in.SEEN] -= minutes * 60
    session.save()


def test_a_lock_in_the_middle_of_a_note(house, somebody, settings):
    settings.IDLE_LOCK = True
    somebody_went_home(house)
    fay = somebody(house.facilitator)
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Book an integration visit")
    fay.clicks("Book Integration visit")
    begins = now().astimezone(house.site.tz)
    fay.fills("Day", f"{begins:%Y-%m-%d}")
    fay.fills("Begins", f"{begins:%H:%M}")
    fay.fills("Room", "Talking room")
    fay.fills("Therapist", "Fay")
    fay.clicks("Book", exact=True)
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Hold the integration visit")
    note = fay.page.locator("#note")
    note.get_by_role("textbox").first.fill("Slept well; spoke of the sea")

    nobody_has_used_it_for(15, house.facilitator)
    fay.page.evaluate("Date.now = (real => () => real() + 16 * 60000)(Date.now)")
    fay.page.evaluate("window.dispatchEvent(new Event('focus'))")
    fay.page.locator("#lock").wait_for(state="visible")
    assert fay.page.title() == "Locked · Vigil"
    assert not fay.page.get_by_text("Ashgrove").locator("visible=true").count()
    fay.looks("locked")

    fay.page.locator("#lock-password").fill("wrong horse")
    fay.page.locator("#lock").get_by_role("button", name="Unlock").click()
    fay.sees("That is not right. Try again.")
    fay.page.locator("#lock-password").fill(PASSWORD)
    fay.page.locator("#lock").get_by_role("button", name="Unlock").click()
    fay.page.locator("#lock").wait_for(state="hidden")
    typed = note.get_by_role("textbox").first
    assert typed.input_value() == "Slept well; spoke of the sea"
    kept = fay.page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "Slept" not in kept
    typed.fill("Slept well; spoke of the sea and of their mother.")
    fay.clicks("Save the note", within=note)
    fay.sees("Slept well; spoke of the sea and of their mother.")


def test_after_signing_out_the_way_back_shows_nothing(house, somebody):
    somebody_went_home(house)
    fay = somebody(house.facilitator)
    fay.opens_the_case_of("Ashgrove")
    fay.signs_out()
    for _ in range(3):
        fay.page.go_back()
        assert "Ashgrove" not in fay.page.content()
