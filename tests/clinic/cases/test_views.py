import uuid

import pytest
from django.urls import reverse

from clinic.cases import actions, queries
from clinic.cases.models import Case, Patient, Status
from clinic.workflow import Refused
from tests.builders.cases import a_known_patient, a_patient, a_referred_case
from tests.builders.house import NOON, PASSWORD, a_house, sign_in, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]

DETAILS = {
    "family_name": "Marlow",
    "given_name": "Robin",
    "date_of_birth": "1985-07-14",
    "email": "other@example.org",
    "phone": "",
    "language": "en",
    "zone": "",
}
PAGES_OF_A_PERSON = ["patient", "correct", "identity", "contacts", "refer"]
PAGES_OF_A_CASE = ["team", "lifecycle", "hold", "contacts", "identity"]


def register(client, house, **typed):
    posted = DETAILS | {"site": house.site.pk, "key": uuid.uuid4()} | typed
    return client.post(reverse("cases:register"), posted)


@pytest.fixture
def house():
    return a_house()


def test_intake_staff_register_a_person(client, house):
    answer = register(sign_in(client, house.intake), house)

    assert (answer.status_code, Patient.objects.get().family_name) == (302, "Marlow")
    assert answer.url == Patient.objects.get().get_absolute_url()


def test_who_looks_alike_is_named_and_the_second_press_registers(client, house):
    there = a_patient(house)
    sign_in(client, house.intake)

    first = register(client, house)
    second = register(client, house, despite=first.context["form"]["despite"].value())

    assert (first.status_code, second.status_code) == (422, 302)
    assert there.number in first.content.decode()
    assert Patient.objects.count() == 2


def test_a_page_sent_twice_registers_once(client, house):
    sign_in(client, house.intake)
    key = uuid.uuid4()

    answers = [register(client, house, key=key).url for _ in range(2)]

    assert answers == [reverse("cases:patient", args=[key])] * 2
    assert Patient.objects.count() == 1


@pytest.mark.parametrize("name", PAGES_OF_A_PERSON)
def test_a_persons_pages_open_for_intake_staff_and_not_for_strangers(client, house, name):
    place = reverse(f"cases:{name}", args=[a_known_patient(house).key])

    assert sign_in(client, house.intake).get(place).status_code == 200
    stranger = house.people["stranger"]
    actions_of_the_stranger = sign_in(client, stranger).get(place).status_code
    assert actions_of_the_stranger in (403, 404)


@pytest.mark.parametrize("name", PAGES_OF_A_CASE)
def test_a_cases_pages_open_for_who_may_see_it_and_not_for_strangers(client, house, name):
    place = reverse(f"cases:{name}", args=[a_referred_case(house).key])

    assert sign_in(client, house.facilitator).get(place).status_code == 200
    assert sign_in(client, house.manager).get(place).status_code == 403
    assert sign_in(client, house.stranger).get(place).status_code == 404


def test_details_are_corrected_over_what_was_seen(client, house):
    person = a_known_patient(house)
    sign_in(client, house.intake)
    place = reverse("cases:correct", args=[person.key])
    seen = client.get(place).context["form"]["seen"].value()
    actions.correct(person, by=house.intake, at=NOON, known_as="Rob")

    answer = client.post(place, DETAILS | {"seen": seen, "zone": "UTC"})

    person.refresh_from_db()
    assert (answer.status_code, person.known_as) == (409, "Rob")
    assert "Somebody else has changed these details" in answer.content.decode()


def test_a_document_seen_is_recorded(client, house):
    person = a_patient(house)

    place = reverse("cases:identity", args=[person.key])
    answer = sign_in(client, house.intake).post(place, {"document": "Passport"})

    person.refresh_from_db()
    assert (answer.status_code, person.identity_document) == (302, "Passport")


def test_contacts_are_added_and_ended(client, house):
    person = a_patient(house)
    sign_in(client, house.intake)
    typed = {"role": "escort", "name": "Kim", "phone": "1234567"}

    client.post(reverse("cases:contacts", args=[person.key]), typed)
    contact = person.contacts.get()
    client.post(reverse("cases:end_contact", args=[contact.key]))
    again = client.post(reverse("cases:end_contact", args=[contact.key]))

    assert list(queries.contacts_of(person)) == []
    assert (again.status_code, "was ended already" in again.content.decode()) == (422, True)


def test_a_referral_opens_the_case_and_leads_to_its_screening(client, house):
    person = a_known_patient(house)
    key = uuid.uuid4()
    typed = {"protocol_version": house.version.pk, "referral_source": "self", "key": key}

    place = reverse("cases:refer", args=[person.key])
    answer = sign_in(client, house.intake).post(place, typed)

    assert answer.url == reverse("screening:form", args=[key])
    assert Case.objects.get().status == Status.REFERRED


