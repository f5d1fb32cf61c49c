from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from clinic.messages.quiet import is_quiet, next_waking

NIGHT = time(21), time(8)
ZONES = [
    "America/New_York",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/Denver",
    "Europe/Amsterdam",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/St_Johns",
    "UTC",
]


def instant(zone, *parts, fold=0):
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("month", [3, 4, 9, 10, 11])
@pytest.mark.parametrize("day", [1, 7, 8, 25, 29])
def test_a_message_of_the_night_goes_at_eight_by_the_patients_wall(zone, month, day):
    late = instant(zone, 2026, month, day, 23, 30)

    goes = next_waking(late, ZoneInfo(zone), *NIGHT)

    assert goes.astimezone(ZoneInfo(zone)).time() == time(8)
    assert 0 < (goes - late).total_seconds() / 3600 <= 9.5


@pytest.mark.parametrize("zone", ZONES)
def test_a_message_of_the_day_goes_at_once(zone):
    noon = instant(zone, 2026, 10, 25, 12)

    assert next_waking(noon, ZoneInfo(zone), *NIGHT) == noon


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [((20, 59), False), ((21, 0), True), ((0, 0), True), ((7, 59), True), ((8, 0), False)],
)
def test_quiet_hours_begin_and_end_on_the_minute(clock, quiet):
    at = instant("Europe/Amsterdam", 2026, 6, 1, *clock)

    assert is_quiet(at, ZoneInfo("Europe/Amsterdam"), *NIGHT) is quiet


def test_the_same_moment_is_night_for_one_person_and_day_for_another():
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)

    assert is_quiet(at, ZoneInfo("Pacific/Auckland"), *NIGHT)
    assert not is_quiet(at, ZoneInfo("Europe/Amsterdam"), *NIGHT)


def test_a_night_that_ends_at_a_time_the_clocks_skip_ends_an_hour_later():
    zone = ZoneInfo("America/New_York")  # 8 March 2026: 02:00 becomes 03:00
    late = instant("America/New_York", 2026, 3, 7, 23)

    goes = next_waking(late, zone, time(21), time(2, 30))

    assert goes.astimezone(zone).time() == time(3, 30)


def test_a_night_that_ends_in_the_repeated_hour_ends_the_first_time_for_who_waits_before_it():
    zone = ZoneInfo("America/New_York")  # 1 November 2026: 02:00 becomes 01:00
    late = instant("America/New_York", 2026, 10, 31, 23)

    goes = next_waking(late, zone, time(21), time(1, 30))

    assert goes == instant("America/New_York", 2026, 11, 1, 1, 30, fold=0)


def test_quiet_hours_of_no_length_are_none():
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)

    assert not is_quiet(at, ZoneInfo("UTC"), time(12), time(12))


def test_quiet_hours_may_lie_within_one_day():
    zone = ZoneInfo("UTC")
    at = datetime(2026, 6, 1, 13, tzinfo=UTC)

    assert next_waking(at, zone, time(12), time(15)) == datetime(2026, 6, 1, 15, tzinfo=UTC)
