"""One tap and its undo; adverse events with severity and seriousness apart."""

from uuid import uuid4

import pytest

from clinic.attention.models import Matter
from clinic.workflow import Refused
from sessions.supervised import actions
from sessions.supervised.queries import document
from tests.builders import supervised as build
from tests.builders.house import HOUR, MINUTE, codes, trail

pytestmark = pytest.mark.django_db
AT = build.DOSED_AT + 20 * MINUTE


def a_tap(house, session, code="water", **facts):
    facts = {"client_key": uuid4(), "by": house.nurse, "at": AT} | facts
    return actions.event(session, code=code, **facts)


def test_a_tap_writes_one_word_of_the_version(house):
    session = build.a_dosed_session(house)

    row = a_tap(house, session)

    assert (row.label, row.stated_at, row.by) == (
        document(session).event("water").label,
        AT,
        house.nurse,
    )
    assert trail()[-1] == "event"


def test_an_undo_is_a_later_line_and_the_first_stays_struck_out(house):
    session = build.a_dosed_session(house)
    row = a_tap(house, session)

    actions.undo(row, by=house.nurse, at=AT + MINUTE)

    line = next(each for each in build.sheet(session, AT).lines if each.kind == "event")
    assert (line.is_struck, session.events.count()) == (True, 2)
    assert trail()[-1] == "event undone"


def test_a_tap_is_undone_once(house):
    session = build.a_dosed_session(house)
    row = a_tap(house, session)
    actions.undo(row, by=house.nurse, at=AT)

    with pytest.raises(Refused) as refusal:
        actions.undo(row, by=house.nurse, at=AT)

    assert codes(refusal) == ["changed"]


def test_a_word_the_version_has_not_is_refused_and_a_note_needs_words(house):
    session = build.a_dosed_session(house)

    with pytest.raises(Refused) as unknown:
        a_tap(house, session, code="levitating")
    with pytest.raises(Refused) as empty:
        a_tap(house, session, code="note", note=" ")

    assert (codes(unknown), codes(empty)) == (["not_in_protocol"], ["event_without_words"])


def test_the_same_tap_sent_twice_is_one_line(house):
    session = build.a_dosed_session(house)
    key = uuid4()

    assert a_tap(house, session, client_key=key) == a_tap(house, session, client_key=key)
    with pytest.raises(Refused) as conflict:
        a_tap(house, session, code="music", client_key=key)

    assert codes(conflict) == ["changed"]


def test_a_word_that_alerts_tells_somebody(house):
    session = build.a_dosed_session(house)
    word = next(each for each in document(session).events if each.alerts)

    a_tap(house, session, code=word.code)

    assert Matter.objects.get(kind="session_event").words.startswith(word.label)


def test_a_step_of_the_rescue_menu_is_written_down_and_told(house):
    session = build.a_dosed_session(house)
    step = document(session).rescue[0]

    row = a_tap(house, session, code=step.code)

    assert row.label == step.label
    assert Matter.objects.filter(kind="session_event").count() == 1


def test_an_adverse_event_is_reported_first_and_assessed_then(house):
    session = build.a_dosed_session(house)
    reported = build.an_adverse_event(house, session, at=AT)

    view = build.an_assessment(house, reported, at=AT, grade=2)

    shown = build.sheet(session, AT).adverse_events
    assert [(each.row, each.assessment) for each in shown] == [(reported, view)]
    assert trail()[-1] == "adverse event assessed"


def test_an_adverse_event_says_what_happened(house):
    session = build.a_dosed_session(house)

    with pytest.raises(Refused) as refusal:
        build.an_adverse_event(house, session, at=AT, term=" ")

    assert codes(refusal) == ["adverse_event_without_term"]


def test_the_newest_assessment_stands_and_the_earlier_stays(house):
    session = build.a_dosed_session(house)
    reported = build.an_adverse_event(house, session, at=AT)
    build.an_assessment(house, reported, at=AT, grade=3)

    newest = build.an_assessment(house, reported, at=AT + MINUTE, grade=1)

    assert build.sheet(session, AT).adverse_events[0].assessment == newest
    assert reported.assessments.count() == 2


def test_a_serious_event_is_told_and_says_what_makes_it_serious(house):
    session = build.a_dosed_session(house)
    reported = build.an_adverse_event(house, session, at=AT)

    with pytest.raises(Refused) as refusal:
        build.an_assessment(house, reported, at=AT, is_serious=True)
    build.an_assessment(house, reported, at=AT, is_serious=True, seriousness="hospitalisation")

    assert codes(refusal) == ["seriousness_without_reason"]
    assert Matter.objects.filter(kind="adverse_event").count() == 1


def test_late_facts_are_welcome_after_the_signature(house):
    session = build.a_signed_session(house)

    reported = build.an_adverse_event(house, session, at=AT + 26 * HOUR)
    build.an_assessment(house, reported, at=AT + 26 * HOUR)

    assert session.adverse_events.count() == 1


def test_nobody_without_a_part_in_care_reports_or_assesses(house):
    session = build.a_dosed_session(house)
    reported = build.an_adverse_event(house, session, at=AT)
    view = {"grade": 1, "is_serious": False, "relatedness": "possible", "is_expected": True,
            "prevents_release": False, "outcome": "recovered"}  # fmt: skip

    with pytest.raises(Refused) as report:
        build.an_adverse_event(house, session, at=AT, by=house.intake)
    with pytest.raises(Refused) as assess:
        actions.assess(reported, by=house.intake, at=AT, **view)

    assert (codes(report), codes(assess)) == (["role"], ["role"])


def test_severity_lies_between_one_and_five(house):
    reported = build.an_adverse_event(house, build.a_dosed_session(house), at=AT)

    with pytest.raises(Refused) as refusal:
        build.an_assessment(house, reported, at=AT, grade=6)

    assert codes(refusal) == ["grade_unknown"]


def test_a_report_sent_twice_by_its_device_is_one_and_is_told_once(house):
    session, key = build.a_dosed_session(house), uuid4()
    report = {"at": AT, "client_key": key, "term": "seizure", "started_at": AT}

    first = build.an_adverse_event(house, session, **report)
    second = build.an_adverse_event(house, session, **report)

    assert (second, session.adverse_events.count()) == (first, 1)
    assert trail().count("adverse event reported") == 1


def test_a_report_with_the_key_of_another_is_a_conflict(house):
    session, key = build.a_dosed_session(house), uuid4()
    build.an_adverse_event(house, session, at=AT, client_key=key)

    with pytest.raises(Refused) as refusal:
        build.an_adverse_event(house, session, at=AT, client_key=key, term="Vomiting")

    assert codes(refusal) == ["changed"]
    assert [each.term for each in session.adverse_events.all()] == ["Nausea"]
