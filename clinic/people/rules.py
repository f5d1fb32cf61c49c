"""Why somebody may not be invited, given a role, trusted with a licence, or put on duty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from clinic.access import Permission, may, may_anywhere, sites_where
from clinic.people.models import (
    Absence,
    DutyShift,
    Invitation,
    Licence,
    Organisation,
    RoleAtSite,
    Room,
    Site,
    User,
)
from clinic.people.queries import account_of, holds, in_force, others_who_manage
from clinic.workflow import ROLE, Obstacle, gate

P = Permission
SENTENCES = {
    P.MANAGE_PEOPLE: "Only somebody who manages the people of this site may do that.",
    P.MANAGE_SITE: "Only somebody who manages this site may do that.",
}
HAS_ROLE = gate("role_held_already", "The person has this role at this site already.")
INVITED = gate("invited_already", "There is an open invitation of this person to this role.")
INVITATION_OVER = gate("invitation_over", "An invitation can be used once, while it is good.")
NOT_THE_INVITED = gate("not_the_invited", "An invitation is for one person.")
ROLE_OVER = gate("role_not_in_force", "A role that is not in force cannot be ended.")
LAST_MANAGER = gate("last_manager", "A site keeps somebody who manages its people.")
ELSEWHERE = gate("works_elsewhere", "An account with roles at other sites is not theirs to stop.")
ONESELF = gate("oneself", "Nobody stops, resets or lets go their own account.")
ACCOUNT = gate("account_state", "The account is in that state already.")
OWN_ROLE = gate("own_role", "A role is given by somebody other than its holder.")
OWN_LICENCE = gate("own_licence", "A licence is verified by somebody other than its holder.")
LICENCE_KNOWN = gate("licence_known", "A licence with this number is recorded already.")
LICENCE_STATE = gate("licence_state", "The licence is in that state already.")
LICENCE_NOT_LONGER = gate("licence_not_longer", "A renewal ends later than what it renews.")
ROOM_NAME = gate("room_name_taken", "A site has one room of a name.")
SITE_NAME = gate("site_name_taken", "The organisation has one site of a name.")
PLACE_CLOSED = gate("place_closed", "The room or site is closed.")
NOT_STAFF = gate("not_staff_here", "Only somebody with a role at the site is put on duty there.")
DUTY_CLASH = gate("duty_clash", "The person has this duty at this time already.")
TIMES = gate("times_reversed", "What ends, ends after it begins.")
FOUNDED = gate("founded_already", "The organisation has been set up.")


def _allowed(by: Any, permission: Permission, site: Any) -> Iterator[Obstacle]:
    if not may(by, permission, site=site):
        yield ROLE(SENTENCES[permission])


def _manages(by: Any, user: User) -> Iterator[Obstacle]:
    """Licences and absences are one person's, wherever they work: any of their managers may."""
    sites = set(user.roles.values_list("site_id", flat=True))
    if not sites & set(sites_where(by, P.MANAGE_PEOPLE)):
        yield ROLE(SENTENCES[P.MANAGE_PEOPLE])


# -- Coming in -------------------------------------------------------------------------------


def obstacles_to_invite(
    site: Site, *, by: Any, at: datetime, email: str, role: str
) -> Iterator[Obstacle]:
    """Somebody is invited by who manages the site's people, once for each role."""
    yield from _allowed(by, P.MANAGE_PEOPLE, site)
    yield from _not_for_oneself(email, by, at)
    held = RoleAtSite.objects.filter(in_force(at), user__email=email, site=site, role=role)
    if held.exists():
        yield HAS_ROLE(f"{email} has this role at {site} already.")
    waiting = site.invitations.filter(
        email=email, role=role, accepted_at__isnull=True, revoked_at__isnull=True
    )
    if waiting.filter(expires_at__gt=at).exists():
        yield INVITED(f"{email} has an open invitation to this role. Revoke it to send another.")


