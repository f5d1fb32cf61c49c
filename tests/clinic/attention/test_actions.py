import pytest

from clinic.attention import actions
from clinic.attention.models import Matter, Notice, Status, Urgency
from clinic.messages.kinds import kind_of
from clinic.messages.models import Message
from clinic.people.models import DutyShift, RoleAtSite, User
from clinic.people.queries import system_user
from clinic.workflow import Refused
from tests.builders.attention import a_matter, a_taken_matter
from tests.builders.cases import a_referred_case
from tests.builders.house import HOUR, MINUTE, NOON, a_house, codes, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(db):
    return a_house()


def told(matter):
    return [notice.user.name for notice in matter.notices.order_by("pk")]


def climb(matter, at):
    return actions.climb(matter, by=system_user(), at=at)


# -- Raising ---------------------------------------------------------------------------------


def test_the_first_rung_is_told_on_the_page_and_by_message(house):
    matter = a_matter(house)

    assert told(matter) == ["Noor Nurse"]
    message = Message.objects.get(about_key=matter.key)
    assert (message.user, message.due_at, message.is_safety) == (house.nurse, NOON, True)
    assert trail()[-1] == "matter raised"


def test_the_same_occurrence_is_one_matter_and_one_page(house):
    first = a_matter(house)

    again = a_matter(house, words="In other words.")

    assert (again, Matter.objects.count(), Notice.objects.count()) == (first, 1, 1)


def test_an_empty_rung_is_passed_at_once(house):
    DutyShift.objects.filter(duty__in=["charge", "on_call"]).delete()

    matter = a_matter(house)

    assert (matter.rung, told(matter)) == (2, ["Mats Medical-Lead"])


def test_an_empty_rota_asks_every_medical_lead_and_prescriber_of_the_site(house):
    DutyShift.objects.all().delete()

    matter = a_matter(house)

    assert told(matter) == ["Priya Prescriber", "Mats Medical-Lead"]


def test_who_is_left_answers_where_nobody_leads(house):
    DutyShift.objects.all().delete()
    leads = RoleAtSite.objects.filter(role__in=["medical_lead", "prescriber"])
    leads.update(valid_until=NOON - HOUR)

    matter = a_matter(house)

    answering = ["nurse", "facilitator", "safety_lead"]
    others = RoleAtSite.objects.filter(site=house.site, role__in=answering)
    assert set(told(matter)) == set(others.values_list("user__name", flat=True))


def test_a_colleague_who_has_left_is_not_asked(house):
    User.objects.filter(pk=house.nurse.pk).update(is_active=False)

    assert told(a_matter(house)) == ["Priya Prescriber"]


def test_a_call_for_help_tells_every_rung_at_once(house):
    matter = a_matter(house, to_everyone=True)

    assert told(matter) == ["Noor Nurse", "Priya Prescriber", "Mats Medical-Lead"]


def test_the_page_to_a_colleague_names_nobody(house):
    case = a_referred_case(house)
    matter = a_matter(house, case=case, words="Robin Marlow answered item 9 above zero.")

    subject, body = kind_of(message := Message.objects.get(about_key=matter.key)).words(message)

    assert subject == "Something needs a person now"
    assert "Marlow" not in body
    assert "item 9" not in body
    assert f"/needs-a-person/{matter.key}/" in body


# -- The ladder ------------------------------------------------------------------------------


def test_nobody_is_asked_again_before_the_time_is_up(house):
    matter = climb(a_matter(house), NOON + 4 * MINUTE)

    assert told(matter) == ["Noor Nurse"]


def test_unanswered_it_climbs_to_the_top_and_asks_again_there(house):
    matter = a_matter(house)
    for minutes in (5, 10, 15, 20):
        climb(matter, NOON + minutes * MINUTE)

    assert told(matter) == [
        "Noor Nurse",
        "Priya Prescriber",
        "Mats Medical-Lead",
        "Mats Medical-Lead",
        "Mats Medical-Lead",
    ]
    assert trail().count("matter climbed") == 4


def test_a_matter_for_today_is_given_longer(house):
    matter = a_matter(house, urgency=Urgency.AMBER)

    assert matter.climbs_at == NOON + 2 * HOUR


def test_a_taken_matter_without_an_outcome_comes_back(house):
    matter = climb(a_taken_matter(house), NOON + HOUR)

    assert (matter.status, matter.taken_by) == (Status.WAITING, None)
    assert told(matter) == ["Noor Nurse", "Priya Prescriber"]


def test_what_has_settled_itself_is_closed_by_itself(house):
    matter = a_matter(house)

    actions.settle(
        occurrence=matter.occurrence, by=system_user(), at=NOON + MINUTE, outcome="Called back."
    )

    matter.refresh_from_db()
    assert (matter.status, matter.outcome) == (Status.CLOSED, "Called back.")


def test_what_somebody_has_taken_is_theirs_to_close(house):
    matter = a_taken_matter(house)

    actions.settle(occurrence=matter.occurrence, by=system_user(), at=NOON, outcome="Gone.")

    assert Matter.objects.get(pk=matter.pk).status == Status.TAKEN


# -- Taking and closing ----------------------------------------------------------------------


def test_a_named_person_takes_it_and_the_second_clock_starts(house):
    matter = actions.take(a_matter(house), by=house.nurse, at=NOON + MINUTE)

    assert (matter.taken_by, matter.taken_at) == (house.nurse, NOON + MINUTE)
    assert matter.climbs_at == NOON + MINUTE + HOUR
    assert trail()[-1] == "matter taken"


def test_what_somebody_has_is_not_taken_again(house):
    matter = a_taken_matter(house)

    with pytest.raises(Refused) as refusal:
        actions.take(matter, by=house.prescriber, at=NOON)

    assert codes(refusal) == ["matter_already_taken"]
    assert "Noor Nurse" in str(refusal.value)


@pytest.mark.parametrize("part", ["stranger", "intake", "manager"])
def test_only_who_answers_at_this_site_takes_it(house, part):
    matter = a_matter(house)

    with pytest.raises(Refused) as refusal:
        actions.take(matter, by=house.people[part], at=NOON)

    assert codes(refusal) == ["role"]
    assert "matter taken" not in trail()


def test_a_matter_ends_with_what_came_of_it(house):
    matter = actions.close(a_taken_matter(house), by=house.nurse, at=NOON, outcome="Spoke; safe.")

    assert (matter.status, matter.closed_by, matter.climbs_at) == (
        Status.CLOSED,
        house.nurse,
        None,
    )
    assert trail()[-1] == "matter closed"


def test_a_matter_nobody_took_has_no_outcome(house):
    matter = a_matter(house)

    with pytest.raises(Refused) as refusal:
        actions.close(matter, by=house.nurse, at=NOON, outcome="All well.")

    assert codes(refusal) == ["matter_not_taken"]


def test_an_outcome_has_words(house):
    with pytest.raises(Refused) as refusal:
        actions.close(a_taken_matter(house), by=house.nurse, at=NOON, outcome="  ")

    assert codes(refusal) == ["matter_without_outcome"]


def test_a_closed_matter_climbs_no_more(house):
    matter = actions.close(a_taken_matter(house), by=house.nurse, at=NOON, outcome="Done.")

    climb(matter, NOON + 5 * HOUR)

    assert told(matter) == ["Noor Nurse"]
