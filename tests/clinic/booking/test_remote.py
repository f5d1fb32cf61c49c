"""At a distance: where the person is now, and whose licence holds there."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from clinic.booking import actions
from clinic.booking.models import Status, Whereabouts
from clinic.booking.queries import whereabouts_of
from clinic.booking.remote import actions as remote
from clinic.context import set_context
from clinic.people.models import Licence
from clinic.safety.incidents.models import Incident
from clinic.workflow import Refused
from sessions.integration import actions as integration
from sessions.preparation import actions as preparation
from tests.builders.booking import a_visit, people_for
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, sign_in, trail
from tests.builders.preparation import a_preparing_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
HERE = {"place": "US-NY", "ring_back": "+1 212 555 0142", "emergency_number": "911"}
THERE = {"place": "US-NJ", "ring_back": "+1 201 555 0142", "emergency_number": "911"}


@pytest.fixture
def house():
    return a_house()


def by_video(house, **facts):
    return a_visit(house, a_preparing_case(house), room=None, **facts)


def asked(house, visit, where, at=NOON):
    return remote.ask_where(visit, by=house.facilitator, at=at, **where)


@pytest.mark.parametrize("begin", [actions.arrive, preparation.open_content])
def test_a_visit_begins_with_where_the_person_is_now(house, begin):
    visit = by_video(house)
    with pytest.raises(Refused) as refusal:
        begin(visit, by=house.facilitator, at=NOON)
    assert codes(refusal) == ["whereabouts_unknown"]

    where = asked(house, visit, HERE)
    begin(visit, by=house.facilitator, at=NOON)

    assert (where.place, where.asked_by, where.asked_at) == ("US-NY", house.facilitator, NOON)


@pytest.mark.parametrize("begin", [actions.arrive, preparation.open_content])
def test_the_licence_needed_is_that_of_the_place(house, begin):
    visit = by_video(house)
    asked(house, visit, THERE)
    with pytest.raises(Refused) as refusal:
        begin(visit, by=house.facilitator, at=NOON)
    assert codes(refusal) == ["licence_where_person_is"]
    assert "US-NJ" not in str(refusal.value)
    assert "Fay Facilitator (therapist)" in str(refusal.value)

    own = Licence.objects.get(user=house.facilitator)
    Licence.objects.create(
        user=own.user, profession=own.profession, jurisdiction="US-NJ", number="77",
        valid_from=date(2026, 1, 1), valid_until=date(2027, 1, 1), acts=own.acts,
        verified_at=NOON, verified_by=house.manager,
    )  # fmt: skip
    begin(visit, by=house.facilitator, at=NOON)


def test_everybody_at_the_visit_is_licensed_there_or_is_named(house):
    pair = [(house.facilitator, "facilitator"), (house.second_facilitator, "facilitator")]
    visit = by_video(house, people=pair)
    asked(house, visit, THERE)
    first, second = (Licence.objects.get(user=user) for user, _ in pair)

    def licensed_there(own):
        Licence.objects.create(
            user=own.user, profession=own.profession, jurisdiction="US-NJ", number=f"J-{own.pk}",
            valid_from=date(2026, 1, 1), valid_until=date(2027, 1, 1), acts=own.acts,
            verified_at=NOON, verified_by=house.manager,
        )  # fmt: skip

    licensed_there(first)
    with pytest.raises(Refused) as refusal:
        actions.arrive(visit, by=house.facilitator, at=NOON)
    assert codes(refusal) == ["licence_where_person_is"]
    assert str(house.second_facilitator) in str(refusal.value)
    assert str(house.facilitator) not in str(refusal.value)

    licensed_there(second)
    actions.arrive(visit, by=house.facilitator, at=NOON)


def test_what_was_said_on_another_day_is_not_where_they_are_now(house):
    visit = by_video(house)
    asked(house, visit, HERE)
    actions.reschedule(
        visit, by=house.intake, at=NOON, room=None, people=people_for(house, visit.stage),
        starts_at=NOON + DAY, ends_at=NOON + DAY + HOUR,
    )  # fmt: skip

    with pytest.raises(Refused) as refusal:
        actions.arrive(visit, by=house.facilitator, at=NOON + DAY)

    assert codes(refusal) == ["whereabouts_unknown"]


@pytest.mark.parametrize("begin", [actions.arrive, preparation.open_content, remote.took_place])
def test_a_visit_written_up_later_was_begun_with_what_was_asked_on_its_day(house, begin):
    visit = by_video(house)
    asked(house, visit, HERE)
    Licence.objects.filter(user=house.facilitator).update(valid_until=NOON.date())  # ends that day

    begin(visit, by=house.facilitator, at=NOON + DAY)

    assert not Incident.objects.filter(about_key=visit.key).exists()


def test_a_visit_written_up_later_is_refused_for_the_place_it_was_held_in(house):
    visit = by_video(house)
    asked(house, visit, THERE)

    with pytest.raises(Refused) as refusal:
        actions.arrive(visit, by=house.facilitator, at=NOON + DAY)

    assert codes(refusal) == ["licence_where_person_is"]


def test_a_visit_held_a_day_late_begins_with_what_is_asked_then(house):
    visit = by_video(house)
    asked(house, visit, HERE, at=NOON + DAY)

    actions.arrive(visit, by=house.facilitator, at=NOON + DAY)

    assert visit.status == Status.ARRIVED


def test_the_newest_answer_counts_and_the_first_one_stays(house):
    visit = by_video(house)
    asked(house, visit, THERE)
    asked(house, visit, HERE, at=NOON + HOUR)

    assert whereabouts_of(visit).place == "US-NY"
    assert [each.place for each in Whereabouts.objects.all()] == ["US-NJ", "US-NY"]


def test_what_took_place_is_recorded_whatever_stood_open(house):
    visit = by_video(house)
    asked(house, visit, THERE)

    remote.took_place(visit, by=house.facilitator, at=NOON)

    incident = Incident.objects.get(about_key=visit.key)
    assert "The person was in US-NJ." in incident.words
    assert (visit.status, trail()[-1]) == (Status.ARRIVED, "visit took place")
    preparation.open_content(visit, by=house.facilitator, at=NOON)


def test_a_visit_that_took_place_with_nothing_open_opens_no_incident(house):
    visit = by_video(house)
    asked(house, visit, HERE)

    remote.took_place(visit, by=house.facilitator, at=NOON)

    assert not Incident.objects.filter(about_key=visit.key).exists()


def test_a_note_of_an_integration_visit_is_never_refused_for_it(house):
    visit = by_video(house, stage="integration")
    with pytest.raises(Refused):
        actions.arrive(visit, by=house.facilitator, at=NOON)

    integration.write_note(visit, by=house.facilitator, at=NOON, body="They rang from a train.")
    integration.finish_visit(visit, by=house.facilitator, at=NOON)

    assert visit.status == Status.DONE
    assert Incident.objects.get(about_key=visit.key).words == ("Ask first where the person is now.")


def test_an_integration_visit_with_nothing_open_is_finished_without_an_incident(house):
    visit = by_video(house, stage="integration")
    asked(house, visit, HERE)
    integration.write_note(visit, by=house.facilitator, at=NOON, body="They rang from home.")

    integration.finish_visit(visit, by=house.facilitator, at=NOON)

    assert not Incident.objects.filter(about_key=visit.key).exists()


def test_what_stood_open_is_one_incident_however_the_visit_ends(house):
    visit = by_video(house, stage="integration")
    asked(house, visit, THERE)
    remote.took_place(visit, by=house.facilitator, at=NOON)
    integration.write_note(visit, by=house.facilitator, at=NOON, body="They rang from a train.")

    integration.finish_visit(visit, by=house.facilitator, at=NOON)

    assert Incident.objects.filter(about_key=visit.key).count() == 1


def test_who_comes_into_a_room_is_not_asked(house):
    visit = a_visit(house, a_preparing_case(house))
    with pytest.raises(Refused) as refusal:
        asked(house, visit, HERE)
    assert codes(refusal) == ["visit_in_a_room"]

    actions.arrive(visit, by=house.facilitator, at=NOON)


@pytest.mark.parametrize(
    ("field", "typed"),
    [("place", "New Jersey"), ("place", "US_NJ"), ("ring_back", "his sister"),
     ("emergency_number", "112\x00"), ("emergency_number", "")],
)  # fmt: skip
def test_what_is_no_place_or_number_is_said_at_the_field(house, client, field, typed):
    visit = by_video(house)
    sign_in(client, house.facilitator)

    with time_machine.travel(NOON, tick=False):
        url = reverse("booking:whereabouts", args=[visit.key])
        answer = client.post(url, HERE | {field: typed})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Whereabouts.objects.exists()


@pytest.mark.parametrize("part", ["facilitator", "intake", "manager"])
def test_whoever_may_say_that_they_came_keeps_where_they_are(house, client, part):
    visit = by_video(house)
    sign_in(client, house.people[part])

    with time_machine.travel(NOON, tick=False):
        client.post(reverse("booking:whereabouts", args=[visit.key]), HERE | {"place": "us-ny"})
        answer = client.get(reverse("booking:show", args=[visit.key]))

    set_context(user_id=house.intake.pk, sites=[house.site.pk])
    assert Whereabouts.objects.get().place == "US-NY"
    # A manager keeps it and reads none of it.
    assert ("+1 212 555 0142" in answer.content.decode()) == (part != "manager")


@pytest.mark.parametrize("part", ["facilitator", "manager"])
def test_whoever_opens_no_case_is_not_told_the_place_by_what_stands_in_the_way(house, client, part):
    visit = by_video(house)
    asked(house, visit, THERE)
    sign_in(client, house.people[part])

    with time_machine.travel(NOON, tick=False):
        shown = client.get(reverse("booking:show", args=[visit.key])).content.decode()
        asks = client.get(reverse("booking:arrive", args=[visit.key])).content.decode()
        refused = client.post(reverse("booking:arrive", args=[visit.key])).content.decode()

    for words in (shown, asks, refused):
        assert "has a licence seen and in force where the person is" in words
    # Whoever opens the case reads it beside, under "Where they are".
    assert [("US-NJ" in words) for words in (shown, asks, refused)] == [
        part != "manager", False, False,
    ]  # fmt: skip
