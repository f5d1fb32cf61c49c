import pytest
import time_machine
from django.urls import reverse

from clinic.cases.models import Status
from clinic.checklists.engine import Answer
from clinic.checklists.queries import checklist_of
from clinic.screening import queries
from sessions.rehearsal.answering import harmless
from tests.builders.cases import a_referred_case
from tests.builders.house import NOON, PASSWORD, a_house, sign_in, trail
from tests.builders.screening import (
    Outcome,
    a_begun_screening,
    a_filled_screening,
    an_eligible_case,
    answer,
    decide,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
PAGES = ["form", "findings", "decide"]


@pytest.fixture
def house():
    return a_house()


def place(name, case, *more):
    return reverse(f"screening:{name}", args=[case.key, *more])


@pytest.mark.parametrize("name", PAGES)
def test_every_page_leads_to_the_beginning_until_the_screening_was_begun(client, house, name):
    case = a_referred_case(house)
    sign_in(client, house.intake)

    before = client.get(place(name, case), follow=True)
    a_begun_screening(house, case=case)
    after = client.get(place(name, case))

    assert "Begin the screening" in before.content.decode()
    assert after.status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_closed_to_managers_and_unknown_to_strangers(client, house, name):
    case = a_begun_screening(house)

    assert sign_in(client, house.manager).get(place(name, case)).status_code == 403
    assert sign_in(client, house.stranger).get(place(name, case)).status_code == 404


def test_the_screening_is_begun_by_one_press(client, house):
    case = a_referred_case(house)

    answered = sign_in(client, house.intake).post(place("form", case))

    case.refresh_from_db()
    assert (answered.status_code, case.status) == (302, Status.SCREENING)


def test_some_answers_are_saved_and_the_rest_later(client, house):
    case = a_begun_screening(house)
    sign_in(client, house.intake)
    page = client.get(place("form", case)).context["form"]

    client.post(
        place("form", case),
        {"shown": page["shown"].value(), "revision": 0, "q_age": "41", "q_psychosis": "not_known"},
    )

    answers = queries.screening_of(case).answers
    assert {code: (a.state, a.value) for code, a in answers.items()} == {
        "age": ("known", 41),
        "psychosis": ("not_known", None),
    }


def test_a_wrong_answer_saves_nothing_and_says_so_at_its_field(client, house):
    case = a_begun_screening(house)
    sign_in(client, house.intake)

    answered = client.post(
        place("form", case), {"shown": "age psychosis", "q_age": "old", "q_psychosis": "no"}
    )

    assert answered.status_code == 422
    assert answered.context["form"].errors == {"q_age": ["Write a number."]}
    assert queries.screening_of(case).answers == {}


def test_an_answer_whose_question_falls_away_is_cleared_only_knowingly(client, house):
    case = a_begun_screening(house)
    answer(house, case, psychosis=True, psychosis_detail="In 2004, treated.")
    sign_in(client, house.intake)
    typed = {"shown": "psychosis psychosis_detail", "revision": 1, "q_psychosis": "no"}
    typed["q_psychosis_detail"] = "In 2004, treated."

    first = client.post(place("form", case), typed)
    agreed = first.context["form"]["clearing"].value()
    second = client.post(place("form", case), typed | {"clearing": agreed})

    assert (first.status_code, second.status_code) == (422, 302)
    assert "will be cleared" in first.content.decode()
    assert list(queries.screening_of(case).answers) == ["psychosis"]


def test_a_washout_nobody_knows_the_day_of_is_settled_from_the_findings(client, house):
    case = a_filled_screening(house, other_psychedelic=Answer("not_known"))
    settling = place("rule_on", case, "other_psychedelic")
    sign_in(client, house.medical_lead)
    typed = {"ruling": "cleared", "reason": "Letter of the trial.", "evidence_on": "2026-07-01"}

    listed = client.get(place("findings", case)).content.decode()
    with time_machine.travel(NOON, tick=False):
        client.post(settling, typed)
    after = client.get(place("findings", case)).content.decode()

    assert f'href="{settling}"' in listed
    assert trail()[-1] == "finding settled"
    assert "Letter of the trial." in after
    assert str(house.medical_lead) in after


def test_the_second_of_two_people_sees_both_versions(client, house):
    case = a_begun_screening(house)
    sign_in(client, house.facilitator)
    answer(house, case, age=41)

    answered = client.post(
        place("form", case), {"shown": "age psychosis", "revision": 0, "q_age": "51"}
    )

    page = answered.content.decode()
    assert answered.status_code == 409
    assert ("51" in page, "41" in page, str(house.intake) in page) == (True, True, True)
    assert answered.context["form"]["revision"].value() == "1"
    assert queries.screening_of(case).answers["age"].value == 41


def test_findings_are_grouped_by_meaning(client, house):
    case = a_filled_screening(house, allergy=True, seizures=True)

    answered = sign_in(client, house.intake).get(place("findings", case))

    groups = {g.meaning: [f.item for f in g.found] for g in answered.context["groups"] if g.found}
    assert (groups["exclude"], groups["review"]) == (["allergy"], ["seizures"])


def test_the_prescriber_settles_a_finding(client, house):
    case = a_filled_screening(house, seizures=True)
    sign_in(client, house.prescriber)
    settle = place("rule_on", case, "seizures")

    assert client.get(settle).status_code == 200
    client.post(settle, {"ruling": "accepted", "reason": "None for ten years."})

    assert queries.screening_of(case).item("seizures").is_open is False


def test_intake_staff_see_the_finding_and_why_they_cannot_settle_it(client, house):
    case = a_filled_screening(house, seizures=True)
    sign_in(client, house.intake)
    settle = place("rule_on", case, "seizures")

    shown = client.get(settle)
    posted = client.post(settle, {"ruling": "accepted", "reason": "Fine."})

    assert "None of your roles at this site decides eligibility." in shown.content.decode()
    assert (posted.status_code, trail()[-1]) == (422, "refused")


def test_there_is_nothing_to_settle_about_a_harmless_answer(client, house):
    case = a_filled_screening(house)

    settle = place("rule_on", case, "allergy")

    assert sign_in(client, house.prescriber).get(settle).status_code == 404


def test_the_prescriber_decides_and_signs(client, house):
    case = a_filled_screening(house)

    sign_in(client, house.prescriber).post(
        place("decide", case), {"outcome": "eligible", "password": PASSWORD}
    )

    case.refresh_from_db()
    assert (case.status, queries.standing_decision(case).outcome) == (Status.ELIGIBLE, "eligible")


def test_a_wrong_password_signs_nothing(client, house):
    case = a_filled_screening(house)

    answered = sign_in(client, house.prescriber).post(
        place("decide", case), {"outcome": "eligible", "password": "wrong"}
    )

    case.refresh_from_db()
    assert (answered.status_code, case.status) == (422, Status.SCREENING)


def test_intake_staff_see_why_they_cannot_decide(client, house):
    case = a_filled_screening(house)
    sign_in(client, house.intake)

    shown = client.get(place("decide", case))
    posted = client.post(place("decide", case), {"outcome": "eligible", "password": PASSWORD})

    case.refresh_from_db()
    assert shown.status_code == 200
    assert "None of your roles at this site decides eligibility." in shown.content.decode()
    assert (posted.status_code, case.status) == (422, Status.SCREENING)


def test_the_form_says_before_that_an_edit_opens_the_decision_again(client, house):
    case = an_eligible_case(house)

    page = sign_in(client, house.intake).get(place("form", case)).content.decode()

    assert "opens the decision again" in page


def test_a_decided_screening_is_opened_again_from_the_page(client, house):
    case = a_filled_screening(house)
    decide(house, case, outcome=Outcome.DECLINED, reason="Not now.")
    sign_in(client, house.prescriber)

    client.post(place("reopen", case), {"reason": "A letter came."})
    again = client.post(place("reopen", case), {"reason": "Once more."})

    case.refresh_from_db()
    assert (case.status, again.status_code) == (Status.SCREENING, 422)


def test_every_harmless_answer_can_be_given_on_the_page(client, house):
    case = a_begun_screening(house)
    sign_in(client, house.intake)
    for _ in range(4):
        page = client.get(place("form", case)).context["form"]
        wanted = harmless(checklist_of(queries.current_form(case)), NOON.date())
        typed = {"shown": page["shown"].value(), "revision": page["revision"].value()}
        for code in typed["shown"].split():
            value = wanted[code].value if code in wanted else ""
            spelled = (
                {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            )
            typed[f"q_{code}"] = spelled
        assert client.post(place("form", case), typed).status_code == 302

    screening = queries.screening_of(case)
    assert screening.asked == screening.answered
