"""The run sheet as a picture: what is due, who covers, how many questions it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.attention.models import Matter
from clinic.people.models import User
from sessions.supervised import actions
from sessions.supervised.day import days
from sessions.supervised.queries import live_sessions
from sessions.supervised.sheet import etag
from sessions.supervised.sheet.chart import chart_of
from sessions.supervised.sheet.frame import sheet_context
from sessions.supervised.sheet.queries import sheet_of
from tests.builders import supervised as build
from tests.builders.house import HOUR, MINUTE

pytestmark = pytest.mark.django_db
GIVEN = build.DOSED_AT


def test_the_next_check_comes_with_its_tolerance(house):
    session = build.a_dosed_session(house)
    build.a_set(house, session, at=GIVEN + MINUTE, planned_for=GIVEN)

    check = build.sheet(session, GIVEN + 6 * MINUTE).next_check

    assert (check.at, check.tolerance, check.state) == (GIVEN + 15 * MINUTE, 5, "upcoming")
    assert check.label == "BP, HR, SpO2, RR, Rouse, Diss, Nausea"


def test_a_check_falls_due_then_overdue_then_missed(house):
    session = build.a_dosed_session(house)

    states = [
        next(c.state for c in build.sheet(session, GIVEN + n * MINUTE).checks
             if c.url_value == "vitals+15")
        for n in (5, 12, 22, 26)
    ]  # fmt: skip

    assert states == ["upcoming", "due", "overdue", "missed"]


def test_the_earliest_release_counts_down(house):
    sheet = build.sheet(build.a_dosed_session(house), GIVEN + HOUR)

    assert (sheet.earliest_release, sheet.release_in) == (GIVEN + 2 * HOUR, HOUR)


def test_coverage_and_ratio_are_worked_out_anew_when_somebody_leaves(house):
    session = build.a_dosed_session(house)
    assert build.sheet(session, GIVEN).coverage_ok

    for user in (house.nurse, house.facilitator):
        actions.come(session, by=house.nurse, at=GIVEN, user=user, where="away")

    sheet = build.sheet(session, GIVEN)
    assert [cover.ok for cover in sheet.covers] == [True, False, False, False]
    assert sheet.with_client == []


def test_the_chart_shows_pressure_as_bars_and_how_each_point_was_entered(house):
    session = build.a_dosed_session(house)
    build.a_set(house, session, at=GIVEN + 24 * MINUTE, planned_for=GIVEN + 15 * MINUTE)

    chart = chart_of(build.sheet(session, GIVEN + 25 * MINUTE))

    pressure = chart.plots[0]
    assert (pressure.name, pressure.kind) == ("BP", "bar")
    assert [mark["late"] for mark in pressure.marks] == [False, True]
    assert [dose["label"] for dose in chart.doses] == ["50 mg"]


def questions_of(ask):
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def test_a_sheet_costs_the_same_questions_with_1_and_with_50_sets(house):
    session = build.a_dosed_session(house)

    def ask():
        nurse = User.objects.get(pk=house.nurse.pk)  # as a request knows her: nothing yet
        row = live_sessions(nurse).get(key=session.key)
        sheet_context(row, GIVEN + 58 * MINUTE, nurse)

    few = questions_of(ask)
    for n in range(50):
        build.a_set(house, session, at=GIVEN + n * MINUTE)

    assert questions_of(ask) == few


def test_a_board_of_two_costs_the_same_questions_as_of_one(house):
    build.a_dosed_session(house)

    def ask():
        nurse = User.objects.get(pk=house.nurse.pk)  # as a request knows her: nothing yet
        return [sheet_of(row, GIVEN) for row in live_sessions(nurse)]

    few = questions_of(ask)
    build.a_checked_in_session(
        house, at=build.NOON + 5 * HOUR, family_name="Birch", phone="+1 212 555 0177"
    )

    assert len(ask()) == 2
    assert questions_of(ask) == few


def test_the_day_of_many_cycles_costs_a_constant_number_of_questions(house):
    session = build.a_dosed_session(house)

    asked = questions_of(lambda: days([session.cycle], GIVEN))

    assert asked <= 14


def test_a_tag_stands_until_something_is_written_or_the_moment_comes(house):
    session = build.a_dosed_session(house)
    at = GIVEN + 6 * MINUTE
    tag = etag.of(house.nurse, session, build.sheet(session, at).changes_at)

    assert etag.still_stands(tag, house.nurse, session, at)
    assert not etag.still_stands(tag, house.facilitator, session, at)
    assert not etag.still_stands(tag, house.nurse, session, at + 2 * MINUTE)
    build.a_set(house, session, at=at)
    assert not etag.still_stands(tag, house.nurse, session, at)


@pytest.mark.parametrize("nonsense", ["", '"x"', '"abc.99999999999999999"', 'W/"1.1"', "*"])
def test_a_tag_nobody_gave_does_not_stand(house, nonsense):
    session = build.a_dosed_session(house)

    assert not etag.still_stands(nonsense, house.nurse, session, GIVEN)


# -- The worker ------------------------------------------------------------------------------


def test_an_overdue_check_is_raised_once_however_often_it_is_asked(house):
    session = build.a_dosed_session(house)
    at = GIVEN + 21 * MINUTE

    first = actions.raise_overdue(session, by=house.nurse, at=at)
    again = actions.raise_overdue(session, by=house.nurse, at=at)

    assert (first, again, Matter.objects.filter(kind="overdue_check").count()) == (1, 1, 1)


def test_charting_settles_what_was_overdue(house):
    session = build.a_dosed_session(house)
    at = GIVEN + 21 * MINUTE
    actions.raise_overdue(session, by=house.nurse, at=at)

    build.a_set(house, session, at=at, planned_for=GIVEN + 15 * MINUTE)

    matter = Matter.objects.get(occurrence=f"overdue_check:{session.key}:vitals+15")
    assert (matter.status, matter.outcome) == ("closed", "It was charted.")


def test_after_a_call_for_help_nothing_is_raised(house):
    session = build.a_dosed_session(house)
    actions.call_for_help(session, by=house.nurse, at=GIVEN + MINUTE)

    assert actions.raise_overdue(session, by=house.nurse, at=GIVEN + 21 * MINUTE) == 0
