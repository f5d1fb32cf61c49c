"""A session that is moved pulls what depends on it: shown, proposed anew, moved in one act."""

import pytest
import time_machine
from django.urls import reverse

from clinic.booking import actions as booking
from clinic.booking.course import actions, queries
from clinic.booking.course.following import followers_of, outside
from clinic.booking.models import Stage
from clinic.workflow import Refused
from tests.builders import courses
from tests.builders.booking import a_dosing_visit, a_visit, people_for
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, sign_in, trail
from tests.builders.preparation import a_preparing_case, many_preparing_cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_preparing_case(house)


@pytest.fixture
def session(house, case):
    """A session a week ahead, a talk before it and one two days after it."""
    session = a_dosing_visit(house, case, starts_at=NOON + 7 * DAY)
    a_visit(house, case, starts_at=NOON + 5 * DAY)
    a_visit(house, case, stage=Stage.INTEGRATION, starts_at=NOON + 9 * DAY)
    return session


def put_off(house, session, days):
    booking.reschedule(
        session, by=house.intake, at=NOON, room=session.room,
        starts_at=session.starts_at + days * DAY, ends_at=session.ends_at + days * DAY,
        people=people_for(house, Stage.DOSING),
    )  # fmt: skip


def moved(draft_of_one, visit):
    return {
        "visit": visit,
        "room": draft_of_one.room,
        "people": list(draft_of_one.people),
        "starts_at": draft_of_one.starts_at,
        "ends_at": draft_of_one.ends_at,
    }


def test_in_its_window_nothing_has_to_follow(session):
    assert outside(session) == []


def test_put_off_a_week_the_talk_after_it_follows_within_its_window(house, session):
    put_off(house, session, 7)

    (follower,) = followers_of(session, at=NOON)[0]
    assert follower.visit.stage == Stage.INTEGRATION
    actions.follow(
        session, by=house.intake, at=NOON, visits=[moved(follower.proposed, follower.visit)]
    )

    assert outside(session) == []
    assert trail()[-1] == "visits moved after their session"


def test_brought_forward_the_talk_before_it_follows(house, session):
    put_off(house, session, -4)

    stages = {each.visit.stage for each in followers_of(session, at=NOON)[0]}

    assert stages == {Stage.PREPARATION, Stage.INTEGRATION}


@pytest.mark.parametrize("lose", ["cancel", "no_show"])
def test_what_was_booked_after_a_session_that_is_lost_is_shown(client, house, session, lose):
    after = session.case.visits.get(stage=Stage.INTEGRATION)
    with time_machine.travel(session.ends_at, tick=False):
        sign_in(client, house.intake)
        answer = client.post(reverse(f"booking:{lose}", args=[session.key]), {"reason": "Ill"})
        follow = reverse("booking:follow", args=[session.key])
        assert answer.url == follow
        shown = client.get(follow).content.decode()
        assert follow in client.get(reverse("booking:show", args=[session.key])).content.decode()

        a_dosing_visit(house, session.case, starts_at=NOON + 14 * DAY)
        anew = client.get(reverse("booking:show", args=[session.key])).content.decode()

    assert reverse("booking:show", args=[after.key]) in shown
    assert "Move or call off each of them, or book the session anew" in shown
    assert follow not in anew


def test_a_session_put_off_three_weeks_pulls_those_after_it_and_their_visits(db):
    house = courses.a_house_with_two_therapists()
    case = courses.a_participant(house)
    draft = queries.draft_of(case, courses.wishes(), at=NOON)
    booked = actions.book_course(case, by=house.intake, at=NOON, visits=courses.as_booked(draft))
    first, second, third = (visit for visit in booked if visit.stage == Stage.DOSING)
    assert outside(first) == []
    saturday = first.starts_at + (21 + 5 - first.starts_at.weekday()) * DAY
    seats = [(seat.user, seat.capacity) for seat in first.people.all()]

    booking.reschedule(
        first, by=house.intake, at=NOON, room=first.room, people=seats,
        starts_at=saturday, ends_at=saturday + (first.ends_at - first.starts_at),
    )  # fmt: skip
    found, _ = followers_of(first, at=NOON)

    pulled = {each.visit for each in found}
    assert {second, third} <= pulled
    of_theirs = [v for v in booked if v.ahead in (2, 3)]
    assert pulled >= set(of_theirs)
    actions.follow(
        first, by=house.intake, at=NOON, visits=[moved(each.proposed, each.visit) for each in found]
    )
    assert outside(first) == []


def test_one_that_meets_another_visit_leaves_all_where_they_were(house, session):
    put_off(house, session, 7)
    (follower,) = followers_of(session, at=NOON)[0]
    new = moved(follower.proposed, follower.visit)
    other = many_preparing_cases(house, 1)[0]
    a_visit(
        house, other, starts_at=new["starts_at"], room=new["room"], people=new["people"], at=NOON
    )

    with pytest.raises(Refused) as refusal:
        actions.follow(session, by=house.intake, at=NOON, visits=[new])
    with pytest.raises(Refused) as nothing:
        actions.follow(session, by=house.safety_lead, at=NOON, visits=[])

    assert codes(refusal) == ["room_taken", "person_taken"]
    assert codes(nothing) == ["role", "course_is_empty"]
    assert len(outside(session)) == 1


def test_moving_a_session_leads_to_what_depends_on_it(client, house, session):
    sign_in(client, house.intake)
    with time_machine.travel(NOON, tick=False):
        people = {f"person_{capacity}_0": u.pk for u, capacity in people_for(house, Stage.DOSING)}
        answer = client.post(
            reverse("booking:reschedule", args=[session.key]),
            {"day": "2026-12-02", "begins": "12:00", "minutes": "180", "room": house.room.pk}
            | people,
        )
        url = reverse("booking:follow", args=[session.key])
        assert answer.url == url
        page = client.get(url)
        sent = {}
        for each in page.context["form"].visits:
            for box in each:
                value = box.value()
                if value is not None:
                    sent[box.html_name] = getattr(value, "isoformat", lambda v=value: v)()
        done = client.post(url, sent)
        strange = client.post(url, {"visit-0-visit": "reiki"})

    assert "Outside their window" in page.content.decode()
    assert (done.status_code, strange.status_code) == (302, 404)
    session.refresh_from_db()
    assert outside(session) == []
    assert session.ends_at - session.starts_at == 3 * HOUR
