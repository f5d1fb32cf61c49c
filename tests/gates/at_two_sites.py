"""Gates of linking records of two sites, each closed alone."""

from django.urls import reverse

from tests.builders.house import HOUR, NOON, PASSWORD
from tests.builders.two_sites import linked, records_at_two_sites, told_apart, who_decides_at_both
from tests.gates.harness import Situation, closed


def linking(by, route, pair, says):
    url = reverse(route, args=[each.key for each in pair])
    return Situation(by, url, {"reason": "One passport.", "password": PASSWORD}, says, page=url)


@closed("records_linked")
def they_are_linked(house):
    pair, lead = records_at_two_sites(house), who_decides_at_both(house)
    linked(*pair, by=lead, at=NOON - HOUR)
    return linking(lead, "cases:link", pair, "These two records are linked already.")


@closed("records_not_linked")
def they_are_not_linked(house):
    pair, lead = records_at_two_sites(house), who_decides_at_both(house)
    return linking(lead, "cases:unlink", pair, "These two records are not linked.")


@closed("records_told_apart")
def they_were_told_apart(house):
    pair, lead = records_at_two_sites(house), who_decides_at_both(house)
    told_apart(*pair, by=lead, at=NOON - HOUR)
    return linking(lead, "cases:link", pair, "These were said to be two people")


@closed("records_not_told_apart")
def they_were_never_told_apart(house):
    pair, lead = records_at_two_sites(house), who_decides_at_both(house)
    says = "Nobody said of these two records that they are of two people."
    return linking(lead, "cases:retract", pair, says)
