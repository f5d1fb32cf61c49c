"""The contacts after a session, when two sweeps or two people come at once."""

from clinic.attention.models import Matter
from clinic.audit.models import TrailEntry
from clinic.links.models import PatientLink
from sessions.aftercare import actions
from sessions.aftercare.models import Touchpoint
from tests.builders.aftercare import a_touchpoint, a_treated_case, an_ended_session
from tests.builders.house import DAY, NOON
from tests.races.harness import Start, race

LATER = NOON + 2 * DAY


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def _twice(house, do, rows, **how):
    """Whoever comes second finds it done."""
    pair = (house.facilitator, house.nurse)
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, both_done=True, **how)


def written(act):
    return TrailEntry.objects.filter(act=act).count


@race("sessions.aftercare.actions.plan")
def plan(house):
    session = an_ended_session(house)
    return _twice(
        house,
        lambda by: actions.plan(fresh(session), by=by, at=LATER),
        Touchpoint.objects.count,
        leaves=Touchpoint.objects.count(),
    )


@race("sessions.aftercare.actions.prepare_forms")
def prepare_forms(house):
    touchpoint = a_touchpoint(a_treated_case(house))
    return _twice(
        house,
        lambda by: actions.prepare_forms(fresh(touchpoint), by=by, at=LATER),
        PatientLink.objects.count,
    )


@race("sessions.aftercare.actions.letter_sent")
def letter_sent(house):
    touchpoint = a_touchpoint(a_treated_case(house))
    return _twice(
        house,
        lambda by: actions.letter_sent(fresh(touchpoint), by=by, at=LATER),
        written("contact sent"),
    )


@race("sessions.aftercare.actions.questions_answered")
def questions_answered(house):
    touchpoint = a_touchpoint(a_treated_case(house))
    actions.letter_sent(touchpoint, by=house.nurse, at=LATER)
    return _twice(
        house,
        lambda by: actions.questions_answered(fresh(touchpoint), by=by, at=LATER),
        written("contact answered"),
    )


@race("sessions.aftercare.actions.ask_for_contact")
def ask_for_contact(house):
    touchpoint = a_touchpoint(a_treated_case(house))
    return _twice(
        house,
        lambda by: actions.ask_for_contact(fresh(touchpoint), by=by, at=LATER),
        Matter.objects.filter(occurrence=f"overdue/{touchpoint.key}").count,
    )


@race("sessions.aftercare.actions.cancel_all")
def cancel_all(house):
    case = a_treated_case(house)
    return _twice(
        house,
        lambda by: actions.cancel_all(fresh(case), by=by, at=LATER, words="The case has ended."),
        written("contact called off"),
        leaves=Touchpoint.objects.filter(case=case).count(),
    )
