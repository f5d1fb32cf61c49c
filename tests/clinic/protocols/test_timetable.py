from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.protocols.calculators import Entry, dueness, next_change, schedule
from tests.clinic.protocols.builders import (
    MINUTE,
    NOON,
    SAID,
    a_dose,
    a_protocol,
    doses,
    ketamine,
    minutes,
    protocols,
)

ALL = frozenset(ketamine().monitoring[0].parameters)
BREATHING = frozenset({"spo2", "respiratory_rate", "sedation", "heart_rate"})


def at(minute):
    return NOON + minute * MINUTE


def an_entry(minute, parameters=ALL, **facts):
    return Entry(at(minute), parameters, **facts)


def state_of(key, entries, minute, given_doses=None, ended_at=None):
    found = dueness(ketamine(), given_doses or [a_dose()], entries, at(minute), ended_at)
    return next(due for due in found if due.check.key == key)


def keys(document, given_doses, until):
    return [check.key for check in schedule(document, given_doses, at(until))]


def test_before_the_dose_nothing_is_scheduled():
    assert schedule(ketamine(), [], at(60)) == ()
    assert dueness(ketamine(), [], [], at(60)) == ()


def test_ketamine_is_checked_at_its_listed_minutes_and_every_half_hour_after():
    assert keys(ketamine(), [a_dose()], 190) == [
        "vitals+0",
        "vitals+15",
        "vitals+30",
        "vitals+45",
        "vitals+60",
        "vitals+90",
        "vitals+120",
        "vitals+150",
        "vitals+180",
    ]


def test_a_second_injection_adds_its_own_checks():
    added = set(keys(ketamine(), [a_dose(), a_dose(20, 12)], 120))

    assert added - set(keys(ketamine(), [a_dose()], 120)) == {
        "vitals+s1+15",
        "vitals+s1+30",
        "vitals+s1+45",
        "vitals+s1+60",
    }


def test_a_second_injection_does_not_ask_twice_for_the_same_minute():
    assert "vitals+s1+15" not in keys(ketamine(), [a_dose(), a_dose(20, 15)], 120)


def test_a_check_is_upcoming_then_due_then_overdue():
    assert [state_of("vitals+15", [], minute).state for minute in (9, 10, 15, 19, 20, 24)] == [
        "upcoming",
        "due",
        "due",
        "due",
        "overdue",
        "overdue",
    ]


def test_an_overdue_check_says_since_when():
    due = state_of("vitals+15", [], 22)

    assert (due.at, due.by, due.since) == (at(15), at(20), at(20))
    assert due.outstanding == ALL


def test_a_check_nobody_made_is_missed_once_the_next_one_opens():
    due = state_of("vitals+15", [], 25)

    assert (due.state, due.since, due.excused) == ("missed", at(25), False)


def test_a_full_set_in_the_window_is_done():
    due = state_of("vitals+15", [an_entry(17)], 18)

    assert (due.state, due.since, due.outstanding) == ("done", at(17), frozenset())


def test_a_set_read_a_little_early_counts():
    assert state_of("vitals+15", [an_entry(10)], 12).state == "done"
    assert state_of("vitals+15", [an_entry(9)], 12).state == "due"


def test_a_full_set_after_the_window_is_late():
    assert state_of("vitals+15", [an_entry(23)], 24).state == "late"


def test_a_set_entered_for_a_check_counts_for_it_however_late():
    for_its_time = an_entry(50, planned_for=at(15))
    for_its_key = an_entry(50, check="vitals+15")

    assert state_of("vitals+15", [for_its_time], 55).state == "late"
    assert state_of("vitals+15", [for_its_key], 55).state == "late"


def test_half_a_set_leaves_the_other_half_due():
    due = state_of("vitals+15", [an_entry(15, BREATHING)], 16)

    assert (due.state, due.outstanding) == ("due", ALL - BREATHING)


def test_two_halves_make_a_set():
    halves = [an_entry(14, BREATHING), an_entry(16, ALL - BREATHING)]

    due = state_of("vitals+15", halves, 17)

    assert (due.state, due.since) == ("done", at(16))


def test_the_reading_before_the_dose_is_the_baseline():
    assert state_of("vitals+0", [an_entry(-30)], 1).state == "done"
    assert state_of("vitals+0", [an_entry(-31)], 1).state == "due"


