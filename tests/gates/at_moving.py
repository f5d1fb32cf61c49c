"""Gates of moving a case to another version, each closed alone."""

from django.urls import reverse

from clinic.cases.models import Status
from clinic.people.models import Licence
from clinic.protocols.queries import published_versions
from tests.builders.cases import a_case_in
from tests.builders.house import MINUTE, NOON, PASSWORD
from tests.builders.protocols import a_published_version, a_text
from tests.builders.supervised import a_checked_in_session
from tests.gates.harness import Situation, closed


def moving(house, case, says, to=None):
    to = to or published_versions().get(protocol=house.version.protocol)
    url = reverse("cases:move", args=[case.key])
    typed = {"to": to.key, "reason": "The longer stay.", "password": PASSWORD}
    return Situation(house.prescriber, url, typed, says, page=url)


@closed("move_target")
def the_case_is_on_the_version_in_force(house):
    case = a_case_in(house, Status.ELIGIBLE)
    situation = moving(house, case, "The case is on version")
    situation.page = ""  # the page says that no other version is in force
    return situation


@closed("move_unlicensed")
def the_licence_to_decide_is_not_verified(house):
    case = a_case_in(house, Status.ELIGIBLE)
    a_published_version(house, a_text(), at=NOON - MINUTE)
    Licence.objects.filter(user=house.prescriber).update(verified_at=None, verified_by=None)
    return moving(house, case, "You hold no verified licence in force today in US-NY")


@closed("move_in_session")
def the_person_is_checked_in(house):
    session = a_checked_in_session(house)
    a_published_version(house, a_text(), at=NOON - MINUTE)
    return moving(house, session.case, "A supervised session is checked in;")
