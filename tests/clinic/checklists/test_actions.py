"""Filling a form: what is kept, what is refused, and who hears of a flag."""

import pytest

from clinic.checklists import actions
from clinic.checklists.engine import Answer
from clinic.checklists.models import Form
from clinic.checklists.queries import current_answers
from clinic.checklists.signals import answered
from clinic.workflow import Refused
from tests.builders.cases import a_referred_case
from tests.builders.checklists import a_completed_form, an_open_form, given
from tests.builders.house import NOON, a_house, codes, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_referred_case(house)


def say(house, form, *, revision=None, **answers):
    """The facilitator saves some answers."""
    return actions.answer(
        form,
        by=house.facilitator,
        at=NOON,
        answers=given(**answers),
        revision=form.revision if revision is None else revision,
    )


def test_one_form_of_a_kind_is_filled_at_a_time(house, case):
    form = an_open_form(house, case)

    assert an_open_form(house, case, by=house.nurse) == form
    assert trail()[-1] == "form opened"


def test_only_who_fills_forms_opens_one(house, case):
    with pytest.raises(Refused) as refusal:
        an_open_form(house, case, by=house.manager)

    assert codes(refusal) == ["role"]


def test_the_newest_answer_stands_and_the_earlier_stays(house, case):
    form = an_open_form(house, case)

    say(house, form, phq1="not-at-all")
    say(house, form, phq1="several-days")

    assert current_answers(form) == given(phq1="several-days")
    assert list(form.answers.values_list("value", flat=True)) == ["not-at-all", "several-days"]
    assert form.revision == 2


def test_an_empty_answer_takes_one_back(house, case):
    form = an_open_form(house, case)
    say(house, form, phq1="not-at-all")

    actions.answer(form, by=house.nurse, at=NOON, answers={"phq1": Answer()}, revision=1)

    assert current_answers(form) == {}
    assert list(form.answers.values_list("state", flat=True)) == ["known", "cleared"]


def test_saving_what_stands_writes_nothing(house, case):
    form = an_open_form(house, case)
    say(house, form, phq1="not-at-all")
    before = trail()

    say(house, form, phq1="not-at-all")

    assert (form.revision, trail()) == (1, before)


def test_nobody_saves_over_what_they_have_not_seen(house, case):
    form = an_open_form(house, case)
    say(house, form, phq1="not-at-all")

    with pytest.raises(Refused) as refusal:
        say(house, form, revision=0, phq1="several-days")

    assert codes(refusal) == ["changed"]
    assert current_answers(form) == given(phq1="not-at-all")


def test_an_answer_that_cannot_be_one_is_refused(house, case):
    form = an_open_form(house, case)

    with pytest.raises(Refused) as refusal:
        say(house, form, phq1="now and then")

    assert codes(refusal) == ["answer_not_possible"]
    assert form.answers.count() == 0


def test_a_form_is_not_complete_while_a_question_is_open(house, case):
    form = an_open_form(house, case)
    say(house, form, phq1="not-at-all")

    with pytest.raises(Refused) as refusal:
        actions.complete(form, by=house.facilitator, at=NOON)

    assert set(codes(refusal)) == {"incomplete"}
    assert Form.objects.get(pk=form.pk).status == "open"


def test_a_completed_form_is_scored_and_takes_no_more(house, case):
    form = a_completed_form(house, case, each=1)
    assert (form.total, form.band) == (9, "mild")

    with pytest.raises(Refused) as refusal:
        say(house, form, phq1="not-at-all")

    assert codes(refusal) == ["status"]


def test_the_last_answers_and_the_completion_are_one_act(house, case):
    form = an_open_form(house, case)

    with pytest.raises(Refused):
        actions.finish(form, by=house.nurse, at=NOON, answers=given(phq1="not-at-all"), revision=0)

    assert form.answers.count() == 0


def test_a_completed_form_is_opened_again_for_a_reason(house, case):
    form = a_completed_form(house, case)
    with pytest.raises(Refused) as refusal:
        actions.reopen(form, by=house.nurse, at=NOON, reason=" ")
    assert codes(refusal) == ["reopened_without_reason"]

    actions.reopen(form, by=house.nurse, at=NOON, reason="Question 3 was misread.")

    assert (form.status, form.total, form.completed_by) == ("open", None, None)
    assert trail()[-1] == "form opened again"


def test_a_flag_is_raised_as_the_answer_is_given(house, case):
    form, raised = an_open_form(house, case), []

    def hear(form, flags, **kwargs):
        raised.extend(flag.item for flag in flags)

    answered.connect(hear)
    try:
        say(house, form, phq9="several-days")
        say(house, form, phq1="not-at-all")
    finally:
        answered.disconnect(hear)

    assert raised == ["phq9"]
