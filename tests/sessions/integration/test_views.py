import pytest
from django.urls import reverse
from django.utils.timezone import now

from sessions.integration import actions, queries
from tests.builders.aftercare import a_treated_case
from tests.builders.checklists import a_completed_form, a_result
from tests.builders.house import DAY, a_house, sign_in
from tests.builders.integration import a_commitment, a_written_visit, an_integration_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house_today")]


@pytest.fixture
def house(db):
    return a_house(at=now() - 60 * DAY)


@pytest.fixture
def visit(house):
    treated = a_treated_case(house, at=now() - 2 * DAY)
    return an_integration_visit(house, at=now(), case=treated)


def address(visit, route="integration:visit"):
    return reverse(route, args=[visit.key])


def test_the_visit_asks_for_its_note_and_says_why_it_is_not_finished(house, visit, client):
    page = sign_in(client, house.facilitator).get(address(visit)).content.decode()

    assert "Save the note" in page
    assert "Write the note of this visit first." in page


def test_a_note_is_written_from_the_page(house, visit, client):
    answer = sign_in(client, house.facilitator).post(
        address(visit, "integration:note"), {"body": "Slept well."}
    )

    assert answer.url == address(visit)
    assert visit.notes.get().body == "Slept well."


def test_an_empty_note_keeps_the_page_and_says_so(house, visit, client):
    answer = sign_in(client, house.facilitator).post(
        address(visit, "integration:note"), {"body": ""}
    )

    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


def test_a_commitment_is_kept_from_the_page_and_settled_on_its_own(house, visit, client):
    sign_in(client, house.facilitator)
    client.post(address(visit, "integration:commitment"), {"words": "Walk every morning"})
    commitment = visit.commitments.get()

    answer = client.post(
        reverse("integration:settle", args=[commitment.key]),
        {"kept": "yes", "outcome": "Most days"},
    )

    commitment.refresh_from_db()
    assert (answer.url, commitment.status) == (address(visit), "kept")


def test_a_visit_is_finished_from_the_page(house, visit, client):
    actions.write_note(visit, by=house.facilitator, at=now(), body="Well.")

    sign_in(client, house.facilitator).post(address(visit, "integration:finish"))

    visit.refresh_from_db()
    assert visit.status == "done"


@pytest.mark.parametrize(("part", "is_read"), [("facilitator", True), ("prescriber", False)])
def test_a_process_note_is_read_by_those_alone_who_may(house, visit, client, part, is_read):
    actions.write_process_note(visit, by=house.facilitator, at=now(), body="My own thought.")

    page = sign_in(client, house.people[part]).get(address(visit)).content.decode()

    assert ("My own thought." in page) is is_read


@pytest.mark.parametrize(
    "route", ["visit", "note", "addition", "process", "commitment", "finish", "measures", "settle"]
)
@pytest.mark.parametrize(("part", "status"), [("manager", 403), ("stranger", 404)])
def test_none_of_it_is_for_others(house, visit, client, route, part, status):
    subject = {
        "measures": visit.case,
        "settle": a_commitment(house, case=visit.case, at=now() + DAY) if route == "settle" else 0,
    }.get(route, visit)
    call = sign_in(client, house.people[part])
    reading = route in {"visit", "measures", "settle"}

    answer = (call.get if reading else call.post)(address(subject, f"integration:{route}"))

    assert answer.status_code == status


def test_scores_stand_against_the_doses(house, visit, client):
    a_completed_form(house, visit.case, at=now() - 10 * DAY, each=2)
    a_completed_form(house, visit.case, at=now(), each=1)

    page = sign_in(client, house.facilitator).get(address(visit.case, "integration:measures"))

    text = page.content.decode()
    assert "50 mg" in text
    assert "-9" in text
    assert "Patient Health Questionnaire" in text or "PHQ-9" in text


def test_the_measures_of_a_case_without_any_lead_to_the_first(house, visit, client):
    page = sign_in(client, house.facilitator).get(address(visit.case, "integration:measures"))

    assert "No questionnaire is finished yet" in page.content.decode()


def test_the_change_is_since_the_last_of_the_same_kind(house, visit):
    a_completed_form(house, visit.case, at=now() - 10 * DAY, each=2)
    a_completed_form(house, visit.case, at=now() - 9 * DAY, code="gad-7", each=3)
    a_completed_form(house, visit.case, at=now(), each=1)

    scores = queries.measures(visit.case).scores

    assert [(s.form.code, s.total, s.change) for s in scores] == [
        ("phq-9", 9, -9),
        ("gad-7", 21, None),
        ("phq-9", 18, None),
    ]


def test_decimals_are_charted_and_their_change_is_exact(house, visit, client):
    a_result(house, visit.case, "ebi", at=now() - 9 * DAY, mean="62.10")
    a_result(house, visit.case, "ebi", at=now(), mean="60.0")

    page = sign_in(client, house.facilitator).get(address(visit.case, "integration:measures"))

    text = page.content.decode()
    first, second = queries.measures(visit.case).scores
    assert [str(each) for each in (first.total, first.change, second.total)] == [
        "60",
        "-2.1",
        "62.1",
    ]
    assert "62.1" in text
    assert "62.10" not in text


def test_what_has_no_total_shows_its_parts(house, visit, client):
    parts = ("grief", "fear", "death", "insanity", "isolation", "distress", "paranoia")
    means = {part: f"{number}.25" for number, part in enumerate(parts[:5])}
    a_result(house, visit.case, "ceq", at=now(), distress="0", paranoia="3.50", **means)

    page = sign_in(client, house.facilitator).get(address(visit.case, "integration:measures"))

    text = page.content.decode()
    assert "Grief 0.25" in text
    assert "Paranoia 3.5<" in text
    assert "no total" in text


def test_pages_cost_the_same_with_one_and_with_many(
    house, visit, client, django_assert_num_queries, django_assert_max_num_queries
):
    sign_in(client, house.facilitator)
    routes = [address(visit), address(visit.case, "integration:measures")]

    def fill(count):
        for number in range(count):
            actions.write_note(visit, by=house.facilitator, at=now(), body=f"{number}")
            actions.commit(visit, by=house.facilitator, at=now(), words=f"{number}")
            a_completed_form(house, visit.case, at=now(), each=1)

    fill(1)
    costs = []
    for route in routes:
        client.get(route)
        with django_assert_max_num_queries(60) as counted:
            client.get(route)
        costs.append(len(counted))
    fill(9)

    for route, cost in zip(routes, costs, strict=True):
        with django_assert_num_queries(cost):
            client.get(route)


def test_what_was_meant_at_an_earlier_visit_is_asked_about_today(house, visit, client):
    earlier = a_commitment(house, case=visit.case, at=now() + DAY)

    page = sign_in(client, house.facilitator).get(address(visit)).content.decode()

    assert earlier.words in page.split("To ask about today")[1]


def test_a_written_visit_shows_what_was_written(house, client):
    written = a_written_visit(house, at=now(), case=a_treated_case(house, at=now() - 2 * DAY))

    page = sign_in(client, house.nurse).get(address(written)).content.decode()

    assert "felt lighter" in page
