"""The person comes: check-in, who is where, today's checks, and giving the session up."""

import pytest

from clinic.checklists.queries import checklist_of
from clinic.workflow import Refused
from sessions.rehearsal import walk
from sessions.rehearsal.answering import harmless
from sessions.supervised import actions
from sessions.supervised.models import Presence, Status, SupervisedSession
from sessions.supervised.queries import present_now
from tests.builders import supervised as build
from tests.builders.house import MINUTE, NOON, codes, trail

pytestmark = pytest.mark.django_db
Where = Presence.Where


def test_a_booked_dosing_visit_has_its_run_sheet(house):
    session = build.a_planned_session(house)

    assert session.status == Status.PLANNED
    assert session.visit.stage == "dosing"
    assert session.cycle == session.visit.cycle


def test_a_cancelled_visit_gives_its_session_up(house):
    session = build.a_planned_session(house)

    walk.booking.cancel(session.visit, by=house.intake, at=NOON, reason="She is ill.")

    assert build.fresh(session).status == Status.ABANDONED
    assert build.fresh(session).end_words == "She is ill."


def test_check_in_moves_visit_and_case_and_seats_the_staff(house):
    session = build.a_planned_session(house)

    actions.check_in(session, by=house.nurse, at=NOON)

    session = build.fresh(session)
    assert (session.status, session.visit.status, session.case.status) == (
        "checked_in", "arrived", "in_session",
    )  # fmt: skip
    assert {(each.capacity, each.where) for each in session.presences.all()} == {
        ("nurse", "with_client"),
        ("facilitator", "with_client"),
        ("prescriber", "on_premises"),
    }
    assert trail()[-1] == "checked in"


def test_nobody_is_checked_in_twice(house):
    session = build.a_checked_in_session(house)

    with pytest.raises(Refused) as refusal:
        actions.check_in(session, by=house.nurse, at=NOON)

    assert "status" in codes(refusal)


def test_somebody_without_the_role_checks_nobody_in(house):
    session = build.a_planned_session(house)
    before = trail()

    with pytest.raises(Refused) as refusal:
        actions.check_in(session, by=house.intake, at=NOON)

    assert codes(refusal) == ["role"]
    assert trail() == before


def test_a_gate_known_before_the_day_stops_the_check_in(house):
    session = build.a_planned_session(house)
    consent = session.case.documents.get(code="ketamine-consent")
    walk.documents.withdraw(consent, by=house.nurse, at=NOON, words="")

    with pytest.raises(Refused) as refusal:
        actions.check_in(session, by=house.nurse, at=NOON)

    assert codes(refusal) == ["consent"]


def test_a_person_keeps_the_one_capacity_they_took(house):
    session = build.a_checked_in_session(house)

    with pytest.raises(Refused) as refusal:
        actions.come(session, by=house.nurse, at=NOON, user=house.nurse, capacity="prescriber",
                     where=Where.WITH_CLIENT)  # fmt: skip

    assert codes(refusal) == ["one_capacity"]


def test_whoever_leaves_is_no_longer_with_the_client(house):
    session = build.a_checked_in_session(house)

    actions.come(session, by=house.nurse, at=NOON + MINUTE, user=house.facilitator,
                 where=Where.AWAY)  # fmt: skip

    here = [each.user for each in present_now(build.fresh(session)) if each.where == "with_client"]
    assert here == [house.nurse]


def test_nobody_comes_in_the_future(house):
    session = build.a_checked_in_session(house)

    with pytest.raises(Refused) as refusal:
        actions.come(session, by=house.nurse, at=NOON, user=house.facilitator, where=Where.AWAY,
                     stated_at=NOON + 10 * MINUTE)  # fmt: skip

    assert codes(refusal) == ["stated_in_future"]


def test_a_hand_over_seats_one_and_frees_the_other(house):
    session = build.a_checked_in_session(house)

    actions.hand_over(session, by=house.nurse, at=NOON + MINUTE, user=house.second_nurse,
                      words="Calm so far.")  # fmt: skip

    where = {each.user: each.where for each in present_now(build.fresh(session))}
    assert (where[house.second_nurse], where[house.nurse]) == ("with_client", "on_premises")
    assert trail()[-1] == "handed over"


def test_todays_checks_are_answered_and_completed(house):
    session = build.a_checked_in_session(house)
    form = actions.begin_todays_checks(session, by=house.nurse, at=NOON)
    answers = harmless(checklist_of(form), NOON.date(), weight_kg="70")

    actions.answer_todays_checks(session, by=house.nurse, at=NOON, form=form, answers=answers,
                                 revision=form.revision, is_finished=True)  # fmt: skip

    form.refresh_from_db()
    assert form.completed_by == house.nurse
    assert trail()[-1] == "today's checks"


def test_checks_begun_again_begin_empty(house):
    session = build.a_checked_session(house)

    again = actions.begin_todays_checks(session, by=house.nurse, at=NOON + 12 * MINUTE)

    assert again.answers.count() == 0
    assert again.revision == 0


def test_a_session_is_given_up_before_the_dose_and_the_case_prepares_again(house):
    session = build.a_checked_in_session(house)

    actions.abandon(session, by=house.nurse, at=NOON, reason="Pressure stays high.")

    session = build.fresh(session)
    assert (session.status, session.case.status, session.visit.status) == (
        "abandoned", "preparing", "cancelled",
    )  # fmt: skip
    assert trail()[-1] == "session abandoned"


def test_a_session_is_given_up_for_a_reason(house):
    session = build.a_checked_in_session(house)

    with pytest.raises(Refused) as refusal:
        actions.abandon(session, by=house.nurse, at=NOON, reason=" ")

    assert codes(refusal) == ["abandoned_without_reason"]


def test_after_a_dose_nothing_is_given_up(house):
    session = build.a_dosed_session(house)

    with pytest.raises(Refused) as refusal:
        actions.abandon(session, by=house.nurse, at=build.DOSED_AT + MINUTE, reason="Enough.")

    assert codes(refusal) == ["dose_was_given"]


def test_one_case_has_one_live_session(house):
    session = build.a_checked_in_session(house)

    live = SupervisedSession.objects.filter(case=session.case, status__in=["checked_in", "dosed"])

    assert live.count() == 1
