"""Leaving: every gate to the release closed by itself; the doors that are always open."""

import pytest

from clinic.attention.models import Matter, Notice
from clinic.checklists.queries import checklist_of
from clinic.people.models import Licence, RoleAtSite
from clinic.workflow import Refused
from sessions.rehearsal import walk
from sessions.rehearsal.answering import harmless
from sessions.supervised import actions, signals
from sessions.supervised.models import Status
from tests.builders import supervised as build
from tests.builders.house import MINUTE, codes, proof, trail

pytestmark = pytest.mark.django_db
AT = build.LEAVES_AT


def a_release(house, session, at=AT, by=None, **facts):
    by = by or house.nurse
    facts = {"proof": proof(by, at)} | facts
    actions.release(build.fresh(session), by=by, at=at, **facts)


def refused(house, session, **facts):
    before = trail()
    with pytest.raises(Refused) as refusal:
        a_release(house, session, **facts)
    assert trail() == before
    return codes(refusal)


def test_release_is_signed_and_moves_visit_and_case(house):
    session = build.a_session_to_release(house)

    a_release(house, session)

    session = build.fresh(session)
    assert (session.status, session.visit.status, session.case.status) == (
        "released", "done", "integrating",
    )  # fmt: skip
    assert session.case.signatures.get(meaning="released this person").by == house.nurse
    assert trail()[-1] == "released"


def test_whoever_listens_hears_that_the_session_has_ended(house):
    heard = []
    session = build.a_session_to_release(house)

    def hear(sender, session, by, at, **kwargs):
        heard.append((session, by, at))

    signals.ended.connect(hear)
    a_release(house, session)
    signals.ended.disconnect(hear)

    assert heard == [(session, house.nurse, AT)]


def test_the_minimum_stay_alone_stops_a_release(house):
    session = build.a_session_to_release(house)
    given = build.DOSED_AT
    walk.observed(house, session, at=given + 115 * MINUTE)
    form = actions.begin_criteria(session, by=house.nurse, at=given + 115 * MINUTE)
    answers = harmless(checklist_of(form), given.date())
    actions.answer_criteria(session, by=house.nurse, at=given + 115 * MINUTE, form=form,
                            answers=answers, revision=form.revision)  # fmt: skip

    assert refused(house, session, at=given + 116 * MINUTE) == ["minimum_stay"]


def test_criteria_checked_too_long_ago_alone_stop_a_release(house):
    session = build.a_session_to_release(house)
    at = AT + 20 * MINUTE
    walk.observed(house, session, at=at)

    assert refused(house, session, at=at) == ["release_criteria_stale"]


def test_a_criterion_not_met_alone_stops_a_release(house):
    session = build.a_session_to_release(house)
    form = actions.begin_criteria(session, by=house.nurse, at=AT)
    answers = harmless(checklist_of(form), AT.date(), walks_steadily=False)
    actions.answer_criteria(session, by=house.nurse, at=AT, form=form, answers=answers,
                            revision=form.revision)  # fmt: skip

    assert refused(house, session) == ["release_criteria"]


def test_criteria_begun_and_not_finished_alone_stop_a_release(house):
    session = build.a_session_to_release(house)
    actions.begin_criteria(session, by=house.nurse, at=AT)

    assert refused(house, session) == ["release_criteria"]


def test_readings_out_of_bounds_alone_stop_a_release(house):
    session = build.a_session_to_release(house)
    walk.observed(house, session, at=AT - MINUTE, systolic="160")

    assert refused(house, session) == ["release_vitals"]


def test_an_unassessed_adverse_event_alone_stops_a_release(house):
    session = build.a_session_to_release(house)
    build.an_adverse_event(house, session, at=AT)

    assert refused(house, session) == ["adverse_event_prevents_release"]


def test_an_adverse_event_that_prevents_release_alone_stops_it_until_it_no_longer_does(house):
    session = build.a_session_to_release(house)
    reported = build.an_adverse_event(house, session, at=AT)
    build.an_assessment(house, reported, at=AT, prevents_release=True)

    assert refused(house, session) == ["adverse_event_prevents_release"]
    build.an_assessment(house, reported, at=AT)
    a_release(house, session)


def test_another_way_home_than_the_versions_alone_stops_a_release(house):
    session = build.a_session_to_release(house)
    walk.preparation.plan_way_home(
        session.cycle, by=house.facilitator, at=AT, kind="adult_reachable", escort_name="Kim",
        escort_phone="1", pickup_at=None, will_not_drive=True,
    )  # fmt: skip

    assert refused(house, session) == ["release_way_home"]


def test_somebody_who_took_no_capacity_here_releases_nobody(house):
    session = build.a_session_to_release(house)

    assert refused(house, session, by=house.second_nurse) == ["release_capacity"]


def test_an_unlicensed_signature_alone_stops_a_release(house):
    session = build.a_session_to_release(house)
    Licence.objects.filter(user=house.nurse).update(valid_until=AT.date().replace(day=1))

    assert refused(house, session) == ["act_unlicensed"]


def test_a_role_that_may_not_release_releases_nobody(house):
    session = build.a_session_to_release(house)

    assert refused(house, session, by=house.facilitator) == ["role", "act_unlicensed"]


