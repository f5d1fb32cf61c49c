"""Gates of records opened outside care, each closed alone."""

from django.urls import reverse

from clinic.cases import actions as cases
from clinic.cases.break_glass import actions
from clinic.cases.models import Status
from clinic.context import set_context_of
from clinic.people import actions as people
from clinic.people.models import User
from tests.builders.cases import a_case_in
from tests.builders.house import HOUR, MINUTE, NOON, PASSWORD, proof
from tests.gates.harness import Situation, closed


def a_case_in_care(house, by="facilitator"):
    case = a_case_in(house, Status.PREPARING)
    cases.join_team(case, by=house.intake, at=NOON, user=house.people[by], capacity=by)
    return case


def glass_over(house, case, *, at=NOON - 10 * MINUTE, by="second_nurse"):
    """A record opened by somebody who is not in its care."""
    user = User.objects.get(pk=house.people[by].pk)
    set_context_of(user, clock=at)
    return actions.break_glass(
        house.site,
        by=user,
        at=at,
        reason="She stands at the door.",
        proof=proof(user, at),
        number=case.patient.number,
    )


def looking(house, user, says, **typed):
    data = {"site": house.site.pk, "reason": "She stands at the door.", "password": PASSWORD}
    return Situation(user, reverse("break_glass:break"), data | typed, says)


def reviewing(house, user, glass, says, page=True):
    address = reverse("break_glass:show", args=[glass.key])
    typed = {"verdict": "justified", "review": "She was alone."}
    return Situation(user, address, typed, says, page=address if page else "")


@closed("nobody_found_outside_care")
def nobody_is_called_so(house):
    return looking(house, house.second_nurse, "No one person at this site", number="999999")


@closed("in_care_already")
def they_care_for_the_person(house):
    case = a_case_in_care(house)
    return looking(house, house.facilitator, "is open to you already", number=case.patient.number)


@closed("glass_has_ended")
def it_was_closed_before(house):
    glass = glass_over(house, a_case_in_care(house))
    actions.give_back(glass, by=house.privacy_officer, at=NOON - MINUTE)
    post = reverse("break_glass:give_back", args=[glass.key])
    return Situation(house.privacy_officer, post, {}, "is closed already")


@closed("glass_is_reviewed")
def somebody_has_reviewed_it(house):
    glass = glass_over(house, a_case_in_care(house), at=NOON - 2 * HOUR)
    actions.review_glass(
        glass, by=house.safety_lead, at=NOON - HOUR, verdict="justified", review="She was alone."
    )
    return reviewing(house, house.privacy_officer, glass, "has reviewed this already", page=False)


@closed("reviews_own_opening")
def the_privacy_officer_opened_it(house):
    nurse = house.second_nurse
    people.give_role(
        nurse, by=house.manager, at=NOON - HOUR, site=house.site, role="privacy_officer"
    )
    glass = glass_over(house, a_case_in_care(house))
    return reviewing(house, nurse, glass, "somebody else reviews it")
