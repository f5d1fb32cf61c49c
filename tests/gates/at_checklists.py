"""Gates of forms, each closed alone."""

from django.urls import reverse

from clinic.checklists import actions
from clinic.people import actions as people
from tests.builders.cases import a_referred_case
from tests.builders.checklists import a_completed_form, an_open_form, given
from tests.builders.house import DAY, NOON
from tests.gates.harness import BY_THE_FORM, Situation, closed


@closed("role")
def their_role_is_at_another_site(house):
    site = people.add_site(
        by=house.manager,
        at=NOON - 300 * DAY,
        name="Quiet House",
        zone="America/New_York",
        jurisdiction="US-NY",
    )
    house.manager.__dict__.pop("roles_now", None)
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


def filling(house, *, says, **typed):
    """An open questionnaire, and what is sent from its page."""
    form = an_open_form(house, a_referred_case(house))
    typed = {"revision": form.revision} | typed
    return Situation(house.nurse, reverse("checklists:fill", args=[form.key]), typed, says)


@closed("incomplete", BY_THE_FORM, "tests/clinic/checklists/test_filling.py::"
        "test_a_form_is_not_completed_while_a_question_is_open")  # fmt: skip
def a_question_has_no_answer(house):
    typed = {"shown": "phq1 phq2", "q_phq1": "not-at-all", "complete": "yes"}
    return filling(house, says="This has no answer yet.", **typed)


@closed("answer_not_possible", BY_THE_FORM, "tests/clinic/checklists/test_filling.py::"
        "test_an_answer_that_cannot_be_one_is_refused_with_the_rest")  # fmt: skip
def the_answer_is_none_of_the_options(house):
    says = "Choose one of the answers offered."
    return filling(house, says=says, shown="phq1", q_phq1="always")


@closed("reopened_without_reason")
def it_is_opened_again_without_a_word(house):
    form = a_completed_form(house, a_referred_case(house))
    url = reverse("checklists:reopen", args=[form.key])
    return Situation(house.nurse, url, {"reason": " "}, "Say why")
