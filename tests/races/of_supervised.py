"""The run sheet, written by two at once."""

from decimal import Decimal
from uuid import uuid4

from clinic.attention.models import Matter
from clinic.cases import actions as cases
from clinic.checklists.models import Form
from clinic.checklists.queries import checklist_of
from clinic.stock.models import Movement
from sessions.rehearsal.answering import harmless
from sessions.supervised import actions
from sessions.supervised.arrival.actions import plan as plan_session
from sessions.supervised.leaving.actions import leave as leave_by
from sessions.supervised.models import (
    AdverseEvent,
    Assessment,
    Dose,
    ObservationSet,
    Order,
    Presence,
    SessionEvent,
    SupervisedSession,
)
from sessions.supervised.observations.overdue import overdue_keys
from sessions.supervised.queries import RELEASE, TODAY, form_of
from tests.builders import supervised as build
from tests.builders.house import HOUR, MINUTE, NOON, proof
from tests.races.harness import Start, race

AT = build.DOSED_AT + MINUTE


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def _both(house, do, rows, pair=None, **how):
    pair = pair or (house.nurse, house.facilitator)
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, **how)


def in_status(status):
    return SupervisedSession.objects.filter(status=status).count


def forms(purpose, status):
    return Form.objects.filter(purpose=purpose, status=status).count


# -- Coming ------------------------------------------------------------------------------------


@race("sessions.supervised.arrival.actions.plan")
def plan(house):
    visit = build.a_planned_session(house).visit
    return _both(
        house,
        lambda by: plan_session(fresh(visit), by=by, at=NOON),
        in_status("planned"),
        both_done=True,
    )


@race("sessions.supervised.arrival.actions.abandon")
def abandon(house):
    session = build.a_checked_in_session(house)
    return _both(
        house,
        lambda by: actions.abandon(fresh(session), by=by, at=AT, reason="They are ill."),
        in_status("abandoned"),
    )


@race("sessions.supervised.arrival.actions.come")
def come(house):
    # One person, said by two to come in two capacities: the first one stands.
    session = build.a_dosed_session(house)

    def seat(by, capacity):
        return lambda: actions.come(
            fresh(session), by=by, at=AT, user=house.second_nurse, where="with_client",
            capacity=capacity,
        )  # fmt: skip

    return Start(
        (house.nurse, seat(house.nurse, "nurse")),
        (house.facilitator, seat(house.facilitator, "facilitator")),
        Presence.objects.filter(user=house.second_nurse).count,
    )


@race("sessions.supervised.arrival.actions.hand_over")
def hand_over(house):
    # Each gives their own capacity to the same person, who can take one.
    session = build.a_dosed_session(house)

    def give_to(by, capacity):
        return lambda: actions.hand_over(
            fresh(session), by=by, at=AT, user=house.second_nurse, capacity=capacity
        )

    return Start(
        (house.nurse, give_to(house.nurse, "nurse")),
        (house.facilitator, give_to(house.facilitator, "facilitator")),
        Presence.objects.filter(user=house.second_nurse).count,
    )


@race("sessions.supervised.arrival.actions.begin_todays_checks")
def begin_todays_checks(house):
    session = build.a_checked_session(house)
    return _both(
        house,
        lambda by: actions.begin_todays_checks(fresh(session), by=by, at=NOON + 20 * MINUTE),
        forms(TODAY, "open"),
        both_done=True,
    )


@race("sessions.supervised.arrival.actions.answer_todays_checks")
def answer_todays_checks(house):
    session = build.a_checked_in_session(house)

    def check(by):
        form = form_of(fresh(session), TODAY)
        answers = harmless(
            checklist_of(form), NOON.date(), weight_kg="70", weighed_on=NOON.date().isoformat()
        )
        actions.answer_todays_checks(
            fresh(session), by=by, at=NOON + MINUTE, form=form, answers=answers, revision=0,
            is_finished=True,
        )  # fmt: skip

    return _both(house, check, forms(TODAY, "completed"))


