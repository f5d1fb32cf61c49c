import pytest
from django.urls import reverse
from django.utils.timezone import now

from sessions.aftercare.models import Touchpoint
from tests.builders.aftercare import a_touchpoint, a_treated_case
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, HOUR, a_house, sign_in, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house_today")]
ON_CASE = ["begin", "next_cycle", "close"]
ON_CONTACT = ["made", "not_reached", "call_off"]


@pytest.fixture
def house(db):
    return a_house(at=now() - 60 * DAY)


@pytest.fixture
def case(house):
    return a_treated_case(house, at=now() - 5 * HOUR)


def address(subject, route):
    return reverse(f"aftercare:{route}", args=[subject.key])


def test_the_page_lists_the_contacts_and_what_keeps_the_case_open(house, case, client):
    page = sign_in(client, house.facilitator).get(address(case, "index")).content.decode()

    assert "The day after" in page
    assert "Questions by link" in page
    assert "none took place" in page


def test_before_any_session_the_page_says_when_contacts_are_planned(house, client):
    untreated = a_referred_case(house, at=now() - DAY)

    page = sign_in(client, house.facilitator).get(address(untreated, "index")).content.decode()

    assert "No contact is planned yet" in page


@pytest.mark.parametrize(
    ("route", "status"),
    [("made", "done"), ("not_reached", "not_reached"), ("call_off", "cancelled")],
)
def test_a_contact_is_recorded_from_its_page(house, case, client, route, status):
    touchpoint = a_touchpoint(case)

    answer = sign_in(client, house.facilitator).post(
        address(touchpoint, route), {"words": "Spoke on the telephone."}
    )

    touchpoint.refresh_from_db()
    assert (answer.url, touchpoint.status) == (address(case, "index"), status)


def test_a_contact_without_words_keeps_the_page(house, case, client):
    answer = sign_in(client, house.facilitator).post(
        address(a_touchpoint(case), "made"), {"words": ""}
    )

    assert answer.status_code == 422


def test_a_refusal_stands_on_the_page_and_in_the_trail(house, case, client):
    answer = sign_in(client, house.facilitator).post(address(case, "begin"), {"reason": ""})

    assert answer.status_code == 422
    assert "The protocol asks for an integration visit; none took place." in answer.content.decode()
    assert trail()[-1] == "refused"


def test_a_prescriber_begins_aftercare_without_the_visit(house, case, client):
    sign_in(client, house.prescriber).post(address(case, "begin"), {"reason": "She moved."})

    case.refresh_from_db()
    assert case.status == "aftercare"


def test_another_session_is_prepared_from_the_page(house, case, client):
    sign_in(client, house.facilitator).post(address(case, "next_cycle"))

    case.refresh_from_db()
    assert case.status == "preparing"


def test_closing_is_refused_with_every_reason(house, case, client):
    answer = sign_in(client, house.facilitator).post(address(case, "close"), {"reason": "Well."})

    assert answer.status_code == 422
    assert "The day after" in answer.content.decode()


@pytest.mark.parametrize("route", ["index", "touchpoint", *ON_CASE, *ON_CONTACT])
@pytest.mark.parametrize(("part", "status"), [("manager", 403), ("stranger", 404)])
def test_none_of_it_is_for_others(house, case, client, seeing, route, part, status):
    subject = case if route in {"index", *ON_CASE} else a_touchpoint(case)
    call = sign_in(client, house.people[part])
    reading = route in {"index", "touchpoint"}

    answer = (call.get if reading else call.post)(address(subject, route), {"words": "Hello"})

    seeing(house.site)
    assert answer.status_code == status
    assert a_touchpoint(case).status == "planned"


def test_the_contact_shows_its_letter_and_its_questions(house, case, client):
    page = sign_in(client, house.nurse).get(address(a_touchpoint(case), "touchpoint"))

    text = page.content.decode()
    assert "Safety" in text
    assert "Due" in text


def test_the_page_costs_the_same_however_many_contacts_there_are(
    house, case, client, django_assert_num_queries, django_assert_max_num_queries
):
    sign_in(client, house.facilitator)
    client.get(address(case, "index"))
    with django_assert_max_num_queries(60) as few:
        client.get(address(case, "index"))
    for number in range(2, 8):
        cycle = case.cycles.create(number=number, opened_at=now(), opened_by=house.nurse)
        Touchpoint.objects.bulk_create(
            Touchpoint(
                case=case,
                cycle=cycle,
                site=case.site,
                code=each["code"],
                channel=each["channel"],
                due_at=now() + 40 * DAY,
            )
            for each in house.version.document["touchpoints"]
        )

    with django_assert_num_queries(len(few)):
        client.get(address(case, "index"))
