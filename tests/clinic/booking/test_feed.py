"""A diary in somebody's own calendar: when, in which room, at which site, and nothing else."""

from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from clinic.audit.models import TrailEntry
from clinic.booking import actions as booking
from clinic.booking.feed import actions, limits
from clinic.booking.feed.models import DiaryFeed
from clinic.booking.models import Visit
from clinic.cases.models import Case, Patient
from clinic.people import actions as people
from clinic.people.door import actions as door
from clinic.people.models import RoleAtSite
from clinic.workflow import Refused
from tests.builders.booking import a_dosing_visit, a_visit, people_for
from tests.builders.house import DAY, HOUR, NOON, a_house, sign_in, trail
from tests.builders.preparation import a_preparing_case, many_preparing_cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_preparing_case(house)


@pytest.fixture
def made(house, seeing):
    """Let somebody make the address of their diary, as the database sees only them do it."""

    def make(user):
        seeing(house.site, user=user)
        token = actions.make_feed(user, by=user, at=NOON)
        seeing(house.site, house.other_site, user=house.manager)
        return token

    return make


@pytest.fixture
def token(house, case, made):
    return made(house.facilitator)


def read(client, token, **how):
    return client.get(reverse("booking:read_feed", args=[token]), **how)


def events(client, token):
    """What a calendar program makes of the answer, by the visit's UID."""
    answer = read(client, token)
    assert answer.status_code == 200, answer.content
    return {str(each["uid"]): each for each in Calendar.from_ical(answer.content).events}


def the_event(client, token):
    (event,) = events(client, token).values()
    return event


# -- What is in it ---------------------------------------------------------------------------


def test_an_entry_says_when_in_which_room_and_at_which_site(client, house, case, token):
    visit = a_visit(house, case)

    event = the_event(client, token)

    assert (event.start, event.end) == (visit.starts_at, visit.ends_at)
    assert str(event["summary"]) == "Vigil: visit"
    assert str(event["location"]) == f"{house.room}, {house.site}"
    assert str(event["status"]) == "CONFIRMED"


def test_nothing_else_is_in_it(client, house, case, token):
    visit = a_dosing_visit(house, case)
    booking.reschedule(
        visit, by=house.manager, at=NOON - 19 * DAY, starts_at=NOON + DAY, ends_at=NOON + DAY + HOUR,
        room=house.room, people=people_for(house, "dosing"),
    )  # fmt: skip

    words = read(client, token).content.decode()

    patient, protocol = case.patient, case.protocol_version.protocol
    assert patient.given_name not in words
    assert patient.family_name not in words
    for secret in (patient.number, patient.key, case.key, protocol.title, "dosing", "session"):
        assert str(secret).lower() not in words.lower()
    for each in (house.facilitator, house.nurse, house.prescriber, house.intake):
        assert each.name not in words
    # Whatever a column may hold one day: these properties and no others leave the house.
    event = the_event(client, token)
    assert set(event) == {
        "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "DTSTART", "DTEND", "LOCATION",
        "CLASS", "STATUS", "TRANSP",
    }  # fmt: skip
    assert str(event["uid"]) == f"{visit.key}@vigil"


def test_a_visit_at_a_distance_names_its_site(client, house, case, token):
    booking.book(
        case, by=house.intake, at=NOON - DAY, stage="integration", code="integration", room=None,
        starts_at=NOON, ends_at=NOON + HOUR, people=people_for(house, "integration"),
    )  # fmt: skip

    assert str(the_event(client, token)["location"]) == f"At a distance, {house.site}"


def test_it_is_of_one_persons_visits_and_of_nobody_elses(client, house, case, token, made):
    a_visit(house, case)
    other = made(house.nurse)

    assert len(events(client, token)) == 1
    assert events(client, other) == {}


# -- What changes ----------------------------------------------------------------------------


def test_a_moved_visit_keeps_its_uid_and_counts_on(client, house, case, token, seeing):
    visit = a_visit(house, case)
    before = the_event(client, token)
    seeing(house.site, user=house.intake)
    booking.reschedule(
        visit, by=house.intake, at=NOON - DAY, starts_at=NOON + DAY, ends_at=NOON + DAY + HOUR,
        room=house.room, people=people_for(house, "preparation"),
    )  # fmt: skip

    after = the_event(client, token)

    assert after["uid"] == before["uid"]
    assert (int(before["sequence"]), int(after["sequence"])) == (0, 1)
    assert after.start == NOON + DAY


def test_a_cancelled_visit_stays_and_says_so(client, house, case, token):
    booking.cancel(a_visit(house, case), by=house.intake, at=NOON - DAY, reason="Has a cold.")

    event = the_event(client, token)

    assert (str(event["status"]), int(event["sequence"])) == ("CANCELLED", 1)
    assert "cold" not in read(client, token).content.decode()


def test_a_visit_nobody_came_to_is_off_too(client, house, case, token):
    visit = a_visit(house, case, starts_at=NOON - HOUR)
    booking.no_show(visit, by=house.intake, at=NOON)

    assert str(the_event(client, token)["status"]) == "CANCELLED"


def test_what_is_long_over_has_gone(client, house, case, token):
    a_visit(house, case)
    with time_machine.travel(NOON + 40 * DAY, tick=False):
        assert events(client, token) == {}