# -- The dose ----------------------------------------------------------------------------------


@race("sessions.supervised.doses.actions.order")
def order(house):
    # Both are kept; the newer of them stands.
    session, at = build.a_checked_session(house), NOON + 15 * MINUTE
    return _both(
        house,
        lambda by: actions.order(
            fresh(session), by=by, at=at, amount=Decimal(50), proof=proof(by, at)
        ),
        Order.objects.count,
        pair=(house.prescriber, house.prescriber),
        leaves=2,
        both_done=True,
    )


@race("sessions.supervised.doses.actions.prepare")
def prepare(house):
    ordered, at = build.an_order(house), NOON + 20 * MINUTE
    return _both(
        house,
        lambda by: actions.prepare(
            fresh(ordered),
            by=by,
            at=at,
            lot=house.lot,
            quantity=Decimal(50),
            second=house.prescriber,
            second_proof=proof(house.prescriber, at),
        ),
        Movement.objects.filter(kind="prepared").count,
        pair=(house.nurse, house.second_nurse),
    )


@race("sessions.supervised.doses.actions.record_dose")
def record_dose(house):
    # One entry, sent by two connections, is one dose.
    session, key = build.a_checked_in_session(house), uuid4()
    return _both(
        house,
        lambda by: actions.record_dose(
            fresh(session),
            by=by,
            at=AT,
            client_key=key,
            given_at=NOON + 5 * MINUTE,
            amount=Decimal(50),
            on_paper=True,
        ),
        Dose.objects.count,
        both_done=True,
    )


@race("sessions.supervised.doses.actions.discard")
def discard(house):
    drawn, at = build.a_prepared_order(house), NOON + 25 * MINUTE
    return _both(
        house,
        lambda by: actions.discard(
            fresh(drawn),
            by=by,
            at=at,
            reason="It fell.",
            second=house.prescriber,
            second_proof=proof(house.prescriber, at),
        ),
        Movement.objects.filter(kind="wasted").count,
        pair=(house.nurse, house.second_nurse),
    )


# -- Charting ----------------------------------------------------------------------------------


@race("sessions.supervised.observations.actions.observe")
def observe(house):
    # One entry, sent by two connections, is one set.
    session, key = build.a_dosed_session(house), uuid4()
    before = ObservationSet.objects.count()
    return _both(
        house,
        lambda by: actions.observe(
            fresh(session), by=by, at=AT, client_key=key, readings=build.CALM, stated_at=AT
        ),
        ObservationSet.objects.count,
        leaves=before + 1,
        both_done=True,
    )


@race("sessions.supervised.observations.actions.raise_overdue")
def raise_overdue(house):
    session, at = build.a_dosed_session(house), build.DOSED_AT + 21 * MINUTE
    return _both(
        house,
        lambda by: actions.raise_overdue(fresh(session), by=by, at=at),
        Matter.objects.filter(kind="overdue_check").count,
        leaves=len(overdue_keys(fresh(session), at)),
        both_done=True,
    )


@race("sessions.supervised.events.actions.event")
def event(house):
    # One tap, sent by two connections, is one line.
    session, key = build.a_dosed_session(house), uuid4()
    return _both(
        house,
        lambda by: actions.event(
            fresh(session), by=by, at=AT, client_key=key, code="water", when="minus 0"
        ),
        SessionEvent.objects.count,
        both_done=True,
    )


@race("sessions.supervised.events.actions.undo")
def undo(house):
    session = build.a_dosed_session(house)
    tap = actions.event(session, by=house.nurse, at=AT, client_key=uuid4(), code="water")
    return _both(
        house,
        lambda by: actions.undo(fresh(tap), by=by, at=AT),
        SessionEvent.objects.filter(undoes__isnull=False).count,
    )


@race("sessions.supervised.events.actions.report_adverse_event")
def report_adverse_event(house):
    # What two people report, each in their own words, is kept twice.
    session = build.a_dosed_session(house)
    return _both(
        house,
        lambda by: actions.report_adverse_event(
            fresh(session), by=by, at=AT, client_key=uuid4(), term="Nausea", started_at=AT
        ),
        AdverseEvent.objects.count,
        leaves=2,
        both_done=True,
    )


