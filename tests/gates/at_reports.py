"""Gates of what is reported outside, each closed alone."""

from django.urls import reverse

from tests.builders.house import HOUR, NOON, PASSWORD
from tests.builders.reports import a_report
from tests.gates.harness import BY_THE_FORM, Situation, closed

AT = NOON + 6 * HOUR


def sending(house, says, sent_on):
    url = reverse("reports:send", args=[a_report(house).key])
    data = {"sent_on": sent_on, "how": "fax", "password": PASSWORD}
    return Situation(house.medical_lead, url, data, says, at=AT)


@closed("report_sent_ahead")
def it_goes_tomorrow(house):
    return sending(house, "That day is still to come. Write when it went.", "2026-11-19")


@closed("report_sent_too_soon")
def it_went_before_what_it_tells_of(house):
    says = "What it tells of ends on 18 November 2026; send it after that."
    return sending(house, says, "2026-11-17")


@closed("report_not_owed_without_reason", BY_THE_FORM, "tests/sessions/reports/test_settling.py::"
        "test_what_is_not_owed_needs_a_reason")  # fmt: skip
def nobody_says_why_it_is_not_owed(house):
    url = reverse("reports:set_aside", args=[a_report(house).key])
    data = {"words": " ", "password": PASSWORD}
    return Situation(house.medical_lead, url, data, "Fill this in.", at=AT)
