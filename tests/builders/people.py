"""Staff, licences and places, by the real actions."""

from datetime import date

from clinic.people import actions
from clinic.people.models import RoleAtSite, User
from clinic.people.queries import token_of
from tests.builders.house import DAY, NOON, PASSWORD

LAST_DAY = date(2027, 12, 31)


def an_invitation(
    house, *, by=None, at=NOON, name="Nia New", email="nia@vigil.example", role="nurse"
):
    """Somebody the manager has just invited."""
    return actions.invite(
        by=by or house.manager, at=at, site=house.site, name=name, email=email, role=role
    )


def link_of(invitation):
    """The address in the invitation's mail."""
    return f"/staff/invitation/{token_of(invitation)}/"


def a_colleague(house, *, at=NOON, **facts):
    """Somebody who accepted an invitation."""
    invitation = an_invitation(house, at=at - DAY, **facts)
    return actions.accept(invitation, by=None, at=at, password=PASSWORD)


def who_holds(house, role):
    """Somebody with this one role at the house's site; made where nobody of the house has it."""
    for person in house.people.values():
        if {each.role for each in person.roles_now} == {role}:
            return person
    user = User.objects.create(email=f"{role}@vigil.example", name=f"Some {role}", joined_at=NOON)
    RoleAtSite.objects.create(user=user, site=house.site, role=role, valid_from=NOON - 60 * DAY)
    return user


def a_licence(house, user, *, at=NOON, number="X-1", valid_until=LAST_DAY, verified=True):
    """A nurse's licence at the house's site, whose proof the manager has seen."""
    licence = actions.add_licence(
        user,
        by=house.manager,
        at=at,
        profession="registered_nurse",
        jurisdiction=house.site.jurisdiction,
        number=number,
        valid_from=date(2025, 1, 1),
        valid_until=valid_until,
        acts=["monitor"],
    )
    if verified:
        actions.verify_licence(licence, by=house.manager, at=at)
    return licence


def a_shift(house, user, *, duty="charge", at=NOON, starts_at=NOON, ends_at=NOON + DAY):
    """Somebody on duty for a day."""
    return actions.put_on_duty(
        house.site,
        by=house.manager,
        at=at,
        user=user,
        duty=duty,
        starts_at=starts_at,
        ends_at=ends_at,
    )
