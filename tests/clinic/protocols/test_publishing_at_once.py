import pytest
from django.db import transaction

from clinic.context import acting_as
from clinic.people import actions as people
from clinic.people.models import Invitation, RoleAtSite, User
from clinic.protocols import actions
from clinic.protocols.models import ProtocolVersion
from tests.builders.house import HOUR, NOON, PASSWORD, a_house, proof
from tests.builders.people import an_invitation
from tests.builders.protocols import a_reviewed_version, places
from tests.faults.two_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(db):
    with transaction.atomic():
        return a_house()


def publishing(house, version):
    def act():
        fresh = ProtocolVersion.objects.get(pk=version.pk)
        actions.publish(
            fresh,
            by=house.approver,
            at=NOON,
            confirmed=places(fresh),
            proof=proof(house.approver, NOON),
        )

    return house.approver, act


def endings(house, *acts):
    return sorted(str(ending) for ending in at_once(*acts, site=house.site))


def test_a_version_is_published_once(house):
    with acting_as(house.author):
        version = a_reviewed_version(house)

    assert endings(house, *[publishing(house, version)] * 2) == ["['status']", "done"]


def test_two_versions_published_at_once_leave_one_in_force(house):
    with acting_as(house.author):
        versions = [a_reviewed_version(house, title=f"Ketamine {n}") for n in range(2)]

    assert endings(house, *[publishing(house, v) for v in versions]) == ["done", "done"]
    assert ProtocolVersion.objects.filter(status="published").count() == 1
    assert ProtocolVersion.objects.filter(status="retired").count() == 2


def test_an_invitation_is_used_once_however_often_it_is_pressed(house):
    with acting_as(house.manager):
        invitation = an_invitation(house)

    def accept():
        fresh = Invitation.objects.get(pk=invitation.pk)
        people.accept(fresh, by=None, at=NOON, password=PASSWORD)

    found = endings(house, (house.manager, accept), (house.manager, accept))

    assert found == ["['invitation_over', 'not_the_invited']", "done"]
    assert RoleAtSite.objects.filter(user__email=invitation.email).count() == 1


def test_two_managers_cannot_end_each_other_s_role(house):
    with acting_as(house.manager):
        other = people.give_role(
            house.nurse, by=house.manager, at=NOON, site=house.site, role="manager"
        )
    mine = RoleAtSite.objects.get(user=house.manager, role="manager")

    def ending(role, by):
        def act():
            found = RoleAtSite.objects.get(pk=role.pk)
            people.end_role(found, by=User.objects.get(pk=by.pk), at=NOON + HOUR)

        return by, act

    found = endings(house, ending(mine, house.nurse), ending(other, house.manager))

    # Whose own role has just ended is told that too.
    assert found[0] in {"['last_manager']", "['role', 'last_manager']"}
    assert found[1] == "done"
