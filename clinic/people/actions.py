"""Staff come in, are given roles and licences, and leave; places open and close; somebody is on duty."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction

from clinic.audit.actions import record
from clinic.messages import wire
from clinic.people import rules, signals
from clinic.people.invitations import send_link
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
from clinic.people.queries import account_of, holds
from clinic.workflow import alone, lock, refuse_unless_clear

GOOD_FOR = timedelta(days=7)


# -- Coming in -------------------------------------------------------------------------------


@transaction.atomic
def invite(*, by: Any, at: datetime, site: Site, name: str, email: str, role: str) -> Invitation:
    """Send somebody a link by which they come in, to one role at one site."""
    email = User.objects.normalize_email(email).lower()
    alone(f"account of {email}")
    refuse_unless_clear(rules.obstacles_to_invite(site, by=by, at=at, email=email, role=role))
    user = User.objects.filter(email=email).first()
    # Until they accept, the account has no password and no role: it opens nothing.
    user = user or User.objects.create_user(email, None, name=name, joined_at=at)
    invitation = send_link(user, by=by, at=at, site=site, name=name, role=role, good_for=GOOD_FOR)
    record("person invited", invitation, by=by, at=at, email=email, name=name, role=role)
    return invitation


@transaction.atomic
def revoke(invitation: Invitation, *, by: Any, at: datetime) -> None:
    """Take an invitation back; its link opens nothing from now on."""
    lock(invitation)
    refuse_unless_clear(rules.obstacles_to_revoke(invitation, by=by, at=at))
    _change(invitation, revoked_at=at, revoked_by=by)
    record("invitation revoked", invitation, by=by, at=at, email=invitation.email)


@transaction.atomic
def accept(invitation: Invitation, *, by: Any, at: datetime, password: str = "") -> User:
    """Come in by an invitation: take up the role, with a password where there was no account yet."""
    lock(invitation)
    refuse_unless_clear(rules.obstacles_to_accept(invitation, by=by, at=at))
    user = account_of(invitation)
    if not user.has_usable_password():
        user.set_password(password)
        _change(user, password=user.password, is_active=True, joined_at=at)
        # The link reached them at this address, so it is proved to be theirs.
        EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
    # Given meanwhile by hand, a role is not given again: it would have to be ended twice. Without
    # a role the link brings back somebody whose roles are as they were.
    lock(user)
    if invitation.role and not holds(user, invitation.role, site=invitation.site, at=at):
        RoleAtSite.objects.create(
            user=user,
            site=invitation.site,
            role=invitation.role,
            valid_from=at,
            given_by=invitation.invited_by,
        )
    _change(invitation, accepted_at=at, accepted_by=user)
    record("invitation accepted", invitation, by=user, at=at, role=invitation.role)
    return user


# -- Roles and accounts ----------------------------------------------------------------------


@transaction.atomic
def give_role(user: User, *, by: Any, at: datetime, site: Site, role: str) -> RoleAtSite:
    """Give somebody a role at a site from now on."""
    lock(user)
    refuse_unless_clear(rules.obstacles_to_give_role(user, by=by, at=at, site=site, role=role))
    given = RoleAtSite.objects.create(user=user, site=site, role=role, valid_from=at, given_by=by)
    record("role given", given, by=by, at=at, user=user.key, role=role)
    return given


@transaction.atomic
def end_role(role: RoleAtSite, *, by: Any, at: datetime) -> None:
    """End a role from now on; what was done in it stays done."""
    # The site first: of two managers who end each other's role, the second is refused.
    lock(role.site)
    lock(role)
    refuse_unless_clear(rules.obstacles_to_end_role(role, by=by, at=at))
    _change(role, valid_until=at)
    record("role ended", role, by=by, at=at, user=role.user.key, role=role.role)


@transaction.atomic
def deactivate(user: User, *, by: Any, at: datetime, reason: str) -> None:
    """Stop an account: every sign-in of it ends at once, on every device."""
    # The sites first: of two managers who stop each other's account, the second is refused.
    for site in (
        Site.objects.filter(roles__user=user, roles__role="manager").distinct().order_by("pk")
    ):
        lock(site)
    lock(user)
    refuse_unless_clear(rules.obstacles_to_deactivate(user, by=by, at=at))
    _change(user, is_active=False)
    for signed_in in UserSession.objects.filter(user=user):
        signed_in.end()
    signals.shut.send(User, user=user, by=by, at=at)
    record("account stopped", user, by=by, at=at, user=user.key, reason=reason)


@transaction.atomic
def reactivate(user: User, *, by: Any, at: datetime) -> None:
    """Open a stopped account again; its roles are as they were."""
    lock(user)
    refuse_unless_clear(rules.obstacles_to_reactivate(user, by=by, at=at))
    _change(user, is_active=True)
    record("account opened again", user, by=by, at=at, user=user.key)


# -- Licences --------------------------------------------------------------------------------


@transaction.atomic
def add_licence(
    user: User,
    *,
    by: Any,
    at: datetime,
    profession: str,
    jurisdiction: str,
    number: str,
    valid_from: date,
    valid_until: date,
    acts: Iterable[str],
) -> Licence:
    """Record a licence; it opens nothing until somebody has seen the proof."""
    alone(f"licence {jurisdiction} {number}")
    lock(user)
    said: dict[str, Any] = {
        "profession": profession,
        "jurisdiction": jurisdiction,
        "number": number,
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
    refuse_unless_clear(rules.obstacles_to_add_licence(user, by=by, at=at, **said))
    licence = Licence.objects.create(user=user, acts=sorted(acts), **said)
    record("licence recorded", licence, by=by, at=at, user=user.key, acts=licence.acts, **said)
    return licence


@transaction.atomic
def verify_licence(licence: Licence, *, by: Any, at: datetime) -> None:
    """Say that somebody other than the holder has seen the proof of a licence."""
    lock(licence)
    refuse_unless_clear(rules.obstacles_to_verify_licence(licence, by=by, at=at))
    _change(licence, verified_at=at, verified_by=by)
    record("licence verified", licence, by=by, at=at, user=licence.user.key)


@transaction.atomic
def renew_licence(licence: Licence, *, by: Any, at: datetime, valid_until: date) -> None:
    """Let a licence run longer, having seen the proof."""
    lock(licence)
    refuse_unless_clear(
        rules.obstacles_to_renew_licence(licence, by=by, at=at, valid_until=valid_until)
    )
    ended_on = licence.valid_until
    _change(licence, valid_until=valid_until, verified_at=at, verified_by=by)
    record(
        "licence renewed",
        licence,
        by=by,
        at=at,
        user=licence.user.key,
        valid_until=valid_until,
        instead_of=ended_on,
    )


@transaction.atomic
def suspend_licence(licence: Licence, *, by: Any, at: datetime, reason: str) -> None:
    """Put a licence out of force until it is restored."""
    lock(licence)
    refuse_unless_clear(rules.obstacles_to_suspend_licence(licence, by=by, at=at))
    _change(licence, suspended_at=at, suspended_by=by)
    record("licence suspended", licence, by=by, at=at, user=licence.user.key, reason=reason)


@transaction.atomic
def restore_licence(licence: Licence, *, by: Any, at: datetime, reason: str) -> None:
    """Put a suspended licence back in force."""
    lock(licence)
    refuse_unless_clear(rules.obstacles_to_restore_licence(licence, by=by, at=at))
    _change(licence, suspended_at=None, suspended_by=None)
    record("licence restored", licence, by=by, at=at, user=licence.user.key, reason=reason)


# -- Places ----------------------------------------------------------------------------------


@transaction.atomic
def add_site(
    *,
    by: Any,
    at: datetime,
    name: str,
    zone: str,
    jurisdiction: str,
    address: str = "",
    phone: str = "",
) -> Site:
    """Open another site; who opens it manages it, so that somebody can."""
    alone("site names")
    refuse_unless_clear(rules.obstacles_to_add_site(by=by, at=at, name=name))
    said = {
        "name": name,
        "zone": zone,
        "jurisdiction": jurisdiction,
        "address": address,
        "phone": phone,
    }
    site = Site.objects.create(**said)
    RoleAtSite.objects.create(user=by, site=site, role="manager", valid_from=at, given_by=by)
    record("site added", site, by=by, at=at, **said)
    return site


@transaction.atomic
def change_site(site: Site, *, by: Any, at: datetime, name: str, **facts: str) -> None:
    """Correct what is known of a site."""
    alone("site names")
    lock(site)
    refuse_unless_clear(rules.obstacles_to_change_site(site, by=by, at=at, name=name))
    _change(site, name=name, **facts)
    record("site changed", site, by=by, at=at, name=name, **facts)


@transaction.atomic
def add_room(site: Site, *, by: Any, at: datetime, name: str, for_dosing: bool = True) -> Room:
    """Add a room to a site."""
    lock(site)
    refuse_unless_clear(rules.obstacles_to_add_room(site, by=by, at=at, name=name))
    room = Room.objects.create(site=site, name=name, for_dosing=for_dosing)
    record("room added", room, by=by, at=at, name=name, for_dosing=for_dosing)
    return room


@transaction.atomic
def close_room(room: Room, *, by: Any, at: datetime) -> None:
    """Close a room: nothing new is booked in it."""
    lock(room)
    refuse_unless_clear(rules.obstacles_to_close_room(room, by=by, at=at))
    _change(room, closed_at=at, closed_by=by)
    record("room closed", room, by=by, at=at, name=room.name)


@transaction.atomic
def open_room(room: Room, *, by: Any, at: datetime) -> None:
    """Open a closed room again."""
    lock(room)
    refuse_unless_clear(rules.obstacles_to_open_room(room, by=by, at=at))
    _change(room, closed_at=None, closed_by=None)
    record("room opened again", room, by=by, at=at, name=room.name)


# -- Rota and absences -----------------------------------------------------------------------


@transaction.atomic
def put_on_duty(
    site: Site,
    *,
    by: Any,
    at: datetime,
    user: User,
    duty: str,
    starts_at: datetime,
    ends_at: datetime,
) -> DutyShift:
    """Put somebody on duty at a site for a time."""
    lock(user)
    said: dict[str, Any] = {"user": user, "duty": duty, "starts_at": starts_at, "ends_at": ends_at}
    refuse_unless_clear(rules.obstacles_to_put_on_duty(site, by=by, at=at, **said))
    shift = DutyShift.objects.create(site=site, **said)
    record("put on duty", shift, by=by, at=at, **said | {"user": user.key})
    return shift


@transaction.atomic
def take_off_duty(shift: DutyShift, *, by: Any, at: datetime) -> None:
    """Take a duty off the rota."""
    lock(shift)
    refuse_unless_clear(rules.obstacles_to_take_off_duty(shift, by=by, at=at))
    shift.delete()
    record(
        "taken off duty",
        shift,
        by=by,
        at=at,
        user=shift.user.key,
        duty=shift.duty,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )


@transaction.atomic
def record_absence(
    *, by: Any, at: datetime, user: User, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> Absence:
    """Record a time in which somebody cannot be booked."""
    said = {"starts_at": starts_at, "ends_at": ends_at}
    refuse_unless_clear(rules.obstacles_to_record_absence(user, by=by, at=at, **said))
    absence = Absence.objects.create(user=user, reason=reason, **said)
    record("absence recorded", absence, by=by, at=at, user=user.key, **said)
    return absence


@transaction.atomic
def remove_absence(absence: Absence, *, by: Any, at: datetime) -> None:
    """Take an absence back."""
    lock(absence)
    refuse_unless_clear(rules.obstacles_to_remove_absence(absence, by=by, at=at))
    absence.delete()
    record(
        "absence removed",
        absence,
        by=by,
        at=at,
        user=absence.user.key,
        starts_at=absence.starts_at,
        ends_at=absence.ends_at,
    )


# -- The organisation ------------------------------------------------------------------------


@transaction.atomic
def change_settings(
    organisation: Organisation,
    *,
    by: Any,
    at: datetime,
    name: str,
    crisis_text: str,
    quiet_from: time,
    quiet_until: time,
    idle_minutes: int = 15,
) -> None:
    """Change the organisation's name, what a patient in crisis reads, quiet hours and the lock."""
    lock(organisation)
    refuse_unless_clear(rules.obstacles_to_change_settings(organisation, by=by, at=at))
    said = {
        "name": name,
        "crisis_text": crisis_text,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "idle_minutes": idle_minutes,
    }
    _change(organisation, changed_at=at, changed_by=by, **said)
    record("settings changed", organisation, by=by, at=at, **said)


