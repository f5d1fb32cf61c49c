from datetime import date, time

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.core.management.base import CommandError

from clinic.access import Permission, may
from clinic.messages.models import Message
from clinic.people import actions, kinds, queries
from clinic.people.hours import actions as hours
from clinic.people.models import Absence, DutyShift, Invitation, Licence, RoleAtSite, User
from clinic.people.queries import system_user
from clinic.workflow import Refused
from tests.builders.house import DAY, HOUR, NOON, PASSWORD, a_house, codes, trail
from tests.builders.people import a_colleague, a_licence, a_shift, an_invitation, link_of

pytestmark = pytest.mark.django_db
NEXT_YEAR = date(2027, 12, 31)


@pytest.fixture
def house():
    return a_house()


def refused(act, *subject, **facts):
    """The codes of a refusal, which leaves nothing in the trail."""
    before = trail()
    with pytest.raises(Refused) as refusal:
        act(*subject, at=NOON, **facts)
    assert trail() == before
    return codes(refusal)


# -- Coming in -------------------------------------------------------------------------------


def test_an_invitation_goes_out_by_mail_with_its_link(house):
    invitation = an_invitation(house)

    message = Message.objects.get(about_key=invitation.key)
    subject, body = kinds.words(message)
    assert (message.kind, message.user.email) == ("invitation", "nia@vigil.example")
    assert link_of(invitation) in body
    assert trail()[-2:] == ["message queued", "person invited"]


def test_the_secret_of_an_invitation_is_not_kept(house):
    invitation = an_invitation(house)

    token = queries.token_of(invitation)
    assert token not in [invitation.token_digest, str(Message.objects.get().context)]
    assert queries.invitation_by(token) == invitation


def test_nobody_invites_to_a_site_whose_people_they_do_not_manage(house):
    facts = {"name": "Nia New", "email": "nia@vigil.example", "role": "nurse"}

    assert refused(actions.invite, by=house.nurse, site=house.site, **facts) == ["role"]
    assert refused(actions.invite, by=house.manager, site=house.other_site, **facts) == ["role"]
    assert Invitation.objects.count() == 0


def test_a_person_is_invited_once_to_a_role(house):
    an_invitation(house)
    facts = {"by": house.manager, "site": house.site, "name": "N", "role": "nurse"}

    assert refused(actions.invite, email="Nia@vigil.example", **facts) == ["invited_already"]
    assert refused(actions.invite, email=house.nurse.email, **facts) == ["role_held_already"]


def test_who_accepts_has_a_password_a_role_and_a_proved_address(house):
    user = a_colleague(house)

    assert user.check_password(PASSWORD)
    assert may(User.objects.get(pk=user.pk), Permission.SUPERVISE, site=house.site)
    assert EmailAddress.objects.filter(user=user, verified=True, primary=True).count() == 1
    assert trail()[-1] == "invitation accepted"


def test_an_invitation_is_good_once(house):
    invitation = an_invitation(house)
    user = actions.accept(invitation, by=None, at=NOON, password=PASSWORD)

    assert refused(actions.accept, invitation, by=user) == ["invitation_over"]


def test_an_invitation_is_good_for_a_week(house):
    invitation = an_invitation(house, at=NOON - 7 * DAY)

    assert refused(actions.accept, invitation, by=None, password=PASSWORD) == ["invitation_over"]


def test_an_invitation_taken_back_opens_nothing(house):
    invitation = an_invitation(house)
    actions.revoke(invitation, by=house.manager, at=NOON)

    assert refused(actions.accept, invitation, by=None, password=PASSWORD) == ["invitation_over"]
    assert refused(actions.revoke, invitation, by=house.manager) == ["invitation_over"]
    assert refused(actions.revoke, invitation, by=house.nurse) == ["role", "invitation_over"]
    assert not kinds.is_wanted(Message.objects.get(), NOON)
    assert trail()[-1] == "invitation revoked"


def test_who_has_an_account_accepts_signed_in_as_themselves(house):
    invitation = an_invitation(house, email=house.stranger.email)

    assert refused(actions.accept, invitation, by=house.nurse) == ["not_the_invited"]
    actions.accept(invitation, by=house.stranger, at=NOON)
    assert house.stranger.check_password(PASSWORD)
    assert house.stranger.roles.filter(site=house.site, role="nurse").count() == 1


# -- Roles and accounts ----------------------------------------------------------------------


def test_a_role_is_given_and_ended(house):
    role = actions.give_role(house.nurse, by=house.manager, at=NOON, site=house.site, role="intake")
    actions.end_role(role, by=house.manager, at=NOON + HOUR)

    role.refresh_from_db()
    assert (role.given_by, role.valid_until) == (house.manager, NOON + HOUR)
    assert trail()[-2:] == ["role given", "role ended"]


