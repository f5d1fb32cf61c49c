"""People and places, changed by two at once."""

from datetime import date, time

from clinic.people import actions
from clinic.people.hours import actions as hours
from clinic.people.hours.models import ClosedDay, WorkingHours
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
from tests.builders.house import DAY, HOUR, NOON, PASSWORD
from tests.builders.people import LAST_DAY, a_colleague, a_licence, a_shift, an_invitation
from tests.races.harness import Start, race

LONG_AGO = NOON - 300 * DAY


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def _both(house, do, rows, **how):
    """The manager and somebody else who manages this site's people."""
    other = a_colleague(
        house, role="manager", at=LONG_AGO, name="Otto Other", email="otto@vigil.example"
    )
    pair = (house.manager, other)
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, **how)


# -- Coming in -------------------------------------------------------------------------------


@race("clinic.people.actions.invite")
def invite(house):
    return _both(house, lambda by: an_invitation(house, by=by), _new_nurse)


def _new_nurse():
    return Invitation.objects.filter(email="nia@vigil.example").count()


@race("clinic.people.actions.invite")
def invite_to_two_roles(house):
    # Both stand: one person, two roles, one account.
    first = (house.manager, lambda: an_invitation(house))
    second = (house.manager, lambda: an_invitation(house, role="facilitator"))
    account = User.objects.filter(email="nia@vigil.example").count
    return Start(first, second, account, both_done=True)


@race("clinic.people.actions.invite")
def invite_to_the_same_role_by_another_spelling(house):
    first = (house.manager, lambda: an_invitation(house))
    second = (house.manager, lambda: an_invitation(house, email="Nia@Vigil.example"))
    return Start(first, second, _new_nurse)


@race("clinic.people.actions.revoke")
def revoke(house):
    invitation = an_invitation(house)
    return _both(
        house,
        lambda by: actions.revoke(fresh(invitation), by=by, at=NOON),
        Invitation.objects.filter(revoked_at__isnull=False).count,
    )


@race("clinic.people.actions.accept")
def accept(house):
    invitation = an_invitation(house)
    invited = User.objects.get(email=invitation.email)

    def come_in():
        actions.accept(fresh(invitation), by=fresh(invited), at=NOON, password=PASSWORD)

    return Start((invited, come_in), (invited, come_in), invited.roles.count)


@race("clinic.people.actions.accept")
def accept_while_it_is_taken_back(house):
    invitation = an_invitation(house)
    invited = User.objects.get(email=invitation.email)

    def come_in():
        actions.accept(fresh(invitation), by=fresh(invited), at=NOON, password=PASSWORD)

    def take_back():
        actions.revoke(fresh(invitation), by=house.manager, at=NOON)

    def outcomes():
        return invited.roles.count() + Invitation.objects.filter(revoked_at__isnull=False).count()

    return Start((invited, come_in), (house.manager, take_back), outcomes)


# -- Roles and accounts ----------------------------------------------------------------------


@race("clinic.people.actions.give_role")
def give_role(house):
    role = {"site": house.site, "role": "facilitator"}
    return _both(
        house,
        lambda by: actions.give_role(fresh(house.nurse), by=by, at=NOON, **role),
        RoleAtSite.objects.filter(user=house.nurse, role="facilitator").count,
    )


@race("clinic.people.actions.end_role")
def end_role(house):
    role = house.nurse.roles.get()
    return _both(
        house,
        lambda by: actions.end_role(fresh(role), by=by, at=NOON),
        RoleAtSite.objects.filter(user=house.nurse, valid_until__isnull=False).count,
    )


@race("clinic.people.actions.end_role")
def end_each_others_role(house):
    other = a_colleague(house, role="manager", at=LONG_AGO)
    mine, theirs = house.manager.roles.get(), other.roles.get()
    return Start(
        (house.manager, lambda: actions.end_role(fresh(theirs), by=house.manager, at=NOON)),
        (other, lambda: actions.end_role(fresh(mine), by=other, at=NOON)),
        RoleAtSite.objects.filter(role="manager", valid_until__isnull=True).count,
    )


@race("clinic.people.actions.deactivate")
def deactivate(house):
    return _both(
        house,
        lambda by: actions.deactivate(fresh(house.nurse), by=by, at=NOON, reason="Left us"),
        User.objects.filter(is_active=False, is_system=False).count,
    )


@race("clinic.people.actions.deactivate")
def stop_each_other(house):
    other = a_colleague(house, role="manager", at=LONG_AGO)

    def stop(whom, by):
        actions.deactivate(fresh(whom), by=by, at=NOON, reason="Left us")

    return Start(
        (house.manager, lambda: stop(other, house.manager)),
        (other, lambda: stop(house.manager, other)),
        User.objects.filter(is_active=False, is_system=False).count,
    )