def obstacles_to_revoke(invitation: Invitation, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """An invitation nobody has used yet is taken back by who manages the site's people."""
    yield from _allowed(by, P.MANAGE_PEOPLE, invitation.site)
    if invitation.accepted_at or invitation.revoked_at:
        yield INVITATION_OVER("This invitation was used or taken back already.")


def obstacles_to_accept(invitation: Invitation, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """An invitation is good once, for a while, and for the person it was sent to."""
    if invitation.accepted_at:
        yield INVITATION_OVER("This invitation was used already. Sign in instead.")
    elif invitation.revoked_at:
        yield INVITATION_OVER("This invitation was taken back. Ask the clinic for a new one.")
    elif invitation.expires_at <= at:
        yield INVITATION_OVER("This invitation has expired. Ask the clinic for a new one.")
    invited = account_of(invitation)
    if not invited.is_active and invited.roles.filter(in_force(at)).exists():
        yield ACCOUNT("This account is stopped. Ask the clinic.")
    if invited.has_usable_password() and getattr(by, "pk", None) != invited.pk:
        yield NOT_THE_INVITED(f"Sign in as {invitation.email} to accept this invitation.")


# -- Roles and accounts ----------------------------------------------------------------------


def obstacles_to_give_role(
    user: User, *, by: Any, at: datetime, site: Site, role: str
) -> Iterator[Obstacle]:
    """A role is given by who manages the people of that very site, and never to themselves."""
    yield from _allowed(by, P.MANAGE_PEOPLE, site)
    yield from _not_for_oneself(user.email, by, at)
    if not user.is_active:
        yield ACCOUNT(f"The account of {user} is stopped.")
    if holds(user, role, site=site, at=at):
        yield HAS_ROLE(f"{user} has this role at {site} already.")


def _not_for_oneself(email: str, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Whoever is the only one in the house has nobody to ask: the trail alone sees it."""
    others = RoleAtSite.objects.filter(in_force(at), user__is_active=True).exclude(user=by)
    if email.casefold() == by.email.casefold() and others.exists():
        yield OWN_ROLE("You cannot give yourself a role. Ask a colleague who manages people.")


def obstacles_to_end_role(role: RoleAtSite, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A role is ended by who manages the site's people, who always keeps somebody to do so."""
    yield from _allowed(by, P.MANAGE_PEOPLE, role.site)
    if role.valid_from >= at or (role.valid_until and role.valid_until <= at):
        yield ROLE_OVER("This role is not in force.")
    elif role.role == "manager" and not others_who_manage(role.site, role, at=at):
        yield LAST_MANAGER(f"{role.site} would have nobody left to manage its people.")


def obstacles_to_deactivate(user: User, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """An account is stopped by who manages people at every site the person works at.

    Every site keeps somebody to do so.
    """
    yield from _manages(by, user)
    if not user.is_active:
        yield ACCOUNT(f"The account of {user} is stopped already.")
    if by.pk == user.pk:
        yield ONESELF("You cannot stop your own account. Ask a colleague.")
    yield from obstacles_in_sites(user, by=by, at=at)


def obstacles_in_sites(user: User, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Nobody is taken from a site that is not theirs to manage, nor the last who manages one."""
    mine = sites_where(by, P.MANAGE_PEOPLE)
    elsewhere = user.roles.filter(in_force(at)).exclude(site_id__in=mine).select_related("site")
    for role in elsewhere:
        yield ELSEWHERE(f"{user} works at {role.site} too. End their roles at your site instead.")
    managing = user.roles.filter(in_force(at), role="manager", site_id__in=mine)
    for role in managing.exclude(user=by).select_related("site"):
        if not others_who_manage(role.site, role, at=at):
            yield LAST_MANAGER(f"{role.site} would have nobody left to manage its people.")


def obstacles_to_reactivate(user: User, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A stopped account is opened again by who manages the person."""
    yield from _manages(by, user)
    if user.is_active:
        yield ACCOUNT(f"The account of {user} is open.")


# -- Licences --------------------------------------------------------------------------------


def obstacles_to_add_licence(
    user: User,
    *,
    by: Any,
    at: datetime,
    profession: str,
    jurisdiction: str,
    number: str,
    valid_from: date,
    valid_until: date,
) -> Iterator[Obstacle]:
    """A licence is recorded once, and ends after it begins."""
    yield from _manages(by, user)
    if valid_until < valid_from:
        yield TIMES("The licence ends before it begins.")
    if Licence.objects.filter(
        profession=profession, jurisdiction=jurisdiction, number=number
    ).exists():
        yield LICENCE_KNOWN(f"{profession} {jurisdiction} {number} is recorded already.")


def obstacles_to_verify_licence(licence: Licence, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Somebody other than the holder has seen the proof."""
    yield from _manages(by, licence.user)
    yield from _not_ones_own(licence, by)
    if licence.verified_at:
        yield LICENCE_STATE("This licence is verified.")


def obstacles_to_renew_licence(
    licence: Licence, *, by: Any, at: datetime, valid_until: date
) -> Iterator[Obstacle]:
    """Somebody other than the holder has seen the proof that it now ends later."""
    yield from _manages(by, licence.user)
    yield from _not_ones_own(licence, by)
    if valid_until <= licence.valid_until:
        yield LICENCE_NOT_LONGER(f"It runs until {licence.valid_until:%d %b %Y} already.")


def obstacles_to_suspend_licence(licence: Licence, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A licence that is in doubt opens no gate until it is restored."""
    yield from _manages(by, licence.user)
    if licence.suspended_at:
        yield LICENCE_STATE("This licence is suspended.")


def obstacles_to_restore_licence(licence: Licence, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A suspended licence is restored by somebody other than its holder."""
    yield from _manages(by, licence.user)
    yield from _not_ones_own(licence, by)
    if not licence.suspended_at:
        yield LICENCE_STATE("This licence is not suspended.")


def _not_ones_own(licence: Licence, by: Any) -> Iterator[Obstacle]:
    if by.pk == licence.user_id:
        yield OWN_LICENCE("This is your own licence. A colleague looks at the proof.")


# -- Places ----------------------------------------------------------------------------------


def obstacles_to_add_site(*, by: Any, at: datetime, name: str) -> Iterator[Obstacle]:
    """A site is added by who manages one already."""
    if not may_anywhere(by, P.MANAGE_SITE):
        yield ROLE("Only somebody who manages a site may add another.")
    if Site.objects.filter(name__iexact=name).exists():
        yield SITE_NAME(f"There is a site called {name} already.")


def obstacles_to_change_site(site: Site, *, by: Any, at: datetime, name: str) -> Iterator[Obstacle]:
    """A site is changed by who manages it."""
    yield from _allowed(by, P.MANAGE_SITE, site)
    if Site.objects.filter(name__iexact=name).exclude(pk=site.pk).exists():
        yield SITE_NAME(f"There is a site called {name} already.")


def obstacles_to_add_room(site: Site, *, by: Any, at: datetime, name: str) -> Iterator[Obstacle]:
    """A room is added by who manages the site."""
    yield from _allowed(by, P.MANAGE_SITE, site)
    if site.closed_at:
        yield PLACE_CLOSED(f"{site} is closed.")
    if site.rooms.filter(name__iexact=name).exists():
        yield ROOM_NAME(f"{site} has a room called {name} already.")


def obstacles_to_close_room(room: Room, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A room is closed by who manages its site; what is booked in it stays and is moved by hand."""
    yield from _allowed(by, P.MANAGE_SITE, room.site)
    if room.closed_at:
        yield PLACE_CLOSED("This room is closed.")


def obstacles_to_open_room(room: Room, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A closed room is opened again by who manages its site."""
    yield from _allowed(by, P.MANAGE_SITE, room.site)
    if not room.closed_at:
        yield PLACE_CLOSED("This room is open.")


# -- Rota and absences -----------------------------------------------------------------------


def obstacles_to_put_on_duty(
    site: Site,
    *,
    by: Any,
    at: datetime,
    user: User,
    duty: str,
    starts_at: datetime,
    ends_at: datetime,
) -> Iterator[Obstacle]:
    """Duty is given by who manages the site, to somebody who works there."""
    yield from _allowed(by, P.MANAGE_SITE, site)
    if ends_at <= starts_at:
        yield TIMES("The duty ends before it begins.")
    elif ends_at - starts_at > timedelta(days=31):
        yield TIMES("A duty lasts a month at most: nobody is on call for ever.")
    if not user.is_active or not user.roles.filter(in_force(at), site=site).exists():
        yield NOT_STAFF(f"{user} has no role at {site}.")
    if user.shifts.filter(
        site=site, duty=duty, starts_at__lt=ends_at, ends_at__gt=starts_at
    ).exists():
        yield DUTY_CLASH(f"{user} has this duty at that time already.")


def obstacles_to_take_off_duty(shift: DutyShift, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Duty is taken back by who manages the site."""
    yield from _allowed(by, P.MANAGE_SITE, shift.site)


def obstacles_to_record_absence(
    user: User, *, by: Any, at: datetime, starts_at: datetime, ends_at: datetime
) -> Iterator[Obstacle]:
    """An absence is recorded by the person, or by who manages them."""
    if by.pk != user.pk:
        yield from _manages(by, user)
    if ends_at <= starts_at:
        yield TIMES("The absence ends before it begins.")


def obstacles_to_remove_absence(absence: Absence, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """An absence is taken back by the person, or by who manages them."""
    if by.pk != absence.user_id:
        yield from _manages(by, absence.user)


# -- The organisation ------------------------------------------------------------------------


def obstacles_to_change_settings(
    organisation: Organisation, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """The organisation's settings are changed by who manages a site."""
    if not may_anywhere(by, P.MANAGE_SITE):
        yield ROLE("Only somebody who manages a site may change the organisation's settings.")


def obstacles_to_found(*, at: datetime) -> Iterator[Obstacle]:
    """An organisation is set up once."""
    if Organisation.objects.exists():
        yield FOUNDED("This organisation has been set up. Sign in instead.")