@pytest.mark.parametrize(
    ("part", "site", "role", "reasons"),
    [
        ("nurse", "site", "intake", ["role", "own_role"]),
        ("manager", "other_site", "intake", ["role"]),
        ("manager", "site", "nurse", ["role_held_already"]),
    ],
)
def test_a_role_is_not_given(house, part, site, role, reasons):
    found = refused(
        actions.give_role,
        house.nurse,
        by=getattr(house, part),
        site=getattr(house, site),
        role=role,
    )

    assert found == reasons


def test_a_site_keeps_somebody_who_manages_its_people(house):
    only = RoleAtSite.objects.get(user=house.manager)

    assert refused(actions.end_role, only, by=house.manager) == ["last_manager"]


def test_a_role_that_is_over_is_not_ended_again(house):
    role = RoleAtSite.objects.get(user=house.nurse)
    actions.end_role(role, by=house.manager, at=NOON - HOUR)

    assert refused(actions.end_role, role, by=house.manager) == ["role_not_in_force"]


def test_an_account_is_stopped_and_opened_again(house):
    actions.deactivate(house.nurse, by=house.manager, at=NOON, reason="left")
    assert not User.objects.get(pk=house.nurse.pk).is_active
    assert refused(actions.deactivate, house.nurse, by=house.manager, reason="") == [
        "account_state"
    ]

    actions.reactivate(house.nurse, by=house.manager, at=NOON)
    assert User.objects.get(pk=house.nurse.pk).is_active
    assert refused(actions.reactivate, house.nurse, by=house.manager) == ["account_state"]
    assert trail()[-2:] == ["account stopped", "account opened again"]


def test_nobody_stops_their_own_account_or_one_that_works_elsewhere(house):
    actions.accept(
        an_invitation(house, email=house.stranger.email), by=house.stranger, at=NOON - HOUR
    )
    stop = actions.deactivate

    assert refused(stop, house.manager, by=house.manager, reason="") == ["oneself"]
    assert refused(stop, house.stranger, by=house.manager, reason="") == ["works_elsewhere"]
    assert refused(stop, house.nurse, by=house.facilitator, reason="") == [
        "role",
        "works_elsewhere",
    ]


# -- Licences --------------------------------------------------------------------------------


def test_a_licence_counts_once_somebody_else_has_seen_the_proof(house):
    licence = a_licence(house, house.intake, verified=False)
    assert not licence.covers("monitor", "US-NY", NOON.date())

    actions.verify_licence(licence, by=house.manager, at=NOON)

    assert licence.covers("monitor", "US-NY", NOON.date())
    assert trail()[-2:] == ["licence recorded", "licence verified"]


def test_nobody_verifies_their_own_licence(house):
    licence = a_licence(house, house.manager, verified=False)

    assert refused(actions.verify_licence, licence, by=house.manager) == ["own_licence"]
    assert refused(actions.verify_licence, licence, by=house.nurse) == ["role"]


def test_a_suspended_licence_counts_for_nothing_until_it_is_restored(house):
    licence = a_licence(house, house.intake)
    actions.suspend_licence(licence, by=house.manager, at=NOON, reason="letter of the board")
    assert not licence.covers("monitor", "US-NY", NOON.date())
    again = {"by": house.manager, "reason": "again"}
    assert refused(actions.suspend_licence, licence, **again) == ["licence_state"]

    actions.restore_licence(licence, by=house.manager, at=NOON, reason="withdrawn by the board")

    assert licence.covers("monitor", "US-NY", NOON.date())
    assert refused(actions.restore_licence, licence, **again) == ["licence_state"]
    assert trail()[-2:] == ["licence suspended", "licence restored"]


def test_a_renewal_ends_later_and_is_verified_by_who_renews(house):
    licence = a_licence(house, house.intake, valid_until=date(2026, 12, 31), verified=False)
    same = {"by": house.manager, "valid_until": date(2026, 12, 31)}
    assert refused(actions.renew_licence, licence, **same) == ["licence_not_longer"]

    actions.renew_licence(licence, by=house.manager, at=NOON, valid_until=NEXT_YEAR)

    licence.refresh_from_db()
    assert (licence.valid_until, licence.verified_by) == (NEXT_YEAR, house.manager)
    assert trail()[-1] == "licence renewed"


def test_a_licence_number_is_recorded_once(house):
    first = a_licence(house, house.intake)
    facts = {
        "profession": first.profession,
        "jurisdiction": first.jurisdiction,
        "number": first.number,
        "valid_from": first.valid_from,
        "acts": [],
    }

    found = refused(
        actions.add_licence, house.nurse, by=house.manager, valid_until=first.valid_until, **facts
    )
    reversed_too = refused(
        actions.add_licence, house.nurse, by=house.nurse, valid_until=date(2024, 1, 1), **facts
    )

    assert found == ["licence_known"]
    assert reversed_too == ["role", "times_reversed", "licence_known"]
    assert Licence.objects.filter(user=house.nurse).count() == 1


