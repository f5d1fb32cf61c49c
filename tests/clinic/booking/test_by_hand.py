"""Booked and moved by hand: closed days and hours stand in the way, window and rota are told."""

from datetime import UTC, datetime, time

import pytest
import time_machine
from django.urls import reverse

from clinic.booking import actions, queries
from clinic.booking.course.advice import told_ahead, warnings_of
from clinic.booking.course.calendar import Calendar, Grid
from clinic.booking.forecasts import forecasts_of
from clinic.booking.models import Stage, Visit
from clinic.booking.queries import Asked, visit_rule
from clinic.people.hours import actions as hours
from clinic.people.models import DutyShift
from clinic.workflow import Refused
from tests.builders.booking import a_dosing_visit, a_visit, people_for
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house, codes, sign_in
from tests.builders.preparation import a_preparing_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
AT = NOON - 10 * DAY
WHY = "They come from far away"


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_preparing_case(house)


def close(house):
    day = NOON.date()
    hours.close_day(house.site, by=house.manager, at=AT, day=day, name="Feast of the harbour")


def work(house, *week):
    hours.write_hours(house.facilitator, by=house.manager, at=AT, site=house.site, hours=week)


def moved(house, visit, starts_at, **facts):
    actions.reschedule(
        visit, by=house.intake, at=AT, room=visit.room, people=people_for(house, visit.stage),
        starts_at=starts_at, ends_at=starts_at + HOUR, **facts,
    )  # fmt: skip


# -- Closed days and hours --------------------------------------------------------------------


def test_on_a_closed_day_nothing_is_booked_or_moved_unless_somebody_allows_it(house, case):
    later = a_visit(house, case, starts_at=NOON + DAY)
    close(house)
    said = f"{house.site} is closed on 18 November 2026: Feast of the harbour."

    for act in (a_visit, moved):
        with pytest.raises(Refused) as refusal:
            act(house, *((case,) if act is a_visit else (later, NOON)))
        assert [(o.code, str(o)) for o in refusal.value.obstacles] == [("visit_closed_day", said)]
    with pytest.raises(Refused) as by_intake:
        a_visit(house, case, overlap_reason=WHY)
    assert codes(by_intake) == ["overlap_role"]
    assert said in str(by_intake.value.obstacles[0])

    visit = a_visit(house, case, at=AT, by=house.manager, overlap_reason=WHY)

    assert (visit.overlap_allowed_in, visit.overlap_reason) == ("Clinic manager", WHY)
    assert forecasts_of(visit, at=AT) == []


def test_a_day_closed_after_an_overlap_was_allowed_is_told_all_the_same(house, case):
    close(house)
    visit = a_visit(house, case, by=house.manager, overlap_reason=WHY, at=AT - DAY)

    assert [each.words for each in forecasts_of(visit, at=AT)] == [
        f"{house.site} is closed that day: Feast of the harbour."
    ]


@pytest.mark.parametrize(
    ("week", "says"),
    [
        ([], None),
        ([(2, time(12), time(13))], None),
        ([(2, time(12, 5), time(18))], "works here from 12:05 to 18:00 on Wednesday, 18 November"),
        ([(2, time(8), time(12, 59))], "works here from 08:00 to 12:59 on Wednesday, 18 November"),
        ([(1, time(8), time(18))], "does not work here on a Wednesday; 18 November 2026 is one."),
    ],
)
def test_outside_somebodys_written_hours_they_are_named(house, case, week, says):
    if week:
        work(house, *week)
    if says is None:
        assert a_visit(house, case).pk
        return

    with pytest.raises(Refused) as refusal:
        a_visit(house, case)

    assert codes(refusal) == ["visit_off_hours"]
    assert f"{house.facilitator} {says}" in str(refusal.value.obstacles[0])
    visit = a_visit(house, case, by=house.prescriber, overlap_reason=WHY)
    assert (visit.overlap_allowed_in, visit.overlap_reason) == ("Prescriber", WHY)


def test_a_visit_over_midnight_is_outside_the_hours_of_either_day(house, case):
    work(house, *((day, time(), time(23, 59)) for day in range(7)))
    starts_at = NOON + 11 * HOUR + 30 * MINUTE

    with pytest.raises(Refused) as refusal:
        a_visit(house, case, starts_at=starts_at)

    assert codes(refusal) == ["visit_off_hours"]


def test_free_times_keep_clear_of_closed_days_and_of_hours(house, case):
    close(house)
    work(house, (2, time(8), time(18)), (3, time(14), time(16)))
    asked = Asked(case, house.room, (house.facilitator,), NOON, NOON + HOUR)

    found = queries.free_times(asked)

    assert [f"{at:%d %H:%M}" for at in found] == ["19 14:00", "19 15:00", "25 08:00"]