@pytest.mark.parametrize(
    ("act", "status"),
    [("suspend", Status.SUSPENDED), ("withdraw", Status.WITHDRAWN), ("lose", Status.LOST)],
)
def test_a_case_leaves_its_path_from_the_page(client, house, act, status):
    case = a_referred_case(house)

    place = reverse("cases:leave", args=[case.key, act])
    answer = sign_in(client, house.nurse).post(place, {f"{act}-reason": "For a reason."})

    case.refresh_from_db()
    assert (answer.status_code, case.status) == (302, status)


def test_the_page_shows_why_a_case_cannot_be_closed(client, house):
    case = a_referred_case(house)

    place = reverse("cases:leave", args=[case.key, "close"])
    answer = sign_in(client, house.nurse).post(place, {"close-reason": "Done."})

    case.refresh_from_db()
    assert (answer.status_code, case.status) == (422, Status.REFERRED)
    assert "This is referred." in answer.content.decode()
    assert trail()[-1] == "refused"


def test_there_is_no_act_of_another_name(client, house):
    place = reverse("cases:leave", args=[a_referred_case(house).key, "delete"])

    assert sign_in(client, house.nurse).post(place).status_code == 404


def test_a_death_is_recorded_by_one_post(client, house):
    case = a_referred_case(house)

    answer = sign_in(client, house.intake).post(reverse("cases:died", args=[case.patient.key]))

    case.refresh_from_db()
    assert (answer.status_code, case.status) == (302, Status.DIED)


def test_only_who_opens_a_case_file_is_offered_for_its_team(client, house):
    case = a_referred_case(house)
    sign_in(client, house.nurse)

    offered = client.get(reverse("cases:team", args=[case.key])).context["form"].fields["user"]

    assert house.facilitator in offered.queryset
    assert house.manager not in offered.queryset
    with pytest.raises(Refused) as refused:
        actions.join_team(case, by=house.nurse, at=NOON, user=house.manager, capacity="nurse")
    assert "not_at_this_site" in {each.code for each in refused.value.obstacles}


def test_colleagues_join_and_leave_the_care_team(client, house):
    case = a_referred_case(house)
    sign_in(client, house.nurse)
    place = reverse("cases:team", args=[case.key])

    client.post(place, {"user": house.facilitator.pk, "capacity": "facilitator"})
    member = queries.team_of(case).get()
    client.post(reverse("cases:leave_team", args=[member.key]))
    again = client.post(reverse("cases:leave_team", args=[member.key]))

    assert (queries.team_of(case).count(), again.status_code) == (0, 422)


def test_a_lead_places_a_hold_and_lifts_it_signed(client, house):
    case = a_referred_case(house)
    sign_in(client, house.medical_lead)
    place = reverse("cases:hold", args=[case.key])

    client.post(place, {"target": f"patient:{case.patient.key}", "reason": "A letter came."})
    held = queries.holds_over(case).get()
    lift = reverse("cases:hold", args=[held.key])
    assert client.get(lift).status_code == 200
    answer = client.post(lift, {"reason": "Clarified.", "password": PASSWORD})

    assert (answer.status_code, queries.holds_over(case).count()) == (302, 0)
    assert client.get(reverse("cases:holds")).status_code == 200


def test_others_see_why_they_cannot_place_a_hold(client, house):
    case = a_referred_case(house)

    answer = sign_in(client, house.intake).get(reverse("cases:hold", args=[case.key]))

    assert "Only the medical lead or the safety lead" in answer.content.decode()


@pytest.mark.parametrize("words", ["marlow", "Robin Marlow", "marlwo", "000001", "1985-07-14"])
def test_people_are_found_from_the_search_box(client, house, words):
    person = a_patient(house)

    answer = sign_in(client, house.nurse).post(reverse("cases:search"), {"q": words}, follow=True)

    assert answer.context["found"] == [person]


def test_strangers_find_nobody(client, house):
    a_patient(house)

    answer = sign_in(client, house.stranger).post(
        reverse("cases:search"), {"q": "marlow"}, follow=True
    )

    assert answer.context["found"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_worklist_lists_cases_by_stage(client, house, count):
    for number in range(count):
        a_referred_case(house, family_name=f"Person {number}", email="", phone=f"55512{number}34")

    answer = sign_in(client, house.nurse).get(reverse("cases:index"), {"stage": "referred"})

    tab = next(tab for tab in answer.context["tabs"] if tab["current"])
    assert (len(answer.context["shown"].rows), tab["count"]) == (count, count)
    assert "screening not started" in answer.content.decode()