@transaction.atomic
def found(
    *,
    at: datetime,
    organisation: str,
    crisis_text: str,
    site: str,
    zone: str,
    jurisdiction: str,
    name: str,
    email: str,
    password: str,
    by: Any = None,
    made_up: bool = False,
) -> User:
    """Set up the organisation, its first site, and the person who manages it."""
    alone("founding")
    refuse_unless_clear(rules.obstacles_to_found(at=at))
    Organisation.objects.create(
        pk=1,
        name=organisation,
        made_up=made_up,
        crisis_text=crisis_text,
        quiet_from=time(21),
        quiet_until=time(8),
    )
    first = Site.objects.create(name=site, zone=zone, jurisdiction=jurisdiction)
    person = User.objects.create_user(email, password, name=name, joined_at=at)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    RoleAtSite.objects.create(user=person, site=first, role="manager", valid_from=at)
    record("organisation set up", first, by=person, at=at, organisation=organisation, site=site)
    return person


def try_mail(*, by: Any, at: datetime) -> str:
    """Send a message to oneself and say in words what the mail server made of it."""
    key = uuid.uuid4()
    try:
        wire.send(
            to=by.email,
            subject="A test from Vigil",
            body="Mail leaves this clinic. There is nothing else to do.\n",
            message_id=f"<{key}@vigil.test>",
        )
    except (wire.NotSent, wire.PossiblySent) as problem:
        words = f"It did not leave. {problem}"
    else:
        words = f"The mail server took a message to {by.email}. Look whether it arrived."
    record("mail tried", by, by=by, at=at, outcome=words)
    return words


def _change(row: Any, **fields: Any) -> None:
    """Write these columns of a row that is locked."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