def test_a_release_without_a_fresh_proof_is_none(house):
    session = build.a_session_to_release(house)

    assert refused(house, session, proof=proof(house.nurse, AT - 3 * MINUTE)) == ["signer_unproved"]


@pytest.mark.parametrize("reach", [build.a_checked_in_session, build.a_released_session])
def test_only_a_dosed_session_is_released(house, reach):
    session = reach(house)

    assert refused(house, session) == ["status"]


# -- The doors -------------------------------------------------------------------------------

DOORS = {
    actions.transfer: Status.TRANSFERRED,
    actions.leave_against_advice: Status.LEFT_AGAINST_ADVICE,
    actions.leave_unseen: Status.LEFT_UNSEEN,
}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_door_stands_open_at_any_moment_and_tells_the_lead(house, door):
    session = build.a_dosed_session(house)

    door(session, by=house.nurse, at=build.DOSED_AT + MINUTE)

    session = build.fresh(session)
    assert (session.status, session.case.status, session.visit.status) == (
        DOORS[door], "integrating", "done",
    )  # fmt: skip
    assert Matter.objects.get(kind="left_by_a_door").urgency == "red"
    assert trail()[-1].startswith("person ")


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_person_leaves_by_one_door(house, door):
    session = build.a_dosed_session(house)
    stale = build.fresh(session)
    door(session, by=house.nurse, at=build.DOSED_AT + MINUTE)

    with pytest.raises(Refused) as refusal:
        door(stale, by=house.nurse, at=build.DOSED_AT + MINUTE)

    assert codes(refusal) == ["status"]


def test_a_door_opens_though_case_and_visit_cannot_follow(house):
    session = build.a_dosed_session(house)
    walk.cases.suspend(session.case, by=house.nurse, at=AT, reason="Bleeding.")

    actions.transfer(build.fresh(session), by=house.nurse, at=AT)

    assert build.fresh(session).status == Status.TRANSFERRED
    assert build.fresh(session).case.status == "suspended"


def test_who_leaves_before_a_dose_is_prepared_again(house):
    session = build.a_checked_in_session(house)

    actions.leave_unseen(session, by=house.nurse, at=build.NOON + MINUTE)

    assert build.fresh(session).case.status == "preparing"


def test_a_call_for_help_tells_every_rung_and_silences_the_prompts(house):
    session = build.a_dosed_session(house)
    at = build.DOSED_AT + 21 * MINUTE  # the check of 15 minutes is overdue
    assert build.sheet(session, at).overdue

    actions.call_for_help(session, by=house.nurse, at=at)

    sheet = build.sheet(session, at)
    matter = Matter.objects.get(kind="call_for_help")
    assert (sheet.overdue, sheet.next_check, sheet.is_silent) == ([], None, True)
    assert {notice.rung for notice in Notice.objects.filter(matter=matter)} == {0, 1, 2}
    assert trail()[-1] == "called for help"


def test_a_second_call_tells_everybody_again_and_the_first_keeps_its_time(house):
    session = build.a_dosed_session(house)
    at = build.DOSED_AT + MINUTE
    actions.call_for_help(session, by=house.nurse, at=at)

    actions.call_for_help(session, by=house.facilitator, at=at + MINUTE)

    assert build.fresh(session).help_called_at == at
    assert Matter.objects.filter(kind="call_for_help").count() == 2


def test_a_death_ends_the_session_without_aftercare(house):
    session = build.a_dosed_session(house)

    walk.cases.died(session.case.patient, by=house.nurse, at=AT)

    session = build.fresh(session)
    assert (session.status, session.case.status) == ("died", "died")


def test_ready_to_leave_is_kept_apart_from_the_release(house):
    session = build.a_dosed_session(house)

    actions.ready_to_leave(session, by=house.nurse, at=AT)

    session = build.fresh(session)
    assert (session.ready_at, session.status) == (AT, Status.DOSED)


def test_who_found_the_person_ready_first_stays(house):
    session = build.a_dosed_session(house)
    actions.ready_to_leave(session, by=house.nurse, at=AT)

    actions.ready_to_leave(build.fresh(session), by=house.facilitator, at=AT + MINUTE)

    session = build.fresh(session)
    assert (session.ready_at, session.ready_by) == (AT, house.nurse)
    assert trail()[-1] == "clinically ready to leave, found again"


def test_a_suspended_case_and_a_hold_stop_no_release(house):
    session = build.a_session_to_release(house)
    walk.cases.suspend(session.case, by=house.nurse, at=AT, reason="Bleeding.")
    walk.cases.place_hold(
        house.site, by=house.medical_lead, at=AT, on="patient",
        target_key=session.case.patient.key, words="Rowan", reason="Wait.",
    )  # fmt: skip

    a_release(house, session)

    assert build.fresh(session).status == Status.RELEASED


def test_a_role_that_ended_meanwhile_still_charts_and_ends_the_session(house):
    session = build.a_dosed_session(house)
    RoleAtSite.objects.filter(user=house.nurse).update(valid_until=house.at)
    nurse = type(house.nurse).objects.get(pk=house.nurse.pk)

    build.a_set(house, session, at=AT, by=nurse)
    actions.transfer(build.fresh(session), by=nurse, at=AT)

    assert build.fresh(session).status == Status.TRANSFERRED
