import pytest
from django.urls import reverse
from django.utils.timezone import now

from clinic.messages.models import Message, Status
from tests.builders.attention import a_matter
from tests.builders.cases import a_patient, a_referred_case
from tests.builders.house import DAY, a_house, sign_in, trail
from tests.builders.messages import a_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(db):
    return a_house()


@pytest.fixture
def case(house):
    return a_referred_case(house)


def address(case):
    return reverse("messages:index", args=[case.key])


def test_the_page_says_what_will_be_sent_when_and_to_whom(house, case, client):
    a_message(house, case=case, at=now(), due_at=now() + DAY)

    page = sign_in(client, house.facilitator).get(address(case)).content.decode()

    assert "A word" in page
    assert "Marlow, Robin" in page
    assert "Nothing was sent yet" in page


def test_an_empty_outbox_says_when_messages_are_planned(house, case, client):
    page = sign_in(client, house.facilitator).get(address(case)).content.decode()

    assert "Nothing is planned" in page


def test_who_may_not_be_written_to_is_said_first(house, client):
    case = a_referred_case(house, patient=a_patient(house, may_email=False))

    page = sign_in(client, house.facilitator).get(address(case)).content.decode()

    assert "has not agreed to be written to" in page


def test_a_message_is_stopped_by_hand(house, case, client):
    message = a_message(house, case=case, at=now(), due_at=now() + DAY)

    answer = sign_in(client, house.facilitator).post(reverse("messages:cancel", args=[message.key]))

    assert answer.url == address(case)
    assert Message.objects.get(pk=message.pk).status == Status.CANCELLED


def test_what_asks_a_colleague_is_not_stopped_by_hand(house, case, client):
    a_matter(house, case=case, at=now())
    page = Message.objects.get(kind="attention_told")

    answer = sign_in(client, house.facilitator).post(reverse("messages:cancel", args=[page.key]))

    assert answer.status_code == 422
    assert "Take the matter itself instead." in answer.content.decode()
    assert trail()[-1] == "refused"


@pytest.mark.parametrize(("part", "status"), [("manager", 403), ("stranger", 404), ("intake", 200)])
def test_the_outbox_is_for_those_who_may_open_the_case(house, case, client, part, status):
    assert sign_in(client, house.people[part]).get(address(case)).status_code == status


@pytest.mark.parametrize(("part", "status"), [("intake", 403), ("stranger", 404)])
def test_only_who_follows_people_up_here_stops_a_message(house, case, client, part, status):
    message = a_message(house, case=case, at=now(), due_at=now() + DAY)

    answer = sign_in(client, house.people[part]).post(
        reverse("messages:cancel", args=[message.key])
    )

    assert answer.status_code == status


def test_the_outbox_costs_the_same_with_one_and_with_fifty(
    house, case, client, django_assert_num_queries, django_assert_max_num_queries
):
    sign_in(client, house.facilitator)
    a_message(house, case=case, at=now(), due_at=now() + DAY)
    client.get(address(case))
    with django_assert_max_num_queries(40) as one:
        client.get(address(case))
    for number in range(49):
        a_message(house, case=case, at=now(), due_at=now() + DAY, occurrence=f"n{number}")

    with django_assert_num_queries(len(one)):
        client.get(address(case))
