"""Gates of forms, each closed alone."""

from django.urls import reverse

from clinic.checklists import actions
from clinic.people import actions as people
from tests.builders.cases import a_referred_case
from tests.builders.checklists import an_open_form, given
from tests.builders.house import DAY, NOON
from tests.gates.harness import Situation, closed


@closed("role")
def their_role_is_at_another_site(house):
    site = people.add_site(
        by=house.manager,
        at=NOON - 300 * DAY,
        name="Quiet House",
        zone="America/New_York",
        jurisdiction="US-NY",
    )
    del house.manager.roles_now
    people.give_role(
        house.safety_lead, by=house.manager, at=NOON - 300 * DAY, site=site, role="facilitator"
    )
    url = reverse("checklists:start", args=[a_referred_case(house).key, "phq-9"])
    says = "None of your roles at this site fills forms."
    return Situation(house.safety_lead, url, {}, says, page=url)


@closed("changed")
def somebody_else_was_first(house):
    form = an_open_form(house, a_referred_case(house))
    actions.answer(
        form, by=house.nurse, at=NOON, answers=given(phq1="not-at-all"), revision=form.revision
    )
    typed = {"revision": 0, "shown": "phq1 phq2", "q_phq1": "several-days"}
    url = reverse("checklists:fill", args=[form.key])
    return Situation(house.facilitator, url, typed, "Somebody else has answered on this form")
