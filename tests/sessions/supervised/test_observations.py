"""Charting: three clocks, alarming and impossible values, corrections, entries sent twice."""

from uuid import uuid4

import pytest

from clinic.attention.models import Matter
from clinic.workflow import Refused
from sessions.supervised import actions
from sessions.supervised.models import ObservationSet
from sessions.supervised.queries import entries, latest_reading
from sessions.supervised.sheet.queries import sheet_of
from tests.builders import supervised as build
from tests.builders.house import MINUTE, codes, trail

pytestmark = pytest.mark.django_db
AT = build.DOSED_AT + 15 * MINUTE


def marks(session, at=AT):
    return [line.mark for line in sheet_of(build.fresh(session), at).sets]


def test_a_set_is_saved_as_typed(house):
    session = build.a_dosed_session(house)

    row = build.a_set(house, session, at=AT, readings={"systolic": "0124", "diastolic": "78"})

    assert {r.parameter: (r.typed, r.value) for r in row.readings.all()} == {
        "systolic": ("0124", 124),
        "diastolic": ("78", 78),
    }
    assert trail()[-1] == "observations charted"


@pytest.mark.parametrize(
    ("stated", "received", "mark"),
    [(15, 16, "on_time"), (24, 24, "late"), (15, 40, "back_filled")],
)
def test_three_clocks_say_how_a_set_was_entered(house, stated, received, mark):
    session = build.a_dosed_session(house)

    build.a_set(house, session, at=build.DOSED_AT + received * MINUTE,
                stated_at=build.DOSED_AT + stated * MINUTE, planned_for=AT)  # fmt: skip

    assert marks(session)[-1] == mark


def test_the_database_alone_says_when_it_received_an_entry(house):
    session = build.a_dosed_session(house)

    row = build.a_set(house, session, at=AT, stated_at=AT - 5 * MINUTE)
    row.refresh_from_db()

    assert row.received_at == AT


def test_an_alarming_value_is_saved_and_told_and_asks_for_a_repeat(house):
    session = build.a_dosed_session(house)

    build.a_set(house, session, at=AT, readings={"systolic": "184", "diastolic": "99"})

    matter = Matter.objects.get(kind="alarming_reading")
    assert (matter.urgency, matter.case) == ("red", session.case)
    repeats = sheet_of(build.fresh(session), AT).repeats
    assert [(each.label, each.typed) for each in repeats] == [("Blood pressure (systolic)", "184")]


def test_a_repeat_never_replaces_the_first(house):
    session = build.a_dosed_session(house)
    build.a_set(house, session, at=AT, readings={"systolic": "184"})

    build.a_set(house, session, at=AT + 5 * MINUTE, readings={"systolic": "150"})

    sheet = sheet_of(build.fresh(session), AT + 5 * MINUTE)
    assert [line.is_struck for line in sheet.sets] == [False] * len(sheet.sets)
    assert sheet.repeats == []


def test_an_impossible_value_is_not_saved_unless_kept_on_purpose(house):
    session = build.a_dosed_session(house)

    with pytest.raises(Refused) as refusal:
        build.a_set(house, session, at=AT, readings={"spo2": "140"})
    kept = build.a_set(house, session, at=AT, readings={"spo2": "140"}, keep=frozenset({"spo2"}))

    assert codes(refusal) == ["reading_impossible"]
    assert kept.readings.get().band == "impossible"


def test_what_only_the_device_shows_does_not_count_as_measured(house):
    session = build.a_dosed_session(house)
    before = latest_reading(build.fresh(session), "spo2")

    build.a_set(house, session, at=AT, readings={"spo2": "140"}, keep=frozenset({"spo2"}))

    assert latest_reading(build.fresh(session), "spo2") == before


def test_what_is_no_value_is_not_saved(house):
    session = build.a_dosed_session(house)

    with pytest.raises(Refused) as refusal:
        build.a_set(house, session, at=AT, readings={"systolic": "high"})

    assert codes(refusal) == ["reading_unreadable"]


