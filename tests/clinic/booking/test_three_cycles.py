"""The whole course of MDMA: fifteen visits, two therapists, one room, twelve weeks half full."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.booking.course import actions, queries
from clinic.booking.models import Stage, Visit
from tests.builders import courses
from tests.builders.house import NOON, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(db):
    return courses.a_house_with_two_therapists()


@pytest.fixture
def case(house):
    courses.half_full(house, courses.a_participant(house, "Birch", 1970))
    return courses.a_participant(house)


def test_the_course_is_found_in_time_and_breaks_no_rule(house, case):
    queries.draft_of(case, courses.wishes(weeks=1), at=NOON)  # loads the solver
    begun = time.perf_counter()
    draft = queries.draft_of(case, courses.wishes(), at=NOON)
    took = time.perf_counter() - begun

    assert draft.why_not == ()
    assert len(draft.visits) == 15
    assert took < 5
    booked = actions.book_course(case, by=house.intake, at=NOON, visits=courses.as_booked(draft))
    assert len(booked) == 15
    doses = [visit for visit in booked if visit.stage == Stage.DOSING]
    assert [visit.ahead for visit in doses] == [None, 2, 3]
    gaps = [(b.starts_at - a.starts_at) for a, b in zip(doses, doses[1:], strict=False)]
    assert all(gap > timedelta(days=20) for gap in gaps)


def test_a_booker_proposes_it_on_its_page_and_books_it_there(client, house, case):
    sign_in(client, house.intake)
    url = reverse("booking:course", args=[case.key])
    wishes = {"earliest": "2026-11-23", "weeks": 12, "sessions": 3, "weekdays": [0, 1, 2, 3, 4]}
    with time_machine.travel(NOON, tick=False):
        page = client.get(url, wishes)
        sent = {}
        for each in page.context["form"].visits:
            for box in each:
                value = box.value()
                if value is not None:
                    sent[box.html_name] = getattr(value, "isoformat", lambda v=value: v)()
        leave_out = next(name for name in sent if name.endswith("14-wanted"))
        del sent[leave_out]
        answer = client.post(url, sent)

    assert page.status_code == 200
    assert "A draft of 15 visits" in page.content.decode()
    assert answer.status_code == 302
    assert case.visits.count() == 14


def test_a_draft_that_meets_another_booking_is_kept_with_every_clash(client, house, case):
    sign_in(client, house.intake)
    draft = queries.draft_of(case, courses.wishes(), at=NOON)
    other = courses.a_participant(house, "Cedar", 1975)
    actions.book_course(other, by=house.intake, at=NOON, visits=courses.as_booked(draft))
    first = draft.visits[0]
    starts = first.starts_at.astimezone(house.site.tz)
    sent = {
        "visit-0-visit": first.wanted.code,
        "visit-0-wanted": "on",
        "visit-0-day": f"{starts:%Y-%m-%d}",
        "visit-0-begins": f"{starts:%H:%M}",
        "visit-0-minutes": "90",
        "visit-0-room": first.room.pk,
    } | {f"visit-0-person_{capacity}_0": user.pk for user, capacity in first.people}
    with time_machine.travel(NOON, tick=False):
        answer = client.post(reverse("booking:course", args=[case.key]), sent)
        twice = sent | {"visit-0-day": [sent["visit-0-day"], "2027-01-04"]}
        two_answers = client.post(reverse("booking:course", args=[case.key]), twice)

    assert "Two answers were sent to this one question." in two_answers.content.decode()
    page = answer.content.decode()
    assert (answer.status_code, case.visits.count()) == (422, 0)
    assert "is taken by" in page
    assert f'value="{starts:%Y-%m-%d}"' in page


def test_the_page_asks_as_much_for_one_visit_as_for_fifteen(client, house, case):
    sign_in(client, house.intake)
    url = reverse("booking:course", args=[case.key])

    def cost(sessions, weeks):
        wishes = {"earliest": "2026-11-23", "weeks": weeks, "sessions": sessions}
        with time_machine.travel(NOON, tick=False), CaptureQueriesContext(connection) as asked:
            assert client.get(url, wishes).context["draft"].visits
        return len(asked)

    cost(1, 12)
    assert cost(1, 12) == cost(3, 12)


def test_nothing_is_booked_by_looking(client, house, case):
    before = Visit.objects.count()
    sign_in(client, house.intake)
    with time_machine.travel(NOON, tick=False):
        client.get(
            reverse("booking:course", args=[case.key]), {"earliest": "2026-11-23", "weeks": 0}
        )
        late = client.get(
            reverse("booking:course", args=[case.key]),
            {"earliest": "2020-01-01", "weeks": "99999", "sessions": "-1", "begins": "25:61"},
        )

    assert Visit.objects.count() == before
    assert late.status_code == 422
    assert "Choose a day from today on, within two years." in late.content.decode()
