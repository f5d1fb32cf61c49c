from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.cases import actions, queries
from clinic.cases.models import Status
from tests.builders.cases import a_case_in, a_patient, a_referred_case
from tests.builders.house import DAY, NOON, a_house, sign_in
from tests.builders.screening import a_begun_screening, a_filled_screening

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


def people(house, numbers):
    for number in numbers:
        patient = a_patient(
            house,
            family_name=f"Person{number}",
            date_of_birth=date(1960 + number % 40, 1 + number % 12, 1 + number // 12),
            email="",
            phone="",
        )
        a_begun_screening(house, case=a_referred_case(house, patient=patient))


def test_who_has_waited_longest_comes_first(house):
    later = a_referred_case(house, at=NOON - DAY, email="", phone="")
    longer = a_referred_case(house, at=NOON - 9 * DAY, family_name="Other", email="", phone="")

    rows = queries.worklist(house.intake).rows

    assert [row.case for row in rows] == [longer, later]
    assert [row.since for row in rows] == [NOON - 9 * DAY, NOON - DAY]


def test_a_case_says_what_it_waits_for(house):
    a_referred_case(house, patient=a_patient(house))

    (row,) = queries.worklist(house.intake).rows

    words = [wanted.words for wanted in row.wants]
    assert words[:2] == ["identity document not seen", "no emergency contact"]
    assert "screening not started" in words


@pytest.mark.parametrize("status", queries.OPEN)
def test_whatever_is_missing_says_since_when_and_whose_turn_it_is(house, status):
    a_case_in(house, status)

    (row,) = queries.worklist(house.intake).rows

    assert all(want.turn and want.since <= NOON for want in row.wants)
    assert [want.since for want in row.wants] == sorted(want.since for want in row.wants)


def test_what_the_care_team_gives_is_its_turn_by_name(house):
    case = a_case_in(house, Status.PREPARING)
    for colleague in (house.facilitator, house.nurse):
        actions.join_team(
            case, by=house.intake, at=NOON, user=colleague, capacity="facilitator"
        )  # fmt: skip

    (row,) = queries.worklist(house.intake).rows

    turns = {want.words: want.turn for want in row.wants}
    assert turns["way home not planned"] == "Fay Facilitator, Noor Nurse"
    assert turns["session not booked"] == "Intake staff"


def test_an_unanswered_screening_is_the_turn_of_intake_and_its_decision_is_not(house):
    people(house, [1])
    (asked,) = queries.worklist(house.intake).rows
    turns = {want.clears: (want.turn, want.since) for want in asked.wants}
    assert turns["screening:form"][0] == "Intake staff"

    a_filled_screening(house, case=a_referred_case(house))
    rows = queries.worklist(house.intake).rows

    decides = [w for row in rows for w in row.wants if w.clears == "screening:decide"]
    assert [want.turn for want in decides] == ["Who decides eligibility"]


def test_the_list_shows_whose_turn_it_is(client, house):
    a_referred_case(house, patient=a_patient(house))

    page = sign_in(client, house.intake).get(reverse("cases:index")).content.decode()

    assert "<bdi>Intake staff</bdi>, since 9 Oct 2026" in page


def test_a_filled_screening_waits_for_its_decision(house):
    a_filled_screening(house)

    (row,) = queries.worklist(house.intake).rows

    assert "decision on eligibility" in [wanted.words for wanted in row.wants]


@pytest.mark.parametrize("status", Status)
def test_counts_match_what_the_filter_shows(house, status):
    a_case_in(house, status)

    counts = queries.counts_by_stage(house.intake)
    rows = queries.worklist(house.intake, status).rows

    assert (counts[status], len(rows), sum(counts.values())) == (1, 1, 1)
    assert len(queries.worklist(house.intake).rows) == (status in queries.OPEN)


def test_the_list_is_paged(house):
    people(house, range(3))

    pages = [queries.worklist(house.intake, offset=offset, size=2) for offset in (0, 2)]

    assert [(len(page.rows), page.has_more) for page in pages] == [(2, True), (1, False)]


def test_the_list_pages_from_the_address(client, house, monkeypatch):
    people(house, range(3))
    monkeypatch.setattr(queries, "AT_MOST", 2)

    answer = sign_in(client, house.intake).get(reverse("cases:index"), {"from": "2"})

    assert "from=0" in answer.content.decode()
    assert answer.context["pager"]["next_url"] == ""


def test_strangers_and_managers_have_an_empty_list(house):
    a_referred_case(house)

    assert queries.worklist(house.stranger).rows == []
    assert queries.worklist(house.manager).rows == []


@pytest.mark.parametrize("place", ["cases:index", "cases:search"])
def test_the_lists_ask_as_many_questions_for_fifty_as_for_one(client, house, place):
    sign_in(client, house.intake)
    people(house, [0])
    client.get(reverse(place), {"q": "Person"})  # what is read once is read now
    asked = []
    for more in ([], range(1, 50)):
        people(house, more)
        with CaptureQueriesContext(connection) as queries_of_page:
            answer = client.get(reverse(place), {"q": "Person"})
        assert answer.status_code == 200
        asked.append(len(queries_of_page))

    assert asked[0] == asked[1]


def test_somebody_leaves_and_joins_the_team_again(house):
    case = a_referred_case(house)
    facts = {"by": house.nurse, "at": NOON}
    member = actions.join_team(case, user=house.facilitator, capacity="facilitator", **facts)
    actions.leave_team(member, **facts)

    actions.join_team(case, user=house.facilitator, capacity="facilitator", **facts)

    assert queries.team_of(case).count() == 1
