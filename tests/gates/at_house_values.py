"""Gates of a site's own values, each closed alone."""

from django.urls import reverse

from clinic.protocols.house import actions
from tests.builders.house import NOON, PASSWORD, proof
from tests.builders.house_values import STAY, a_stated_value
from tests.gates.harness import Situation, closed


def stating(house, says, **typed):
    url = reverse("house:state", args=[house.version.key])
    data = {"site": house.site.pk, "place": STAY, "value": 400, "reason": "Ours."} | typed
    return Situation(house.prescriber, url, data, says)


@closed("house_value_looser")
def it_is_looser(house):
    return stating(house, "is not stricter than", value=1)


@closed("house_value_stated")
def it_is_stated_already(house):
    a_stated_value(house)
    return stating(house, "The site states this number already;")


@closed("house_value_past")
def its_last_day_is_over(house):
    return stating(house, "The last day of a house value lies ahead.", ends_on="2026-01-01")


@closed("house_value_settled")
def it_was_ended_before(house):
    value, lead = a_stated_value(house), house.medical_lead
    actions.end(value, by=lead, at=NOON, reason="A slip.", proof=proof(lead, NOON))
    url = reverse("house:end", args=[value.key])
    typed = {"reason": "Again.", "password": PASSWORD}
    return Situation(lead, url, typed, "This value was ended already.")