def test_a_missed_set_has_its_reason(house):
    session = build.a_dosed_session(house)

    with pytest.raises(Refused) as refusal:
        build.a_set(house, session, at=AT, readings={})
    row = build.a_set(house, session, at=AT, readings={}, planned_for=AT, miss_reason="resting")

    assert codes(refusal) == ["set_empty"]
    assert row.readings.count() == 0


def test_an_unknown_reason_is_refused(house):
    session = build.a_dosed_session(house)

    with pytest.raises(Refused) as refusal:
        build.a_set(house, session, at=AT, readings={}, miss_reason="bored")

    assert codes(refusal) == ["not_in_protocol"]


def test_after_a_call_for_help_an_entry_needs_only_a_time(house):
    session = build.a_dosed_session(house)
    actions.call_for_help(session, by=house.nurse, at=AT)

    row = build.a_set(house, build.fresh(session), at=AT, readings={})

    assert row.pk


def test_the_same_entry_sent_twice_is_one_row(house):
    session = build.a_dosed_session(house)
    key = uuid4()
    first = build.a_set(house, session, at=AT, client_key=key, when="minus 0")

    again = build.a_set(house, session, at=AT + 3 * MINUTE, client_key=key, when="minus 0")

    assert again == first
    assert ObservationSet.objects.filter(client_key=key).count() == 1


def test_the_same_key_with_other_content_is_a_conflict(house):
    session = build.a_dosed_session(house)
    key = uuid4()
    build.a_set(house, session, at=AT, client_key=key)

    with pytest.raises(Refused) as refusal:
        build.a_set(house, session, at=AT, client_key=key, readings={"systolic": "99"})

    assert codes(refusal) == ["changed"]


def test_a_correction_is_a_new_row_and_the_first_stays_struck_through(house):
    session = build.a_dosed_session(house)
    first = build.a_set(house, session, at=AT, readings={"systolic": "214"})

    actions.correct(first, by=house.nurse, at=AT + MINUTE, client_key=uuid4(), stated_at=AT,
                    readings={"systolic": "124"}, correction_reason="Two digits swapped.")  # fmt: skip

    lines = {line.row.pk: line for line in sheet_of(build.fresh(session), AT).sets}
    assert (lines[first.pk].is_struck, lines[first.pk].corrected_by) == (
        True,
        "Two digits swapped.",
    )
    assert trail()[-1] == "observations corrected"


def test_a_set_is_corrected_once_and_with_a_reason(house):
    session = build.a_dosed_session(house)
    first = build.a_set(house, session, at=AT, readings={"systolic": "214"})
    facts = {"by": house.nurse, "at": AT, "stated_at": AT, "readings": {"systolic": "124"}}

    with pytest.raises(Refused) as without:
        actions.correct(first, client_key=uuid4(), correction_reason=" ", **facts)
    actions.correct(first, client_key=uuid4(), correction_reason="Swapped.", **facts)
    with pytest.raises(Refused) as twice:
        actions.correct(first, client_key=uuid4(), correction_reason="Again.", **facts)

    assert (codes(without), codes(twice)) == (["correction_without_reason"], ["changed"])


def test_nothing_is_charted_before_it_happens_nor_by_just_anybody(house):
    session = build.a_dosed_session(house)

    with pytest.raises(Refused) as early:
        build.a_set(house, session, at=AT, stated_at=AT + 10 * MINUTE)
    with pytest.raises(Refused) as stranger:
        build.a_set(house, session, at=AT, by=house.intake)

    assert (codes(early), codes(stranger)) == (["stated_in_future"], ["role"])


def test_each_set_counts_for_the_check_it_was_made_for(house):
    session = build.a_dosed_session(house)
    build.a_set(house, session, at=AT + 9 * MINUTE, planned_for=AT)

    session = build.fresh(session)

    assert [entry.check for entry in entries(session)][-1] == "vitals+15"
    check = next(each for each in sheet_of(session, AT).checks if each.url_value == "vitals+15")
    assert check.state == "done"
