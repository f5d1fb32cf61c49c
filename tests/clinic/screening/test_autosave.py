import pytest
from django.db import transaction
from django.urls import reverse

from clinic.context import acting_as
from clinic.screening import queries
from tests.builders.house import a_house, sign_in
from tests.builders.screening import a_begun_screening, answer

pytestmark = pytest.mark.usefixtures("in_the_house")


@pytest.fixture
def house(db):
    return a_house()


def autosave(client, case, **typed):
    return client.post(reverse("screening:autosave", args=[case.key]), typed)


@pytest.mark.django_db
def test_what_is_well_formed_is_kept_and_nothing_is_complained_of(client, house):
    case = a_begun_screening(house)
    sign_in(client, house.intake)

    answered = autosave(
        client, case, shown="age systolic", revision=0, q_age="old", q_systolic="130"
    )

    screening = queries.screening_of(case)
    assert {code: each.value for code, each in screening.answers.items()} == {"systolic": 130}
    assert "Saved, except what is not right yet." in answered.content.decode()
    assert "HX-Trigger" not in answered.headers


@pytest.mark.django_db
def test_a_question_that_comes_up_is_sent_and_one_that_goes_is_taken_away(client, house):
    case = a_begun_screening(house)
    sign_in(client, house.intake)

    up = autosave(client, case, shown="psychosis", revision=0, q_psychosis="yes").content.decode()
    gone = autosave(
        client, case, shown="psychosis psychosis_detail", revision=1, q_psychosis="no"
    ).content.decode()

    assert 'hx-swap-oob="afterend:#div_id_q_psychosis"' in up
    assert 'hx-swap-oob="delete:#div_id_q_psychosis_detail"' in gone


@pytest.mark.django_db
def test_nothing_is_cleared_quietly(client, house):
    case = a_begun_screening(house)
    answer(house, case, psychosis=True, psychosis_detail="In 2004.")
    sign_in(client, house.intake)

    answered = autosave(client, case, shown="psychosis", revision=1, q_psychosis="no")

    assert "another answer would be cleared" in answered.content.decode()
    assert queries.screening_of(case).answers["psychosis"].value is True


@pytest.mark.django_db
def test_somebody_elses_answers_are_never_written_over_quietly(client, house):
    case = a_begun_screening(house)
    answer(house, case, age=41)
    sign_in(client, house.intake)

    answered = autosave(client, case, shown="age", revision=0, q_age="51")

    assert "Not saved." in answered.content.decode()
    assert queries.screening_of(case).answers["age"].value == 41


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser_answers_are_kept_and_follow_ups_appear(live_server, context, page, client):
    with transaction.atomic():
        house = a_house()
        case = a_begun_screening(house)
    sign_in(client, house.intake)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([session | {"url": live_server.url}])
    page.goto(live_server.url + reverse("screening:form", args=[case.key]))

    page.get_by_role("group", name="3 Now or ever").get_by_label("Yes").check()
    page.get_by_label("3a Which, when").fill("In 2004, treated.")
    page.get_by_label("1 Age in years").fill("41")
    page.get_by_label("1 Age in years").blur()
    page.locator('#id_revision[value="2"]').wait_for(state="attached")

    with acting_as(house.intake):
        answers = queries.screening_of(case).answers
    assert {code: each.value for code, each in answers.items()} == {
        "age": 41,
        "psychosis": True,
        "psychosis_detail": "In 2004, treated.",
    }