@race("clinic.people.actions.deactivate")
def stop_somebody_who_ends_their_role(house):
    other = a_colleague(house, role="manager", at=LONG_AGO)
    mine = house.manager.roles.get()

    def managers():
        return RoleAtSite.objects.filter(
            role="manager", valid_until__isnull=True, user__is_active=True
        ).count()

    return Start(
        (
            house.manager,
            lambda: actions.deactivate(fresh(other), by=house.manager, at=NOON, reason="Left us"),
        ),
        (other, lambda: actions.end_role(fresh(mine), by=other, at=NOON)),
        managers,
    )


@race("clinic.people.actions.put_on_duty")
def put_each_other_on_duty(house):
    # Both stand: each names the other, and neither waits for the other in a ring.
    other = a_colleague(house, role="manager", at=LONG_AGO)

    def put(user, by):
        said = {"user": user, "duty": "on_call", "starts_at": NOON, "ends_at": NOON + 8 * HOUR}
        return by, lambda: actions.put_on_duty(house.site, by=by, at=NOON, **said)

    return Start(
        put(other, house.manager),
        put(house.manager, other),
        DutyShift.objects.filter(duty="on_call", starts_at=NOON).count,
        leaves=2,
        both_done=True,
    )


@race("clinic.people.actions.reactivate")
def reactivate(house):
    actions.deactivate(house.nurse, by=house.manager, at=NOON, reason="Left us")
    return _both(
        house,
        lambda by: actions.reactivate(fresh(house.nurse), by=by, at=NOON),
        User.objects.filter(pk=house.nurse.pk, is_active=True).count,
    )


# -- Licences --------------------------------------------------------------------------------


@race("clinic.people.actions.add_licence")
def add_licence(house):
    said = {
        "profession": "RN",
        "jurisdiction": "US-NY",
        "number": "X-1",
        "valid_from": date(2025, 1, 1),
        "valid_until": LAST_DAY,
        "acts": ["monitor"],
    }
    first = (
        house.manager,
        lambda: actions.add_licence(house.nurse, by=house.manager, at=NOON, **said),
    )
    # The same number for somebody else: the lock on the holder alone would let both in.
    second = (
        house.manager,
        lambda: actions.add_licence(house.second_nurse, by=house.manager, at=NOON, **said),
    )
    return Start(first, second, Licence.objects.filter(number="X-1").count)


@race("clinic.people.actions.verify_licence")
def verify_licence(house):
    licence = a_licence(house, house.nurse, verified=False)
    return _both(
        house,
        lambda by: actions.verify_licence(fresh(licence), by=by, at=NOON),
        Licence.objects.filter(pk=licence.pk, verified_at=NOON).count,
    )


@race("clinic.people.actions.renew_licence")
def renew_licence(house):
    licence, longer = a_licence(house, house.nurse), date(2029, 12, 31)
    return _both(
        house,
        lambda by: actions.renew_licence(fresh(licence), by=by, at=NOON, valid_until=longer),
        Licence.objects.filter(valid_until=longer).count,
    )


@race("clinic.people.actions.suspend_licence")
def suspend_licence(house):
    licence = a_licence(house, house.nurse)
    return _both(
        house,
        lambda by: actions.suspend_licence(fresh(licence), by=by, at=NOON, reason="In doubt"),
        Licence.objects.filter(suspended_at__isnull=False).count,
    )


@race("clinic.people.actions.restore_licence")
def restore_licence(house):
    licence = a_licence(house, house.nurse)
    actions.suspend_licence(licence, by=house.manager, at=NOON, reason="In doubt")
    return _both(
        house,
        lambda by: actions.restore_licence(fresh(licence), by=by, at=NOON, reason="Seen"),
        Licence.objects.filter(pk=licence.pk, suspended_at__isnull=True).count,
    )


# -- Places ----------------------------------------------------------------------------------


@race("clinic.people.actions.add_site")
def add_site(house):
    said = {"name": "Quiet House", "zone": "UTC", "jurisdiction": "US-NY"}
    return _both(
        house,
        lambda by: actions.add_site(by=by, at=NOON, **said),
        Site.objects.filter(name="Quiet House").count,
    )


