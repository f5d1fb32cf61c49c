"""What taking an answer over does to the screening: how old it is, what it clears, what it fits."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from clinic.cases.models import Case
from clinic.checklists.document import Kind
from clinic.checklists.models import Answer
from clinic.checklists.queries import current_answers
from clinic.protocols.queries import document_of
from clinic.screening import queries
from clinic.screening.sent import actions
from clinic.screening.sent.queries import side_by_side, why_not_the_same
from clinic.workflow import Refused
from tests.builders.cases import a_referred_case
from tests.builders.errata import QUESTION, an_erratum
from tests.builders.house import DAY, NOON, a_house, codes, sign_in
from tests.builders.packets import a_screening_sent_back
from tests.builders.screening import a_begun_screening, answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
LONG_AGO = NOON - 59 * DAY
DEPRESSION = {"indication": "treatment-resistant-depression", "failed_antidepressants": 3}
OTHER_WORDS = "How old are you, in whole years?"
A_CHOICE = "screening.items[1].options[1].label"
OTHER_CHOICE = "Depression of bipolar illness"


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def review(house, form, *items, takes=True, **how):
    return actions.review(form, by=house.nurse, at=NOON, items=items, takes=takes, **how)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def answered(case):
    return current_answers(queries.current_form(case))


def too_old(case, on):
    return [item.code for item in queries.screening_of(case, on=on).too_old]


def test_an_answer_taken_over_is_as_old_as_the_day_the_person_gave_it(client, house):
    case = a_begun_screening(house, case=a_referred_case(house, at=LONG_AGO), at=LONG_AGO)
    sent = a_screening_sent_back(house, case, at=LONG_AGO)
    last_fresh = (LONG_AGO + timedelta(days=90)).date()

    review(house, sent, "age")

    row = Answer.objects.get(form=queries.current_form(case), item="age")
    assert (row.answered_at, row.by_patient, row.answered_by) == (LONG_AGO, True, house.nurse)
    assert too_old(case, last_fresh) == []
    assert too_old(case, last_fresh + timedelta(days=1)) == ["age"]
    page = sign_in(client, house.intake).get(reverse("screening:review", args=[sent.key]))
    assert "the person, 20 Sep 2026" in page.content.decode()


def a_depression_and_another(house):
    """Staff wrote a depression with what was tried; the person says it is something else."""
    case = a_begun_screening(house, at=NOON - DAY)
    answer(house, case, at=NOON - DAY, **DEPRESSION)
    return case, a_screening_sent_back(house, case, indication="ptsd")


def test_a_follow_up_of_staff_is_cleared_only_when_that_was_said_before(client, house):
    case, sent = a_depression_and_another(house)

    with pytest.raises(Refused) as refusal:
        review(house, sent, "indication")

    assert codes(refusal) == ["follow_up_cleared_unsaid"]
    (words,) = refusal.value.messages
    assert words.endswith("its answer (3) be cleared. Press again to agree.")
    assert answered(case)["failed_antidepressants"].value == 3
    review(house, sent, "age")
    assert answered(case)["failed_antidepressants"].value == 3


def test_the_page_says_what_taking_over_clears_before_it_is_pressed(client, house):
    case, sent = a_depression_and_another(house)
    place = reverse("screening:review", args=[sent.key])
    sign_in(client, house.intake)
    page = client.get(place)
    seen = {"seen": page.context["seen"]}

    assert page.content.decode().count("Taking this over clears what staff answered") == 1
    answer(house, case, at=NOON, failed_antidepressants=4)
    stale = client.post(place, {"items": ["indication"], "takes": "yes"} | seen)
    again = {"seen": stale.context["seen"]}
    done = client.post(place, {"items": ["indication"], "takes": "yes"} | again)

    assert (stale.status_code, done.status_code) == (422, 302)
    assert "(4) be cleared." in stale.content.decode()
    assert "failed_antidepressants" not in answered(case)
    assert answered(case)["indication"].value == "ptsd"


def test_a_follow_up_of_staff_stays_where_its_question_is_still_asked(house):
    case = a_begun_screening(house, at=NOON - DAY)
    answer(house, case, at=NOON - DAY, psychosis=True, psychosis_detail="In 1999, a week.")
    sent = a_screening_sent_back(house, case, psychosis=True, psychosis_detail="Long ago.")

    review(house, sent, "psychosis", "age")

    assert answered(case)["psychosis_detail"].value == "In 1999, a week."


@pytest.mark.parametrize("is_sent_first", [True, False])
def test_a_question_put_right_since_is_taken_over_where_it_is_the_same(
    client, house, is_sent_first
):
    case = a_referred_case(house, at=NOON - DAY)
    if is_sent_first:
        sent = a_screening_sent_back(house, case, indication="ptsd")
    else:
        a_begun_screening(house, case=case, at=NOON - DAY)
    an_erratum(house, place=QUESTION, shall_say=OTHER_WORDS)
    an_erratum(house, place=A_CHOICE, shall_say=OTHER_CHOICE)
    if is_sent_first:
        a_begun_screening(house, case=fresh(case), at=NOON)
    else:
        sent = a_screening_sent_back(house, fresh(case), indication="ptsd")

    said = {each.item: each for each in side_by_side(sent)}
    page = sign_in(client, house.intake).get(reverse("screening:review", args=[sent.key]))
    with pytest.raises(Refused) as refusal:
        review(house, sent, "age", "indication")

    assert said["age"].reads == (OTHER_WORDS if is_sent_first else "Age in years")
    assert [each for each in said if said[each].why_not] == ["indication"]
    assert "Cannot be taken over. The screening has other choices" in page.content.decode()
    assert codes(refusal) == ["question_not_the_same"]
    review(house, sent, *[each for each in said if each != "indication"])
    review(house, sent, "indication", takes=False)
    assert set(answered(case)) == set(said) - {"indication"}


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"kind": Kind.TEXT}, "The screening asks it in another way: text, not"),
        ({"unit": "months"}, "The screening asks it in another unit: months."),
    ],
)
def test_why_a_question_is_not_the_same_is_said(house, other, says):
    asked = document_of(house.version).screening.items[0]

    words = [
        why_not_the_same(asked, each) for each in (asked, asked.model_copy(update=other), None)
    ]

    assert words[0] == ""
    assert words[1].startswith(says)
    assert words[2] == "The screening does not ask this question."
