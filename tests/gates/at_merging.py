"""Gates of merging two records and of parting them, each closed alone."""

from django.urls import reverse

from clinic.cases import actions as cases
from clinic.cases.models import Status
from tests.builders.booking import a_visit
from tests.builders.cases import a_case_in, a_patient, a_referred_case
from tests.builders.house import HOUR, NOON, PASSWORD
from tests.builders.merging import merged, parted, two_records
from tests.gates.harness import Situation, closed


def merging(house, kept, other, says, page=True):
    url = reverse("cases:merge", args=[kept.key, other.key])
    typed = {"stays": kept.key, "reason": "One passport.", "password": PASSWORD}
    return Situation(house.medical_lead, url, typed, says, page=url if page else "")


@closed("merge_pair")
def it_is_one_record(house):
    kept, _ = two_records(house)
    return merging(house, kept, kept, "Two records of one site are merged, and these are not.")


@closed("record_is_merged")
def it_was_merged_before(house):
    kept, other = two_records(house)
    merged(house, kept, other, at=NOON - HOUR)
    return merging(house, kept, other, f"Record {other.number} was merged into {kept.number}")


@closed("merge_deaths_differ")
def a_death_stands_on_one(house):
    kept, other = two_records(house)
    cases.died(other, by=house.nurse, at=NOON - HOUR)
    return merging(house, kept, other, f"Of record {kept.number} no death is recorded")


@closed("merge_visits_overlap")
def they_are_seen_in_two_places(house):
    kept, other = two_records(house)
    for patient, who in ((kept, house.facilitator), (other, house.second_facilitator)):
        case = a_case_in(house, Status.PREPARING, case=a_referred_case(house, patient=patient))
        a_visit(house, case, room=None, people=[(who, "facilitator")])
    return merging(house, kept, other, "at the same time")


def parting(house, record, says):
    url = reverse("cases:part", args=[record.key])
    typed = {"reason": "Two passports.", "password": PASSWORD}
    return Situation(house.medical_lead, url, typed, says, page=url)


@closed("records_stand_apart")
def they_were_parted_before(house):
    kept, other = two_records(house)
    parted(house, merged(house, kept, other, at=NOON - HOUR), at=NOON - HOUR)
    return parting(house, other, f"Records {other.number} and {kept.number} were parted.")


@closed("parted_in_order")
def the_record_that_stayed_was_merged_since(house):
    kept, other = two_records(house)
    third = a_patient(house, given_name="Rob")
    merged(house, kept, other, at=NOON - HOUR)
    kept.refresh_from_db()
    merged(house, third, kept, at=NOON - HOUR)
    return parting(house, other, f"Record {kept.number} was merged into {third.number} since")