@race("clinic.people.actions.change_site")
def change_site(house):
    # Two sites take the same name at once: each holds the lock on its own row only.
    second = actions.add_site(
        by=house.manager, at=LONG_AGO, name="Quiet House", zone="UTC", jurisdiction="US-NY"
    )
    house.manager.__dict__.pop("roles_now", None)

    def rename(site):
        actions.change_site(fresh(site), by=house.manager, at=NOON, name="Haven")

    return Start(
        (house.manager, lambda: rename(house.site)),
        (house.manager, lambda: rename(second)),
        Site.objects.filter(name="Haven").count,
    )


@race("clinic.people.actions.add_room")
def add_room(house):
    return _both(
        house,
        lambda by: actions.add_room(fresh(house.site), by=by, at=NOON, name="Quiet room"),
        Room.objects.filter(name="Quiet room").count,
    )


@race("clinic.people.actions.close_room")
def close_room(house):
    return _both(
        house,
        lambda by: actions.close_room(fresh(house.room), by=by, at=NOON),
        Room.objects.filter(closed_at__isnull=False).count,
    )


@race("clinic.people.actions.open_room")
def open_room(house):
    actions.close_room(house.room, by=house.manager, at=NOON)
    return _both(
        house,
        lambda by: actions.open_room(fresh(house.room), by=by, at=NOON),
        Room.objects.filter(pk=house.room.pk, closed_at__isnull=True).count,
    )


# -- Rota and absences -----------------------------------------------------------------------


@race("clinic.people.actions.put_on_duty")
def put_on_duty(house):
    said = {"user": house.second_nurse, "duty": "charge"}
    times = {"starts_at": NOON, "ends_at": NOON + 8 * HOUR}
    return _both(
        house,
        lambda by: actions.put_on_duty(house.site, by=by, at=NOON, **said, **times),
        DutyShift.objects.filter(user=house.second_nurse).count,
    )


@race("clinic.people.actions.take_off_duty")
def take_off_duty(house):
    shift = a_shift(house, house.second_nurse)
    seen = {house.manager: fresh(shift)}
    return _both(
        house,
        lambda by: actions.take_off_duty(seen.get(by, shift), by=by, at=NOON),
        DutyShift.objects.filter(user=house.second_nurse).count,
        leaves=0,
    )


@race("clinic.people.actions.record_absence")
def record_absence(house):
    # Both stand: two people say that somebody is away, and away they are.
    times = {"starts_at": NOON, "ends_at": NOON + DAY}
    return _both(
        house,
        lambda by: actions.record_absence(by=by, at=NOON, user=house.nurse, **times),
        Absence.objects.count,
        leaves=2,
        both_done=True,
    )


@race("clinic.people.actions.remove_absence")
def remove_absence(house):
    absence = actions.record_absence(
        by=house.nurse, at=NOON, user=house.nurse, starts_at=NOON, ends_at=NOON + DAY
    )
    seen = {house.manager: fresh(absence)}
    return _both(
        house,
        lambda by: actions.remove_absence(seen.get(by, absence), by=by, at=NOON),
        Absence.objects.count,
        leaves=0,
    )


@race("clinic.people.hours.actions.write_hours")
def write_hours(house):
    # Both stand, one after the other: the week is what was saved last, and both are in the trail.
    week = [(0, time(9), time(17)), (1, time(9), time(17))]
    return _both(
        house,
        lambda by: hours.write_hours(house.nurse, by=by, at=NOON, site=house.site, hours=week),
        WorkingHours.objects.filter(user=house.nurse).count,
        leaves=2,
        both_done=True,
    )


@race("clinic.people.hours.actions.close_day")
def close_day(house):
    return _both(
        house,
        lambda by: hours.close_day(house.site, by=by, at=NOON, day=LAST_DAY, name="Holiday"),
        ClosedDay.objects.count,
    )


@race("clinic.people.hours.actions.open_day")
def open_day(house):
    closed = hours.close_day(house.site, by=house.manager, at=NOON, day=LAST_DAY, name="Holiday")
    seen = {house.manager: fresh(closed)}
    return _both(
        house,
        lambda by: hours.open_day(seen.get(by, closed), by=by, at=NOON),
        ClosedDay.objects.count,
        leaves=0,
    )


# -- The organisation ------------------------------------------------------------------------


@race("clinic.people.actions.change_settings")
def change_settings(house):
    # Both stand, one after the other: the page shows what is saved, and both are in the trail.
    said = {"crisis_text": "Call.", "quiet_from": time(22), "quiet_until": time(7)}
    return _both(
        house,
        lambda by: actions.change_settings(
            Organisation.objects.get(), by=by, at=NOON, name="Harbour", **said
        ),
        Organisation.objects.filter(name="Harbour").count,
        both_done=True,
    )
