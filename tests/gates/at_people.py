"""Gates of people and places, each closed alone."""

from django.urls import reverse

from clinic.people import actions
from clinic.people.door import actions as door
from clinic.people.hours import actions as hours
from tests.builders.door import an_app
from tests.builders.house import DAY, NOON
from tests.builders.people import a_colleague, a_licence, a_shift, an_invitation, link_of
from tests.builders.supervised import a_dosed_session
from tests.gates.harness import BY_THE_ADDRESS, BY_THE_FORM, NOT_FOUND, Situation, closed

LONG_AGO = NOON - 300 * DAY  # what is in force since then is in force whenever this is run
LATER = {"valid_from": "2026-01-01", "valid_until": "2028-12-31"}


def filling(house, act, /, *subject, says, query="", **typed):
    """A form whose answers close the gate."""
    url = reverse(f"people:{act}", args=[each.key for each in subject])
    return Situation(house.manager, url + query, typed, says)


def pressing(house, name, subject, *, says, **typed):
    """A page of one button, which says beforehand why not."""
    url = reverse(f"people:{name}", args=[subject.key])
    return Situation(house.manager, url, typed, says, page=url)


# -- Coming in -------------------------------------------------------------------------------


@closed("role_held_already")
def the_role_is_held(house):
    typed = {"site": house.site.pk, "role": "nurse"}
    says = "Noor Nurse has this role at Harbour House already."
    return filling(house, "give_role", house.nurse, says=says, **typed)


@closed("own_role")
def it_is_their_own_role(house):
    typed = {"site": house.site.pk, "role": "medical_lead"}
    says = "You cannot give yourself a role."
    return filling(house, "give_role", house.manager, says=says, **typed)


@closed("own_role")
def they_invite_themselves(house):
    typed = {"name": "Mina Manager", "email": house.manager.email.upper(), "site": house.site.pk}
    says = "You cannot give yourself a role."
    return filling(house, "invite", says=says, role="medical_lead", **typed)


@closed("invited_already")
def an_invitation_waits(house):
    an_invitation(house, at=NOON - DAY)
    typed = {"name": "Nia New", "email": "nia@vigil.example", "site": house.site.pk}
    says = "nia@vigil.example has an open invitation to this role."
    return filling(house, "invite", says=says, role="nurse", **typed)


@closed("invitation_over")
def the_invitation_was_taken_back(house):
    invitation = an_invitation(house, at=NOON - DAY)
    actions.revoke(invitation, by=house.manager, at=NOON - DAY)
    return pressing(house, "revoke", invitation, says="was used or taken back already")


@closed("invitation_over")
def the_invitation_has_expired(house):
    invitation = an_invitation(house, at=NOON - 8 * DAY, email=house.nurse.email, role="manager")
    url = link_of(invitation)
    return Situation(house.nurse, url, {}, "This invitation has expired.", page=url)


@closed("not_the_invited")
def somebody_else_opens_the_link(house):
    invitation = an_invitation(house, at=NOON - DAY, email=house.facilitator.email)
    url = link_of(invitation)
    return Situation(house.nurse, url, {}, f"Sign in as {house.facilitator.email}", page=url)


# -- Roles and accounts ----------------------------------------------------------------------


@closed("role_not_in_force")
def the_role_has_ended(house):
    role = actions.give_role(
        house.nurse, by=house.manager, at=NOON - 2 * DAY, site=house.site, role="facilitator"
    )
    actions.end_role(role, by=house.manager, at=NOON - DAY)
    return pressing(house, "end_role", role, says="This role is not in force.")


@closed("last_manager")
def nobody_else_manages(house):
    role = house.manager.roles.get()
    return pressing(house, "end_role", role, says="would have nobody left to manage its people")


@closed("works_elsewhere")
def they_work_at_another_site_too(house):
    site = actions.add_site(
        by=house.manager, at=LONG_AGO, name="Quiet House", zone="UTC", jurisdiction="US-NY"
    )
    house.manager.__dict__.pop("roles_now", None)
    actions.give_role(house.nurse, by=house.manager, at=NOON - DAY, site=site, role="nurse")
    other = a_colleague(house, role="manager", at=LONG_AGO)
    url = reverse("people:deactivate", args=[house.nurse.key])
    says = "Noor Nurse works at Quiet House too."
    return Situation(other, url, {"reason": "Leaves us"}, says, page=url)


@closed("oneself")
def it_is_their_own_account(house):
    says = "You cannot stop your own account."
    return pressing(house, "deactivate", house.manager, says=says, reason="Leaves us")


@closed("account_state")
def the_account_is_open(house):
    return pressing(house, "reactivate", house.nurse, says="The account of Noor Nurse is open.")


# -- Licences --------------------------------------------------------------------------------


@closed("own_licence")
def the_licence_is_their_own(house):
    licence = a_licence(house, house.manager, verified=False)
    return pressing(house, "verify_licence", licence, says="This is your own licence.")


@closed("licence_known")
def the_number_is_recorded(house):
    held = a_licence(house, house.nurse)
    typed = {"profession": held.profession, "jurisdiction": held.jurisdiction, "acts": "monitor"}
    says = "is recorded already"
    return filling(
        house, "add_licence", house.facilitator, says=says, number=held.number, **typed, **LATER
    )


