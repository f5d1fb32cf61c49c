from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.checklists.engine import Answer
from clinic.protocols.calculators import (
    PastDose,
    age_on,
    age_problems,
    interval_problems,
    licences_needed,
    shifted,
    touchpoints,
    visit_window,
    washout_clear_on,
    washouts,
)
from clinic.protocols.document import Offset
from tests.clinic.protocols.builders import SAID, a_protocol, ketamine

TODAY = date(2026, 11, 21)
NEW_YORK = ZoneInfo("America/New_York")
PORTLAND = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("birth", "age"),
    [
        (date(2008, 11, 21), 18),
        (date(2008, 11, 22), 17),
        (date(1985, 7, 14), 41),
    ],
)
def test_a_year_is_complete_on_the_birthday(birth, age):
    assert age_on(birth, TODAY) == age


def test_who_was_born_on_a_leap_day_grows_older_in_march():
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


def test_ketamine_is_for_adults_on_the_day():
    assert age_problems(ketamine(), date(2008, 11, 21), TODAY) == ()
    assert age_problems(ketamine(), date(2008, 11, 22), TODAY) == (
        "Aged 17 on the day; this protocol admits ages from 18.",
    )


def test_a_protocol_without_an_age_admits_every_age():
    assert age_problems(a_protocol(), date(2026, 1, 1), TODAY) == ()


def test_an_upper_age_includes_its_year():
    document = a_protocol(age={"maximum": 65, **SAID})

    assert age_problems(document, date(1961, 11, 21), TODAY) == ()
    assert age_problems(document, date(1960, 11, 21), TODAY) == (
        "Aged 66 on the day; this protocol admits ages up to 65.",
    )


def answers(taken, last=None):
    given = {"other_psychedelic": taken}
    return given | ({"other_psychedelic_last_on": last} if last else {})


def washout(taken, last=None, on=TODAY, answered_on=None):
    (state,) = washouts(ketamine(), answers(taken, last), on, answered_on)
    return state.clear, state.clear_on, state.because


def test_seven_clear_days_end_on_the_same_weekday():
    assert washout_clear_on(7, date(2026, 11, 14)) == TODAY


def test_what_was_never_taken_needs_no_washout():
    assert washout(Answer("known", False)) == (True, None, "never_taken")


def test_a_washout_ends_on_its_day():
    last = Answer("known", "2026-11-14")

    assert washout(Answer("known", True), last) == (True, TODAY, "dated")
    assert washout(Answer("known", True), last, on=date(2026, 11, 20))[0] is False


def test_an_approximate_last_time_counts_as_the_latest_it_could_be():
    october = Answer("approximate", "2026-10")

    assert washout(Answer("known", True), october)[:2] == (True, date(2026, 11, 7))


def test_the_month_that_still_runs_ends_on_the_day_it_was_told():
    november = Answer("approximate", "2026-11")

    assert washout(Answer("known", True), november, answered_on=date(2026, 11, 10)) == (
        True,
        date(2026, 11, 17),
        "dated",
    )


@pytest.mark.parametrize(
    ("taken", "last", "because"),
    [
        (Answer("not_known"), None, "not_known"),
        (Answer("known", True), None, "not_known"),
        (Answer("known", True), Answer("not_known"), "not_known"),
        (Answer("known", True), Answer("known", "in spring"), "not_known"),
    ],
)
def test_doubt_about_a_washout_counts_as_not_elapsed(taken, last, because):
    assert washout(taken, last) == (False, None, because)


def test_a_washout_nobody_asked_about_is_not_elapsed():
    (state,) = washouts(ketamine(), {}, TODAY)

    assert (state.clear, state.because) == (False, "unanswered")


@pytest.mark.parametrize(
    ("substance", "on", "count"),
    [
        ("ketamine", date(2026, 11, 20), 1),
        ("ketamine", date(2026, 11, 19), 0),
        ("esketamine", date(2026, 11, 20), 1),
        ("psilocybin", date(2026, 11, 15), 1),
        ("psilocybin", date(2026, 11, 14), 0),
        ("psilocybin", date(2026, 12, 1), 0),
    ],
)
def test_an_earlier_dose_keeps_its_distance(substance, on, count):
    assert len(interval_problems(ketamine(), [PastDose(substance, on)], TODAY)) == count