# -- Places ----------------------------------------------------------------------------------


def test_a_new_site_is_managed_by_who_added_it(house, seeing):
    site = actions.add_site(
        by=house.manager, at=NOON, name="Park House", zone="Europe/Oslo", jurisdiction="NO"
    )

    assert site.roles.get().user == house.manager
    assert refused(
        actions.add_site, by=house.nurse, name="park house", zone="", jurisdiction=""
    ) == [
        "role",
        "site_name_taken",
    ]
    seeing(site)
    assert trail() == ["site added"]


def test_a_site_is_corrected_by_who_manages_it(house):
    actions.change_site(house.site, by=house.manager, at=NOON, name="Haven", phone="1")

    house.site.refresh_from_db()
    assert (house.site.name, house.site.phone) == ("Haven", "1")
    assert refused(actions.change_site, house.other_site, by=house.manager, name="Haven") == [
        "role",
        "site_name_taken",
    ]
    assert trail()[-1] == "site changed"


def test_rooms_are_added_closed_and_opened_again(house):
    room = actions.add_room(house.site, by=house.manager, at=NOON, name="Loft", for_dosing=False)
    again = {"by": house.manager, "name": "loft"}
    assert refused(actions.add_room, house.site, **again) == ["room_name_taken"]
    assert refused(actions.add_room, house.site, by=house.nurse, name="Attic") == ["role"]

    actions.close_room(room, by=house.manager, at=NOON)
    assert refused(actions.close_room, room, by=house.manager) == ["place_closed"]

    actions.open_room(room, by=house.manager, at=NOON)
    assert refused(actions.open_room, room, by=house.nurse) == ["role", "place_closed"]
    assert trail()[-3:] == ["room added", "room closed", "room opened again"]


# -- Rota and absences -----------------------------------------------------------------------


def test_somebody_who_works_there_is_put_on_duty_and_taken_off(house):
    shift = a_shift(house, house.second_nurse)
    assert queries.on_duty(house.site, "charge", at=NOON + HOUR) == house.second_nurse

    actions.take_off_duty(shift, by=house.manager, at=NOON)

    assert not DutyShift.objects.filter(key=shift.key).exists()
    assert trail()[-2:] == ["put on duty", "taken off duty"]


@pytest.mark.parametrize(
    ("by", "who", "days", "reasons"),
    [
        ("nurse", "second_nurse", 1, ["role"]),
        ("manager", "stranger", 1, ["not_staff_here"]),
        ("manager", "second_nurse", 0, ["times_reversed"]),
        ("manager", "second_nurse", 40, ["times_reversed"]),
        ("manager", "nurse", 1, ["duty_clash"]),
    ],
)
def test_duty_is_refused(house, by, who, days, reasons):
    found = refused(
        actions.put_on_duty,
        house.site,
        by=getattr(house, by),
        user=getattr(house, who),
        duty="charge",
        starts_at=NOON,
        ends_at=NOON + days * DAY,
    )

    assert found == reasons


def test_an_absence_is_recorded_by_the_person_or_who_manages_them(house):
    week = {"starts_at": NOON, "ends_at": NOON + 7 * DAY}
    actions.record_absence(by=house.nurse, at=NOON, user=house.nurse, **week)
    absence = actions.record_absence(by=house.manager, at=NOON, user=house.nurse, **week)
    not_theirs = {"by": house.facilitator, "user": house.nurse}
    assert refused(actions.record_absence, starts_at=NOON, ends_at=NOON, **not_theirs) == [
        "role",
        "times_reversed",
    ]
    assert refused(actions.remove_absence, absence, by=house.facilitator) == ["role"]

    actions.remove_absence(absence, by=house.nurse, at=NOON)

    assert Absence.objects.count() == 1
    assert trail()[-3:] == ["absence recorded", "absence recorded", "absence removed"]


# -- Working hours and closed days ------------------------------------------------------------


def test_a_week_of_work_stands_in_place_of_the_one_before(house):
    for hours_of_a_day in (
        [(0, time(9), time(17)), (1, time(9), time(17))],
        [(2, time(8), time(12))],
    ):
        hours.write_hours(
            house.nurse, by=house.manager, at=NOON, site=house.site, hours=hours_of_a_day
        )

    written = house.nurse.working_hours.get()
    assert (written.weekday, written.starts, written.ends) == (2, time(8), time(12))
    assert trail()[-2:] == ["working hours written"] * 2


def test_hours_are_written_by_who_manages_the_site_of_who_works_there(house):
    facts = {"site": house.site, "hours": [(0, time(17), time(9))]}
    assert refused(hours.write_hours, house.nurse, by=house.nurse, **facts) == [
        "role", "times_reversed"
    ]  # fmt: skip
    assert refused(hours.write_hours, house.stranger, by=house.manager, site=house.site, hours=[]) == [
        "not_staff_here"
    ]  # fmt: skip