def test_rest_excuses_blood_pressure_but_never_breathing():
    resting = an_entry(15, BREATHING, miss_reason="resting")
    nothing_read = an_entry(15, frozenset(), miss_reason="resting")

    partial = state_of("vitals+15", [resting], 16)
    missing = state_of("vitals+15", [nothing_read], 21)

    assert (partial.state, partial.reason, partial.excused) == ("done", "resting", True)
    assert (missing.state, missing.reason, missing.excused) == ("overdue", "resting", False)
    assert missing.outstanding >= BREATHING


def test_being_busy_excuses_nothing():
    due = state_of("vitals+15", [an_entry(15, frozenset(), miss_reason="busy")], 25)

    assert (due.state, due.reason, due.excused) == ("missed", "busy", False)


def test_a_set_whose_every_parameter_is_excused_is_missed_with_its_reason():
    row = {"code": "mood", "parameters": ["pain"], "at_minutes": [30], **SAID}
    document = a_protocol(
        parameters=[{"code": "pain", "label": "Pain", "short": "Pain"}],
        monitoring=[row | {"early_minutes": 5, "late_minutes": 5}],
        miss_reasons=[{"code": "resting", "label": "Resting", "excuses": ["pain"]}],
    )
    resting = Entry(at(30), miss_reason="resting")

    (due,) = dueness(document, [a_dose()], [resting], at(31))

    assert (due.state, due.since, due.excused) == ("missed", at(30), True)


def test_when_the_session_ends_nothing_more_is_due():
    found = dueness(ketamine(), [a_dose()], [], at(200), ended_at=at(130))

    assert max(due.check.at for due in found) == at(120)
    assert {due.state for due in found} == {"missed"}


def test_a_session_nobody_closed_fills_no_page():
    found = dueness(ketamine(), [a_dose()], [], NOON + timedelta(days=4000))

    assert len(found) < 350


def test_the_picture_changes_next_when_the_window_opens_then_when_it_closes():
    sets = [an_entry(0)]

    assert next_change(ketamine(), [a_dose()], sets, at(1)) == at(10)
    assert next_change(ketamine(), [a_dose()], sets, at(10)) == at(20)
    assert next_change(ketamine(), [], [], at(10)) is None


entries = st.lists(
    st.builds(
        Entry,
        stated_at=minutes.map(at),
        parameters=st.sampled_from(
            [frozenset(), frozenset({"pulse"}), frozenset({"pulse", "pain"})]
        ),
        miss_reason=st.sampled_from([None, "resting", "no-such-reason"]),
    ),
    max_size=8,
)


@settings(max_examples=120, deadline=None)
@given(document=protocols(), given_doses=doses, charted=entries, minute=minutes)
def test_every_check_is_in_exactly_one_state(document, given_doses, charted, minute):
    found = dueness(document, given_doses, charted, at(minute))

    assert len({due.check.key for due in found}) == len(found)
    for due in found:
        assert due.state in {"upcoming", "due", "overdue", "missed", "done", "late"}
        assert due.check.opens_at <= due.at <= due.by
        assert (
            due.since is None or due.state in {"done", "late", "missed"} or due.since <= at(minute)
        )


@settings(max_examples=120, deadline=None)
@given(document=protocols(), given_doses=doses, minute=minutes)
def test_a_further_dose_never_removes_a_check(document, given_doses, minute):
    ordered = sorted(given_doses, key=lambda dose: dose.at)

    before = keys(document, ordered[:1], minute)
    after = keys(document, ordered, minute)

    assert set(before) <= set(after)


def test_a_check_that_opens_early_is_the_next_change():
    row = (
        ketamine()
        .monitoring[0]
        .model_copy(
            update={
            "at_minutes": (0,), "early_minutes": 5, "late_minutes": 1, "then_every": 5,
            "cadence": (), "after_supplement": (),
        }
        )
    )  # fmt: skip
    document = a_protocol(monitoring=(row,))

    assert next_change(document, [a_dose()], [], at(1)) == at(5)


@settings(max_examples=120, deadline=None)
@given(document=protocols(), given_doses=doses, charted=entries, minute=minutes)
def test_nothing_changes_before_the_next_change(document, given_doses, charted, minute):
    def picture(moment):
        found = dueness(document, given_doses, charted, moment)
        return [(due.check.key, due.state) for due in found if due.state != "upcoming"]

    change = next_change(document, given_doses, charted, at(minute))

    if change is not None:
        assert picture(change - timedelta(microseconds=1)) == picture(at(minute))
