"""Beside a form of the state somebody is decided on: confirmed first, deferred, declined in the end."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from sessions.rehearsal import walk
from tests.builders.cases import a_referred_case
from tests.builders.screening import STATE_FORM, a_filled_screening, a_version_with_an_official_form
from tests.journeys import given

pytestmark = pytest.mark.browser
DAY = timedelta(days=1)


@transaction.atomic
def somebody_screened(house):
    at = now() - 2 * DAY
    walk.clock(house, at)
    house.version = a_version_with_an_official_form(house, at=at - DAY)
    case = a_referred_case(house, at=at, **given.ROWAN)
    a_filled_screening(house, at=at, case=case, allergy=True, psychosis=True)


def when_the_medical_lead_decides_past_an_exclusion(mats):
    mats.opens_the_case_of("Ashgrove")
    mats.clicks("Settle the findings")
    found = mats.page.locator("article", has_text="Now or ever a psychotic disorder")
    mats.clicks("Settle this", within=found, state="an exclusion that may be accepted")
    mats.fills("Accepted after review", True)
    mats.types(What_this_rests_on="Once, in 2004, after a fever.")
    mats.signs("Settle it")
    mats.sees("Settled.", "I have weighed this exclusion and decide past it.")


def test_a_deferral_comes_due_and_ends_in_a_decline_for_a_reason(house, somebody, clock):
    somebody_screened(house)
    when_the_medical_lead_decides_past_an_exclusion(somebody(house.medical_lead))
    priya = somebody(house.prescriber)
    priya.opens_the_case_of("Ashgrove")
    priya.clicks("Settle the findings", state="beside an official form")
    priya.clicks("Official form", kind="link", exact=True)
    priya.sees(STATE_FORM, "I have been through the entry form of the state with them.")
    priya.types(Edition="2025-01", Language_or_format="English")
    priya.signs("Confirm and sign")
    priya.sees("Confirmed and signed.", "The answers give: An allergy to ketamine.")

    priya.fills("Deferred", True)
    priya.types(Why="After a test for allergies.")
    priya.fills("Deferred until", f"{now() + 3 * DAY:%Y-%m-%d}")
    priya.signs("Sign the decision")
    priya.clicks("Today", kind="link", exact=True, state="nothing due")
    priya.sees("No deferral is due.")

    clock.goes_on(days=4)
    priya.signs_in(house.prescriber)
    priya.sees("Deferrals due")
    priya.clicks("Ashgrove", within=priya.page.locator("main"), state="deferral due")
    priya.page.locator("summary", has_text="Open the screening again").click()
    priya.types(Why="The test is back.")
    priya.clicks("Open it again")
    priya.clicks("Decision", kind="link", exact=True)
    priya.fills("Declined", True)
    priya.types(Why="The test says so.")
    priya.page.locator("main input[type=password]").first.fill("correct horse battery staple")
    priya.is_refused("Sign the decision")
    priya.sees("Choose the reasons for the decline, or that it is none of these.")
    priya.fills("An allergy to ketamine", True)
    priya.signs("Sign the decision")
    priya.sees("Decided and signed.", "An allergy to ketamine")
