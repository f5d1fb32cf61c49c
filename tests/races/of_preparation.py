"""Preparation, done by two at once."""

from clinic.booking.models import Visit
from clinic.cases import actions as cases
from clinic.cases.models import Case
from clinic.cases.queries import current_cycle
from clinic.checklists import actions as checklists
from clinic.checklists.models import Form
from clinic.checklists.queries import checklist_of
from sessions.preparation import actions
from sessions.preparation.models import DecisionPast, WayHome
from sessions.preparation.queries import content_form
from sessions.rehearsal.answering import harmless
from tests.builders.booking import a_visit
from tests.builders.house import DAY, NOON, proof
from tests.builders.preparation import a_prepared_case, a_preparing_case
from tests.builders.screening import an_eligible_case
from tests.races.harness import Start, race

EVE = NOON - DAY


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def in_status(status):
    return Case.objects.filter(status=status).count


def _both(house, do, rows, **how):
    pair = (house.facilitator, house.nurse)
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, **how)


@race("sessions.preparation.actions.begin")
def begin(house):
    case = an_eligible_case(house)
    return _both(
        house, lambda by: actions.begin(fresh(case), by=by, at=EVE), in_status("preparing")
    )


@race("sessions.preparation.actions.plan_way_home")
def plan_way_home(house):
    cycle = current_cycle(a_preparing_case(house))
    plan = {
        "kind": "adult_present",
        "escort_name": "Kim",
        "escort_phone": "1",
        "pickup_at": NOON,
        "will_not_drive": True,
    }
    return _both(
        house,
        lambda by: actions.plan_way_home(fresh(cycle), by=by, at=EVE, **plan),
        WayHome.objects.count,
        leaves=2,
        both_done=True,
    )


def _a_talk(house):
    return a_visit(house, a_preparing_case(house), starts_at=EVE)


@race("sessions.preparation.actions.open_content")
def open_content(house):
    talk = _a_talk(house)
    return _both(
        house,
        lambda by: actions.open_content(fresh(talk), by=by, at=EVE),
        Form.objects.filter(about_key=talk.key).count,
        both_done=True,
    )


def _answers(form):
    return harmless(checklist_of(form), EVE.date())


@race("sessions.preparation.actions.hold_visit")
def hold_visit(house):
    talk = _a_talk(house)
    form = actions.open_content(talk, by=house.facilitator, at=EVE)
    return _both(
        house,
        lambda by: actions.hold_visit(
            fresh(talk), by=by, at=EVE, answers=_answers(form), revision=0
        ),
        Visit.objects.filter(status="done").count,
    )


@race("sessions.preparation.actions.complete_visit")
def complete_visit(house):
    talk = _a_talk(house)
    actions.open_content(talk, by=house.facilitator, at=EVE)
    form = content_form(talk)
    checklists.finish(form, by=house.facilitator, at=EVE, answers=_answers(form), revision=0)
    return _both(
        house,
        lambda by: actions.complete_visit(fresh(talk), by=by, at=EVE),
        Visit.objects.filter(status="done").count,
    )


@race("sessions.preparation.actions.declare_ready")
def declare_ready(house):
    case = a_prepared_case(house)
    return _both(
        house, lambda by: actions.declare_ready(fresh(case), by=by, at=EVE), in_status("ready")
    )


@race("sessions.preparation.actions.not_ready")
def not_ready(house):
    case = a_prepared_case(house)
    actions.declare_ready(case, by=house.facilitator, at=EVE)
    return _both(
        house, lambda by: actions.not_ready(fresh(case), by=by, at=EVE), in_status("preparing")
    )


@race("sessions.preparation.actions.decide_past")
def decide_past(house):
    case = a_prepared_case(house)
    contact = case.patient.contacts.get()
    cases.end_contact(contact, by=house.intake, at=EVE)
    cycle = current_cycle(case)

    def decide():
        return actions.decide_past(
            fresh(cycle), by=house.medical_lead, at=EVE, code="emergency_contact",
            reason="Her sister is here.", proof=proof(house.medical_lead, EVE),
        )  # fmt: skip

    return Start(
        (house.medical_lead, decide), (house.medical_lead, decide), DecisionPast.objects.count
    )