# -- Its wall --------------------------------------------------------------------------------


def test_whoever_reads_it_has_seen_no_site_and_no_patient(client, house, case, token):
    a_visit(house, case)
    with CaptureQueriesContext(connection) as asked:
        read(client, token)

    words = " ".join(each["sql"] for each in asked)
    assert "clinic_patient" not in words
    assert "clinic_case" not in words
    assert [Patient.objects.count(), Case.objects.count(), Visit.objects.count()] == [0, 0, 0]
    assert DiaryFeed.objects.count() == 0


def test_the_digests_are_nobodys_but_the_persons(house, token, seeing):
    for user, seen in [(house.facilitator, 1), (house.nurse, 0), (house.manager, 0)]:
        seeing(house.site, user=user)
        assert DiaryFeed.objects.count() == seen


def test_only_a_digest_is_kept(house, token, seeing):
    seeing(house.site, user=house.facilitator)

    assert token not in str(DiaryFeed.objects.values().get())
    assert token not in str(list(TrailEntry.objects.values_list("payload")))


def test_a_site_without_a_role_any_more_leaves_the_calendar(client, house, case, token):
    a_visit(house, case)
    RoleAtSite.objects.filter(user=house.facilitator).update(valid_until=NOON - DAY)

    assert events(client, token) == {}


# -- How it ends -----------------------------------------------------------------------------


def test_a_new_address_ends_the_one_before(client, house, token, made):
    new = made(house.facilitator)

    assert [read(client, each).status_code for each in (token, new)] == [410, 200]


def test_an_ended_address_opens_nothing_and_cannot_be_ended_twice(client, house, token, seeing):
    seeing(house.site, user=house.facilitator)
    actions.end_feed(house.facilitator, by=house.facilitator, at=NOON)

    assert read(client, token).status_code == 410
    with pytest.raises(Refused, match="no address to end"):
        actions.end_feed(house.facilitator, by=house.facilitator, at=NOON)


@pytest.mark.parametrize("act", [people.deactivate, door.leave])
def test_it_ends_with_the_account_and_stays_ended(client, house, token, act, seeing):
    act(house.facilitator, by=house.manager, at=NOON, reason="Has moved away.")
    assert read(client, token).status_code == 410

    seeing(house.site, user=house.manager)
    house.facilitator.refresh_from_db()
    people.reactivate(house.facilitator, by=house.manager, at=NOON)
    assert read(client, token).status_code == 410


def test_nobody_makes_or_ends_anothers(house, token):
    for act in (actions.make_feed, actions.end_feed):
        with pytest.raises(Refused, match="by the person themself"):
            act(house.facilitator, by=house.manager, at=NOON)


# -- How it answers --------------------------------------------------------------------------


def test_no_cache_keeps_it(client, token):
    answer = read(client, token)

    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert not answer.cookies


def test_a_calendar_that_asks_too_often_is_told_to_wait(client, token, monkeypatch):
    monkeypatch.setattr(limits, "A_FEED", 2)

    answers = [read(client, token) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "3600"
    with time_machine.travel(NOON + HOUR, tick=False):
        assert read(client, token).status_code == 200


def test_whoever_tries_secrets_is_told_to_wait(client, monkeypatch):
    monkeypatch.setattr(limits, "WRONG", 2)

    answers = [read(client, each) for each in ("guess", "guess-again", "and-again")]

    assert [each.status_code for each in answers] == [410, 410, 429]
    assert read(client, "guess", REMOTE_ADDR="203.0.113.9").status_code == 410


def test_a_telephone_with_an_old_address_shuts_nobody_out_behind_the_same_one(
    client, house, token, made, monkeypatch
):
    monkeypatch.setattr(limits, "WRONG", 2)
    new, others = made(house.facilitator), made(house.nurse)

    assert [read(client, token).status_code for _ in range(4)] == [410, 410, 429, 429]
    assert [read(client, each).status_code for each in (new, others)] == [200, 200]


def test_the_secret_stands_in_no_log(client, caplog, token):
    read(client, "a-secret-of-somebody")

    assert "a-secret-of-somebody" not in caplog.text


def test_many_visits_cost_what_one_costs(client, house, token, seeing):
    first, *others = many_preparing_cases(house, 5)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            read(client, token)
        seeing(house.site, user=house.intake)
        return len(asked)

    cost()  # the first reading begins the count of the hour
    a_visit(house, first)
    one = cost()
    for n, case in enumerate(others, start=1):
        a_visit(house, case, starts_at=NOON + n * DAY)
    assert cost() == one


# -- The person's own page -------------------------------------------------------------------


def test_the_person_makes_it_sees_it_once_and_ends_it(client, house):
    sign_in(client, house.facilitator)
    assert "No address yet" in client.get(reverse("booking:feed")).content.decode()

    made = client.post(reverse("booking:make_feed")).content.decode()
    address = made.split('readonly value="')[1].split('"')[0]
    assert client.get(urlsplit(address).path).status_code == 200

    page = client.get(reverse("booking:feed")).content.decode()
    assert "Your address" in page
    assert address not in page

    ended = client.post(reverse("booking:end_feed"), follow=True).content.decode()
    assert "No address yet" in ended
    assert trail()[-2:] == ["diary address made", "diary address ended"]
    assert client.post(reverse("booking:end_feed")).status_code == 422