@closed("licence_state")
def the_licence_is_verified(house):
    licence = a_licence(house, house.nurse)
    return pressing(house, "verify_licence", licence, says="This licence is verified.")


@closed("licence_not_longer")
def it_would_end_sooner(house):
    licence = a_licence(house, house.nurse)
    says = "It runs until 31 Dec 2027 already."
    return filling(house, "renew_licence", licence, says=says, valid_until="2027-12-31")


# -- Places ----------------------------------------------------------------------------------


@closed("room_name_taken")
def the_room_has_a_namesake(house):
    says = "Harbour House has a room called harbour ROOM already."
    return filling(house, "add_room", house.site, says=says, name="harbour ROOM")


@closed("site_name_taken")
def the_site_has_a_namesake(house):
    says = "There is a site called Hill House already."
    return filling(
        house, "add_site", says=says, name="Hill House", zone="UTC", jurisdiction="US-NY"
    )


@closed("place_closed")
def the_room_is_closed(house):
    actions.close_room(house.room, by=house.manager, at=NOON - DAY)
    return pressing(house, "close_room", house.room, says="This room is closed.")


# -- Rota and absences -----------------------------------------------------------------------


def on_duty(house, user, first, last, *, says):
    hours = {"first_day": first, "starts": "08:00", "last_day": last, "ends": "20:00"}
    query = f"?site={house.site.key}"
    typed = {"user": user.pk, "duty": "charge"} | hours
    return filling(house, "put_on_duty", says=says, query=query, **typed)


@closed("duty_clash")
def they_are_on_duty_then(house):
    a_shift(house, house.second_nurse, starts_at=NOON, ends_at=NOON + DAY)
    says = "Sam Second has this duty at that time already."
    return on_duty(house, house.second_nurse, "2026-11-19", "2026-11-19", says=says)


@closed("times_reversed")
def the_duty_never_ends(house):
    says = "A duty lasts a month at most"
    return on_duty(house, house.second_nurse, "2026-11-19", "2027-01-19", says=says)


@closed("not_staff_here", BY_THE_FORM, "tests/clinic/people/test_actions.py::"
        "test_duty_is_refused")  # fmt: skip
def they_work_elsewhere(house):
    says = "Select a valid choice."
    return on_duty(house, house.stranger, "2026-11-19", "2026-11-19", says=says)


@closed("day_closed_already")
def the_day_is_closed_already(house):
    hours.close_day(house.site, by=house.manager, at=NOON, day=NOON.date(), name="Inventory")
    says = "Harbour House is closed on 18 November 2026 already: Inventory."
    query = f"?site={house.site.key}"
    return filling(
        house, "close_day", says=says, query=query, day="2026-11-18", name="Another name"
    )


@closed("founded_already", BY_THE_ADDRESS, "tests/clinic/people/test_actions.py::"
        "test_an_organisation_is_set_up_once")  # fmt: skip
def the_organisation_stands(house):
    url = reverse("welcome")
    return Situation(house.manager, url, {"organisation": "Another house"}, NOT_FOUND, url)


# -- Second factors, sign-ins, leaving --------------------------------------------------------


def of(person, name, by, *, says, **typed):
    """A page of the door about one person."""
    url = reverse(f"door:{name}", args=[person.key])
    return Situation(by, url, typed, says, page=url)


@closed("oneself")
def it_is_their_own_second_factor(house):
    an_app(house.manager)
    says = "You cannot reset your own second factor."
    return of(house.manager, "reset_second_factor", house.manager, says=says, reason="Lost")


@closed("no_second_factor")
def there_is_none_to_reset(house):
    says = "Noor Nurse has no second factor"
    return of(house.nurse, "reset_second_factor", house.manager, says=says, reason="Lost")


@closed("account_state")
def they_have_left_already(house):
    door.leave(house.nurse, by=house.manager, at=NOON - DAY, reason="Moves away")
    says = "Noor Nurse has left already."
    return of(house.nurse, "leave", house.manager, says=says, reason="Moves away")


@closed("account_state")
def the_stopped_account_is_not_opened_by_a_link(house):
    an_app(house.nurse)
    invitation = door.reset_second_factor(
        house.nurse, by=house.manager, at=NOON - DAY, reason="Lost"
    )
    actions.deactivate(house.nurse, by=house.manager, at=NOON - DAY, reason="In doubt")
    url, new = link_of(invitation), "a longer horse, a newer battery"
    typed = {"password": new, "again": new}
    return Situation(None, url, typed, "This account is stopped.", page=url)


@closed("in_care_now")
def they_are_with_somebody_who_had_a_dose(house):
    a_dosed_session(house)
    says = "Noor Nurse is in a session now."
    return of(house.nurse, "end_sign_ins", house.manager, says=says)


@closed("codes_settled")
def the_codes_are_kept_already(house):
    an_app(house.nurse, kept_at=NOON - DAY)
    url = reverse("door:codes")
    return Situation(house.nurse, url, {"kept": "on"}, "There are no codes to keep.")
