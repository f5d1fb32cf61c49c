"""People who were taken for one or for two: merged, parted, linked, told apart; nothing is lost."""

import pytest
from django.db import transaction
from django.utils.timezone import now

from clinic.cases import actions as cases
from clinic.people.models import RoleAtSite
from sessions.rehearsal import walk
from tests.builders.house import PASSWORD
from tests.builders.two_sites import records_at_two_sites
from tests.journeys import given

pytestmark = pytest.mark.browser


@transaction.atomic
def somebody_who_was_treated(house):
    return walk.registered(house, at=now(), **given.ROWAN)


@transaction.atomic
def the_same_person_on_the_telephone(house, known):
    walk.clock(house, now())
    return cases.register(
        by=house.intake,
        at=now(),
        site=house.site,
        family_name="Ashgrofe",
        given_name="Rowan",
        date_of_birth=known.date_of_birth,
        phone="+1 212 555 0177",
        allergies="Latex",
        despite=[known.key],
    )


def test_two_records_of_one_person_become_one_and_are_parted(house, somebody):
    known = somebody_who_was_treated(house)
    other = the_same_person_on_the_telephone(house, known)

    ivy = somebody(house.intake)
    ivy.searches(other.number)
    ivy.clicks("Ashgrofe")
    ivy.sees("Possibly the same person")
    ivy.clicks(f"Compare with {known.number}")
    ivy.sees("Two records side by side", "Who decides eligibility at this site merges records")
    address = ivy.page.url

    lead = somebody(house.medical_lead)
    lead.opens(address)
    lead.chooses(f"{known.number}, Ashgrove, Rowan", of="Which record stays")
    lead.types(How_you_know="The same passport.", Your_password=PASSWORD)
    lead.clicks("Sign and merge", kind="button", exact=True, state="merged")
    lead.sees(f"Merged record {other.number}", "Ashgrofe", "+1 212 555 0177")
    lead.clicks(f"Read record {other.number}", state="the record that was merged")
    lead.sees("It stays as it was; what is new of the person is written there.")

    ivy.searches(other.number, state="found by the old number")
    ivy.clicks("Ashgrove", state="with a merged record")
    ivy.sees(f"On record {other.number}: Latex")

    lead.clicks("These are two people", state="to be parted")
    lead.types(How_you_know="Two passports.", Your_password=PASSWORD)
    lead.clicks("Sign and part", kind="button", exact=True, state="parted")
    lead.sees("Each record has its own again.", f"Parted from record {known.number}", "Ashgrofe")
    ivy.searches(other.number)
    ivy.clicks("Ashgrofe", state="standing alone again")
    ivy.sees(f"Parted from record {known.number}", "Two passports.")


@transaction.atomic
def known_at_two_sites(house):
    """A person whom the sites know by other details, and one medical lead for both of them."""
    RoleAtSite.objects.create(
        user=house.medical_lead, site=house.other_site, role="medical_lead", valid_from=house.at
    )
    return records_at_two_sites(house)


def test_records_of_two_sites_are_linked_or_told_apart_and_either_is_ended(house, somebody):
    here, there = known_at_two_sites(house)

    lead = somebody(house.medical_lead)
    lead.searches(here.number)
    lead.clicks(here.family_name)
    lead.clicks("Records at other sites", state="of a person")
    lead.fills("Name, identifier, birth date", there.number)
    lead.clicks("Look", kind="button", exact=True, state="somebody found")
    lead.clicks(f"Compare with {there.number}", state="to be linked")
    lead.types(How_you_know="The same passport.", Your_password=PASSWORD)
    lead.clicks("Sign and link", kind="button", exact=True, state="linked")
    lead.sees("Linked. A dose at either site counts", "The same passport.")

    lead.clicks(f"End the link with {there.number}", state="to be ended")
    lead.types(How_you_know="Two passports.", Your_password=PASSWORD)
    lead.clicks("Sign and end the link", kind="button", exact=True, state="ended")
    lead.sees("The link is ended.", "Two passports.")

    lead.fills("Name, identifier, birth date", there.number)
    lead.clicks("Look", kind="button", exact=True)
    lead.clicks(f"Tell apart from {there.number}", state="to be told apart")
    lead.types(How_you_know="Twins, seen together.", Your_password=PASSWORD)
    lead.clicks("Sign and tell apart", kind="button", exact=True, state="told apart")
    lead.sees("Neither site's doses stand in the other's way.", "Twins, seen together.")
    lead.clicks(f"Take back about {there.number}", state="to be taken back")
    lead.types(Why_this_is_taken_back="One passport after all.", Your_password=PASSWORD)
    lead.clicks("Sign and take back", kind="button", exact=True, state="taken back")
    lead.sees("Taken back.", "One passport after all.")
