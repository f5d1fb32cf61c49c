import pytest
from django.urls import reverse
from django.utils.timezone import now

from clinic.attention.models import Matter, Status
from tests.builders.attention import a_matter, a_taken_matter
from tests.builders.house import MINUTE, a_house, sign_in, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(db):
    return a_house()


def test_the_list_says_what_waits_and_who_was_asked(house, client):
    a_matter(house, at=now())

    page = sign_in(client, house.nurse).get(reverse("attention:index")).content.decode()

    assert "Somebody asked to be called back." in page
    assert "Noor Nurse" in page
    assert "I take this" in page


def test_the_empty_list_says_why(house, client):
    page = sign_in(client, house.nurse).get(reverse("attention:index")).content.decode()

    assert "Nothing needs a person" in page


def test_my_empty_list_leads_to_everybodys(house, client):
    a_matter(house, at=now())

    page = sign_in(client, house.facilitator).get(reverse("attention:index") + "?whose=mine")

    assert "Nothing waits for you" in page.content.decode()


def test_one_tap_takes_it(house, client):
    matter = a_matter(house, at=now())

    answer = sign_in(client, house.nurse).post(reverse("attention:take", args=[matter.key]))

    assert answer.url == reverse("attention:show", args=[matter.key])
    assert Matter.objects.get(pk=matter.pk).taken_by == house.nurse


def test_who_comes_second_reads_who_was_first(house, client):
    matter = a_taken_matter(house, at=now() - MINUTE)

    answer = sign_in(client, house.prescriber).post(reverse("attention:take", args=[matter.key]))

    assert answer.status_code == 422
    assert "Noor Nurse" in answer.content.decode()
    assert trail()[-1] == "refused"


def test_closing_asks_what_came_of_it(house, client):
    matter = a_taken_matter(house, at=now() - MINUTE)
    address = reverse("attention:close", args=[matter.key])

    empty = sign_in(client, house.nurse).post(address, {"outcome": ""})
    full = client.post(address, {"outcome": "Spoke on the telephone; safe."})

    assert (empty.status_code, full.status_code) == (422, 302)
    assert Matter.objects.get(pk=matter.pk).status == Status.CLOSED


@pytest.mark.parametrize(("part", "status"), [("manager", 403), ("stranger", 404), ("nurse", 200)])
def test_the_page_of_a_matter_is_for_those_who_answer_here(house, client, part, status):
    matter = a_matter(house, at=now())

    answer = sign_in(client, house.people[part]).get(reverse("attention:show", args=[matter.key]))

    assert answer.status_code == status


@pytest.mark.parametrize("route", ["attention:take", "attention:close"])
def test_a_stranger_can_do_nothing_with_it(house, client, seeing, route):
    matter = a_matter(house, at=now())

    answer = sign_in(client, house.stranger).post(reverse(route, args=[matter.key]))

    seeing(house.site)
    assert answer.status_code == 404
    assert Matter.objects.get(pk=matter.pk).status == Status.WAITING


def queries_of(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as counted:
        client.get(reverse("attention:index"))
    return len(counted)


def test_the_list_costs_the_same_with_one_and_with_fifty(
    house, client, django_assert_max_num_queries
):
    sign_in(client, house.nurse)
    a_matter(house, at=now())
    client.get(reverse("attention:index"))
    one = queries_of(client, django_assert_max_num_queries)
    for number in range(49):
        a_matter(house, at=now(), occurrence=f"n{number}")

    assert queries_of(client, django_assert_max_num_queries) == one
