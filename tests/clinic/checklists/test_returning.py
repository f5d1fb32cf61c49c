"""Somebody who comes back: what they said last time is read beside the form, never carried in."""

import pytest
import time_machine
from django.urls import reverse

from clinic.cases.models import Case, Status
from clinic.checklists.models import Answer as Row
from clinic.checklists.returning.queries import last_time
from clinic.links import actions as links
from tests.builders.cases import a_case_in, a_patient, a_referred_case
from tests.builders.checklists import a_completed_form, an_open_form
from tests.builders.house import DAY, NOON, a_house, sign_in
from tests.builders.screening import a_begun_screening, a_filled_screening, decide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
BEFORE = NOON - 30 * DAY


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def came_back(house, case):
    """The case that was, left; and a new one of the same person."""
    a_case_in(house, Status.WITHDRAWN, case=case)
    return a_referred_case(house, patient=case.patient, at=NOON - DAY)


def test_the_same_question_has_its_last_answer_beside_it(client, house):
    case = a_referred_case(house)
    a_completed_form(house, case, at=BEFORE, each=2)
    form = an_open_form(house, came_back(house, case))

    page = sign_in(client, house.facilitator).get(reverse("checklists:fill", args=[form.key]))

    said = page.content.decode()
    assert said.count("Last time, 19 Oct 2026:") == len(page.context["checklist"].items)
    assert "<bdi>More than half the days</bdi>" in said


def test_nothing_of_it_is_carried_in(client, house):
    case = a_referred_case(house)
    a_completed_form(house, case, at=BEFORE, each=2)
    form = an_open_form(house, came_back(house, case))

    page = sign_in(client, house.facilitator).get(reverse("checklists:fill", args=[form.key]))

    assert page.context["form"].standing == {}
    assert not any(question.value() for question in page.context["form"].questions)
    assert not Row.objects.filter(form=form).exists()


def test_what_was_said_twice_before_is_the_newer_of_both(house):
    case = a_referred_case(house)
    a_completed_form(house, case, at=BEFORE, each=3)
    a_completed_form(house, case, at=BEFORE + DAY, each=1)
    form = an_open_form(house, came_back(house, case))

    said = {each.spoken for each in last_time(form).values()}
    assert "Several days" in said
    assert "Nearly every day" not in said


def test_what_stands_on_this_case_or_on_another_person_is_no_last_time(house):
    case = a_referred_case(house)
    a_completed_form(house, case, at=BEFORE)
    other = a_patient(house, family_name="Ortega", email="o@example.org", phone="+1 212 555 0155")
    a_completed_form(house, a_referred_case(house, patient=other), at=BEFORE)

    assert last_time(an_open_form(house, case)) == {}


def test_a_question_in_other_words_is_another_question(house):
    case = a_referred_case(house)
    done = a_completed_form(house, case, at=BEFORE)
    form = an_open_form(house, came_back(house, case))
    assert last_time(form)

    form.definition = {
        **form.definition,
        "items": [item | {"text": f"{item['text']} Really?"} for item in form.definition["items"]],
    }
    form.definition_digest = f"another than {done.definition_digest}"

    assert last_time(form) == {}


def test_the_patient_on_their_link_is_not_shown_what_staff_read(client, house):
    case = a_referred_case(house)
    a_completed_form(house, case, at=BEFORE)
    form = an_open_form(house, came_back(house, case), by_patient=True)
    _, token = links.make_link(form, by=house.intake, at=NOON, days=7)

    page = client.get(reverse("links:open", args=[token]), follow=True)

    assert page.status_code == 200
    assert "Last time" not in page.content.decode()


def test_a_screening_shows_what_was_said_at_the_last_one(client, house):
    case = a_filled_screening(house, at=BEFORE)
    decide(house, case, at=BEFORE + DAY, outcome="declined", reason="Not now.")
    again = a_begun_screening(house, case=came_back_declined(house, case), at=NOON - DAY)

    page = sign_in(client, house.intake).get(reverse("screening:form", args=[again.key]))

    assert "Last time," in page.content.decode()


def came_back_declined(house, case):
    return a_referred_case(house, patient=Case.objects.get(pk=case.pk).patient, at=NOON - DAY)