def test_a_day_is_closed_once_and_opened_by_who_manages_the_site(house):
    facts = {"day": NOON.date(), "name": "Inventory"}
    closed = hours.close_day(house.site, by=house.manager, at=NOON, **facts)

    assert refused(hours.close_day, house.site, by=house.nurse, **facts) == [
        "role", "day_closed_already"
    ]  # fmt: skip
    assert refused(hours.open_day, closed, by=house.nurse) == ["role"]
    hours.open_day(closed, by=house.manager, at=NOON)
    assert not house.site.closed_days.exists()


# -- The organisation ------------------------------------------------------------------------


def test_the_settings_are_changed_by_who_manages_a_site(house):
    said = {
        "name": "Harbour",
        "crisis_text": "Call.",
        "quiet_from": time(22),
        "quiet_until": time(7),
    }
    actions.change_settings(house.organisation, by=house.manager, at=NOON, **said)

    house.organisation.refresh_from_db()
    assert {name: getattr(house.organisation, name) for name in said} == said
    assert refused(actions.change_settings, house.organisation, by=house.nurse, **said) == ["role"]
    assert trail()[-1] == "settings changed"


def test_an_organisation_is_set_up_once(house):
    said = {
        "organisation": "Second",
        "crisis_text": "Call.",
        "site": "Second House",
        "zone": "Europe/Oslo",
        "jurisdiction": "NO",
        "name": "Second Manager",
        "email": "second@vigil.example",
        "password": PASSWORD,
    }

    assert refused(actions.found, **said) == ["founded_already"]


def test_the_first_start_leaves_a_clinic_that_one_person_manages(seeing):
    person = actions.found(
        at=NOON,
        organisation="New Clinic",
        crisis_text="Call.",
        site="First House",
        zone="Europe/Oslo",
        jurisdiction="NO",
        name="Mo Manager",
        email="Mo@vigil.example",
        password=PASSWORD,
    )

    assert (person.email, person.check_password(PASSWORD)) == ("mo@vigil.example", True)
    assert may(person, Permission.MANAGE_PEOPLE, site=person.roles.get().site)
    assert queries.organisation().name == "New Clinic"
    seeing(person.roles.get().site, user=system_user())  # who reads the organisation's own lines
    assert "organisation set up" in trail()


def test_a_server_is_set_up_by_a_command(db, monkeypatch, capsys):
    monkeypatch.setenv("VIGIL_ADMIN_PASSWORD", PASSWORD)
    said = {
        "organisation": "New Clinic",
        "site": "First House",
        "zone": "Europe/Oslo",
        "jurisdiction": "NO",
        "name": "Mo Manager",
        "email": "mo@vigil.example",
        "crisis_text": "Call.",
    }

    call_command("create_first_administrator", **said)
    with pytest.raises(CommandError, match="This organisation has been set up"):
        call_command("create_first_administrator", **said)

    assert "manages First House" in capsys.readouterr().out
    assert User.objects.get(email="mo@vigil.example").check_password(PASSWORD)


@pytest.mark.parametrize(("zone", "password"), [("Moon/Base", PASSWORD), ("Europe/Oslo", "short")])
def test_a_server_is_not_set_up_on_nonsense(db, monkeypatch, zone, password):
    monkeypatch.setenv("VIGIL_ADMIN_PASSWORD", password)

    with pytest.raises(CommandError):
        call_command(
            "create_first_administrator",
            organisation="New Clinic",
            site="First House",
            zone=zone,
            jurisdiction="NO",
            name="Mo Manager",
            email="mo@vigil.example",
            crisis_text="Call.",
        )

    assert not User.objects.filter(is_system=False).exists()


def test_a_role_given_meanwhile_is_not_given_again_by_the_invitation(house):
    user = a_colleague(house, role="nurse")
    invitation = an_invitation(house, email=user.email, role="facilitator")
    actions.give_role(user, by=house.manager, at=NOON, site=house.site, role="facilitator")

    actions.accept(invitation, by=user, at=NOON)

    assert user.roles.filter(role="facilitator", valid_until__isnull=True).count() == 1
    assert Invitation.objects.get(pk=invitation.pk).accepted_by == user


def test_whoever_is_alone_in_the_house_gives_themselves_what_they_need(db):
    founder = actions.found(
        at=NOON, organisation="Quiet House", crisis_text="Call 112.", site="Quiet House",
        zone="UTC", jurisdiction="NL", name="Sola Single", email="sola@vigil.example",
        password=PASSWORD,
    )  # fmt: skip
    site = founder.roles.get().site

    role = actions.give_role(founder, by=founder, at=NOON, site=site, role="prescriber")

    assert role.role == "prescriber"