@race("sessions.supervised.events.actions.assess")
def assess(house):
    # Both views are kept; the newer of them stands.
    reported = build.an_adverse_event(house, build.a_dosed_session(house), at=AT)
    return _both(
        house,
        lambda by: actions.assess(
            fresh(reported),
            by=by,
            at=AT,
            grade=1,
            is_serious=False,
            relatedness="probable",
            is_expected=True,
            prevents_release=False,
            outcome="recovered",
        ),
        Assessment.objects.count,
        leaves=2,
        both_done=True,
    )


# -- Leaving -----------------------------------------------------------------------------------


@race("sessions.supervised.leaving.actions.begin_criteria")
def begin_criteria(house):
    session = build.a_session_to_release(house)
    return _both(
        house,
        lambda by: actions.begin_criteria(fresh(session), by=by, at=build.LEAVES_AT),
        forms(RELEASE, "open"),
        both_done=True,
    )


@race("sessions.supervised.leaving.actions.answer_criteria")
def answer_criteria(house):
    session = build.a_dosed_session(house)

    def check(by):
        form = form_of(fresh(session), RELEASE)
        actions.answer_criteria(
            fresh(session), by=by, at=AT, form=form, revision=0,
            answers=harmless(checklist_of(form), AT.date()),
        )  # fmt: skip

    return _both(house, check, forms(RELEASE, "completed"))


@race("sessions.supervised.leaving.actions.ready_to_leave")
def ready_to_leave(house):
    session = build.a_dosed_session(house)
    return _both(
        house,
        lambda by: actions.ready_to_leave(fresh(session), by=by, at=AT),
        SupervisedSession.objects.filter(ready_at=AT).count,
        both_done=True,
    )


@race("sessions.supervised.leaving.actions.call_for_help")
def call_for_help(house):
    session = build.a_dosed_session(house)
    return _both(
        house,
        lambda by: actions.call_for_help(fresh(session), by=by, at=AT),
        Matter.objects.filter(kind="call_for_help").count,
        both_done=True,
    )


def _through(door, status):
    def build_it(house):
        session = build.a_dosed_session(house)
        return _both(house, lambda by: door(fresh(session), by=by, at=AT), in_status(status))

    return build_it


race("sessions.supervised.leaving.actions.transfer")(_through(actions.transfer, "transferred"))
race("sessions.supervised.leaving.actions.leave_against_advice")(
    _through(actions.leave_against_advice, "left_against_advice")
)
race("sessions.supervised.leaving.actions.leave_unseen")(
    _through(actions.leave_unseen, "left_unseen")
)


@race("sessions.supervised.leaving.actions.leave")
def leave(house):
    # Two doors at once: the person went through one of them.
    session = build.a_dosed_session(house)

    def through(by, to):
        return lambda: leave_by(fresh(session), by=by, at=AT, to=to)

    return Start(
        (house.nurse, through(house.nurse, "transferred")),
        (house.facilitator, through(house.facilitator, "left_unseen")),
        SupervisedSession.objects.filter(ended_at__isnull=False).count,
    )


@race("sessions.supervised.leaving.actions.person_died")
def person_died(house):
    patient = build.a_dosed_session(house).case.patient
    return _both(house, lambda by: cases.died(fresh(patient), by=by, at=AT), in_status("died"))


@race("sessions.supervised.leaving.actions.describe")
def describe(house):
    # The later words stand, and the trail keeps the earlier ones.
    session = build.a_dosed_session(house)
    actions.leave_unseen(session, by=house.nurse, at=AT)
    return _both(
        house,
        lambda by: actions.describe(fresh(session), by=by, at=AT + HOUR, words="Gone by bus."),
        SupervisedSession.objects.filter(end_words="Gone by bus.").count,
        both_done=True,
    )