def test_a_course_is_laid_inside_hours_that_begin_between_two_quarters(house, case):
    work(house, (2, time(12, 5), time(18)))
    calendar = Calendar(case, Grid(NOON.date(), 1, house.site.tz), AT)

    free = calendar.person_taken(house.facilitator, is_with_client=True).free(4)

    assert f"{calendar.grid.moment(min(free)):%H:%M}" == "12:30"


# -- The window and the night after -----------------------------------------------------------


def told(case, stage, *, at=AT):
    return told_ahead(case, visit_rule(case, stage, stage), at=at)


def test_when_a_visit_belongs_is_told_before_it_is_chosen(house, case):
    unbooked = told(case, "integration")
    a_dosing_visit(house, case)

    assert unbooked == ["Its window is counted from a session that is not booked yet."]
    assert told(case, "integration") == [
        "This visit belongs between 19 November 2026, 15:00 and 21 November 2026, 15:00."
    ]
    assert told(case, "preparation") == [
        "This visit belongs on 18 November 2026, 11:00 or earlier."
    ]


def test_a_visit_outside_its_window_is_booked_and_never_silently(client, house, case):
    a_dosing_visit(house, case)
    belongs = "This visit belongs between 19 November 2026, 15:00 and 21 November 2026, 15:00."
    url = reverse("booking:book", args=[case.key]) + "?visit=integration:integration"
    late = {
        "day": "2026-11-23", "begins": "12:00", "minutes": "60", "room": house.room.pk,
        "person_facilitator_0": house.facilitator.pk,
    }  # fmt: skip
    with time_machine.travel(AT, tick=False):
        sign_in(client, house.intake)
        before = client.get(url).content.decode()
        after = client.post(url, late, follow=True).content.decode()
        visit = Visit.objects.get(stage=Stage.INTEGRATION)
        shown = client.get(visit.get_absolute_url()).content.decode()
        moving = client.get(reverse("booking:reschedule", args=[visit.key])).content.decode()

    outside = f"It lies outside its window. {belongs}"
    assert [belongs in before, outside in before] == [True, False]
    assert [outside in after, outside in shown, belongs in moving] == [True, True, True]
    moved(house, visit, NOON + 2 * DAY)
    visit.refresh_from_db()
    assert warnings_of(visit, at=AT) == []


def on_call(house, starts_at, ends_at):
    DutyShift.objects.create(
        site=house.site, user=house.prescriber, duty="on_call", starts_at=starts_at, ends_at=ends_at
    )


def test_a_session_whose_night_has_nobody_on_call_is_told_with_the_times(house, case):
    DutyShift.objects.all().delete()
    on_call(house, AT - DAY, NOON + 6 * HOUR)
    on_call(house, NOON + 20 * HOUR, NOON + 9 * DAY)

    ahead = told(case, "dosing")
    session = a_dosing_visit(house, case)

    assert ahead == [
        "Somebody is on call until 24 hours after the session. The rota is written until "
        "27 November 2026, 12:00. Nobody is on call from 18 November 2026, 18:00 to "
        "19 November 2026, 08:00."
    ]
    assert warnings_of(session, at=AT) == [
        "Nobody is on call from 18 November 2026, 18:00; "
        "the protocol wants somebody until 19 November 2026, 15:00."
    ]


def test_a_rota_that_is_not_written_so_far_is_told(house, case):
    DutyShift.objects.all().delete()
    nobody = told(case, "dosing")
    on_call(house, AT, NOON + 6 * HOUR)
    session = a_dosing_visit(house, case)

    assert nobody == [
        "Somebody is on call until 24 hours after the session. The rota names nobody yet."
    ]
    assert warnings_of(session, at=AT) == [
        "Who is on call until 19 November 2026, 15:00 is not written yet."
    ]
    on_call(house, NOON, datetime(2026, 12, 1, tzinfo=UTC))
    assert warnings_of(session, at=AT) == []


@pytest.mark.parametrize("visit", ["preparation:preparation", "dosing:dosing"])
@pytest.mark.parametrize(
    ("day", "begins"), [("9999-12-31", "12:00"), ("0001-01-01", "00:00"), ("9999-12-30", "23:59")]
)
def test_a_day_at_the_end_of_the_calendar_is_refused_and_breaks_nothing(
    client, house, case, visit, day, begins
):
    url = reverse("booking:book", args=[case.key]) + f"?visit={visit}"
    typed = {
        "day": day, "begins": begins, "minutes": "60", "room": house.room.pk,
        "person_facilitator_0": house.facilitator.pk, "person_nurse_0": house.nurse.pk,
        "person_prescriber_0": house.prescriber.pk,
    }  # fmt: skip

    with time_machine.travel(AT, tick=False):
        answer = sign_in(client, house.intake).post(url, typed)

    assert (answer.status_code, Visit.objects.count()) == (422, 0)
    assert f'value="{day}"' in answer.content.decode()
