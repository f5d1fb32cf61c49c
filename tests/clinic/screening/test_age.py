"""Answers that have grown too old: nobody decides on them, and everything is asked again."""

import pytest
from django.urls import reverse

from clinic.checklists.models import Form
from clinic.screening import actions, queries
from clinic.workflow import Refused
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, NOON, a_house, sign_in, trail
from tests.builders.screening import a_filled_screening, answer, decide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
LAST_FRESH = NOON - 90 * DAY


@pytest.fixture
def house():
    return a_house()


def filled(house, at):
    return a_filled_screening(house, at=at, case=a_referred_case(house, at=at))


def test_answers_are_decided_on_for_as_many_days_as_the_list_says(house):
    fresh, old = filled(house, LAST_FRESH), filled(house, LAST_FRESH - DAY)

    decide(house, fresh, at=NOON)
    with pytest.raises(Refused) as refusal:
        decide(house, old, at=NOON)

    assert set(refusal.value.codes) == {"answers_too_old"}
    assert "older than 90 days" in str(refusal.value.obstacles[0])


def test_one_answer_given_anew_does_not_make_the_others_younger(house):
    case = filled(house, LAST_FRESH - DAY)
    before = len(queries.screening_of(case, on=NOON.date()).too_old)

    answer(house, case, at=NOON, age=41)

    assert len(queries.screening_of(case, on=NOON.date()).too_old) == before - 1


def test_everything_is_asked_again_and_the_old_answers_stay_readable(client, house):
    case = filled(house, LAST_FRESH - DAY)
    old = queries.current_form(case)
    sign_in(client, house.intake)
    page = client.get(reverse("screening:form", args=[case.key])).content.decode()

    client.post(reverse("screening:begin_anew", args=[case.key]))

    new = queries.screening_of(case)
    old.refresh_from_db()
    findings = client.get(reverse("screening:findings", args=[case.key])).content.decode()
    read = client.get(reverse("checklists:read", args=[old.key])).content.decode()
    assert "Ask everything again" in page
    assert (old.status, new.answers, new.too_old) == ("abandoned", {}, ())
    assert reverse("checklists:read", args=[old.key]) in findings
    assert "Abandoned" in read
    assert 'name="q_age"' not in read
    assert trail()[-2:] == ["form given up", "form opened"]


def test_a_fresh_screening_is_not_asked_again(house):
    case = filled(house, LAST_FRESH)

    with pytest.raises(Refused) as refusal:
        actions.begin_anew(case, by=house.intake, at=NOON)

    assert refusal.value.codes == ["screening_still_fresh"]
    assert Form.objects.count() == 1