def test_an_interval_says_from_when_it_is_over():
    assert interval_problems(ketamine(), [PastDose("ketamine", date(2026, 11, 20))], TODAY) == (
        "The last dose of ketamine was on 20 November 2026; "
        "2 days must lie between, so not before 22 November 2026.",
    )


def test_days_are_counted_on_the_local_calendar_and_hours_as_they_elapse():
    # The clocks go back in New York on 1 November 2026 at 02:00.
    before = datetime(2026, 10, 31, 12, tzinfo=NEW_YORK)

    a_day = shifted(before, Offset(days=1), NEW_YORK)
    a_day_of_hours = shifted(before, Offset(hours=24), NEW_YORK)

    assert a_day.astimezone(NEW_YORK).hour == 12
    assert a_day_of_hours.astimezone(NEW_YORK).hour == 11


def test_a_local_time_that_the_clocks_skip_still_comes():
    spring = datetime(2026, 3, 7, 12, tzinfo=NEW_YORK)

    skipped = shifted(spring, Offset(days=1, at="02:30"), NEW_YORK)

    assert skipped == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_ketamine_is_followed_for_half_a_year():
    ended = datetime(2026, 11, 21, 15, 10, tzinfo=PORTLAND)

    planned = touchpoints(ketamine(), ended, PORTLAND)

    assert [(each.touchpoint.code, each.due_at.astimezone(PORTLAND)) for each in planned] == [
        ("day-1", datetime(2026, 11, 22, 15, 10, tzinfo=PORTLAND)),
        ("integration-1", datetime(2026, 11, 22, 15, 10, tzinfo=PORTLAND)),
        ("day-7", datetime(2026, 11, 28, 10, tzinfo=PORTLAND)),
        ("decision", datetime(2026, 12, 12, 10, tzinfo=PORTLAND)),
        ("month-1", datetime(2026, 12, 21, 10, tzinfo=PORTLAND)),
        ("bladder-3-months", datetime(2027, 2, 20, 10, tzinfo=PORTLAND)),
        ("month-3", datetime(2027, 2, 20, 10, tzinfo=PORTLAND)),
        ("month-6", datetime(2027, 5, 22, 10, tzinfo=PORTLAND)),
    ]


def test_the_first_integration_visit_lies_between_one_and_three_days():
    ended = datetime(2026, 11, 21, 15, tzinfo=UTC)
    (rule,) = [visit for visit in ketamine().visits if visit.code == "integration"]

    assert visit_window(rule.window, ended, PORTLAND) == (
        datetime(2026, 11, 22, 15, tzinfo=UTC),
        datetime(2026, 11, 24, 15, tzinfo=UTC),
    )


def test_a_states_own_list_goes_before_its_countrys():
    professions = {"US-OR": ["facilitator"], "US": ["nurse"], "*": ["physician"]}
    role = {"capacity": "guide", "title": "Guide", "professions": professions, "acts": ["monitor"]}
    document = a_protocol(roles=[role | {"presence": "with_client", **SAID}])

    found = [licences_needed(document, place)[0].professions for place in ("US-OR", "US-CO", "NL")]

    assert found == [("facilitator",), ("nurse",), ("physician",)]


def test_ketamine_names_who_must_be_licensed_for_what():
    assert [
        (need.capacity, need.presence, need.acts) for need in licences_needed(ketamine(), "US-OR")
    ] == [
        (
            "prescriber",
            "on_premises",
            ("decide_eligibility", "order_dose", "second_check", "release"),
        ),
        ("nurse", "with_client", ("give_dose", "second_check", "monitor", "release")),
        ("facilitator", "with_client", ("prepare", "accompany", "integrate")),
    ]


@settings(max_examples=100, deadline=None)
@given(
    ended=st.integers(0, 4_000_000_000).map(lambda each: datetime.fromtimestamp(each, UTC)),
    zone=st.sampled_from(["UTC", "America/New_York", "Pacific/Chatham", "Asia/Kathmandu"]),
)
def test_a_touchpoint_is_never_due_before_the_session_ended(ended, zone):
    for each in touchpoints(ketamine(), ended, ZoneInfo(zone)):
        assert ended < each.due_at < each.closes_at
