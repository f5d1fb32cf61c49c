"""Gates of what is put before a person, each closed alone."""

from django.urls import reverse

from clinic.cases import actions as cases
from clinic.links import actions
from tests.builders.cases import a_patient, a_referred_case
from tests.builders.house import NOON
from tests.builders.links import a_link
from tests.gates.harness import Situation, closed


def offering(house, case, *, says, by_email="yes", page=False):
    url = reverse("links:index", args=[case.key])
    typed = {"code": "phq-9", "by_email": by_email}
    return Situation(house.facilitator, url, typed, says, url if page else "")


@closed("link_after_death")
def the_person_has_died(house):
    case = a_referred_case(house)
    cases.died(case.patient, by=house.nurse, at=NOON)
    return offering(house, case, says="This person has died.", by_email="no", page=True)


@closed("message_without_consent")
def they_have_not_agreed_to_be_written_to(house):
    case = a_referred_case(house, patient=a_patient(house, may_email=False))
    return offering(house, case, says="This person has not agreed to e-mail.")


@closed("message_without_address")
def there_is_no_address(house):
    case = a_referred_case(house, patient=a_patient(house, email=""))
    return offering(house, case, says="There is no e-mail address.")


@closed("link_over")
def it_was_taken_back(house):
    link, _ = a_link(house, a_referred_case(house))
    actions.revoke(link, by=house.facilitator, at=NOON)
    url = reverse("links:revoke", args=[link.key])
    return Situation(house.facilitator, url, {}, "This link no longer opens anything.")
