"""What is reported outside, by two at once."""

from clinic.attention.models import Matter
from sessions.reports import actions
from sessions.reports.models import Report
from tests.builders.house import DAY, HOUR, NOON, proof
from tests.builders.reports import (
    a_case_on,
    a_report,
    a_serious_event,
    a_session_on,
    ended,
    sent,
)
from tests.races.harness import Start, race

AT = NOON + 6 * HOUR


def fresh(report):
    return Report.objects.select_related("site", "case").get(pk=report.pk)


def both(by, act, count):
    return Start((by, lambda: act(by)), (by, lambda: act(by)), count)


@race("sessions.reports.actions.send")
def send(house):
    report = a_report(house)
    return both(
        house.medical_lead,
        lambda by: sent(house, fresh(report), at=AT, by=by),
        Report.objects.filter(status="sent").count,
    )


@race("sessions.reports.actions.set_aside")
def set_aside(house):
    report = a_report(house)
    return both(
        house.medical_lead,
        lambda by: actions.set_aside(
            fresh(report), by=by, at=AT, words="No event.", proof=proof(by, AT)
        ),
        Report.objects.filter(status="not_owed").count,
    )


def _twice(house, do, rows, **how):
    """Whoever comes second finds it done."""
    pair = (house.medical_lead, house.nurse)
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, both_done=True, **how)


@race("sessions.reports.actions.plan_for_session")
def plan_for_session(house):
    session = ended(house, a_session_on(house, "esketamine-us-rems"), at=NOON + 3 * HOUR)
    return _twice(
        house, lambda by: actions.plan_for_session(session, by=by, at=AT), Report.objects.count
    )


@race("sessions.reports.actions.plan_for_event")
def plan_for_event(house):
    event = a_serious_event(house)
    return _twice(
        house, lambda by: actions.plan_for_event(event, by=by, at=AT), Report.objects.count
    )


@race("sessions.reports.actions.plan_for_site")
def plan_for_site(house):
    a_case_on(house, "psilocybin-oregon", at=NOON)
    return _twice(
        house, lambda by: actions.plan_for_site(house.site, by=by, at=AT), Report.objects.count
    )


@race("sessions.reports.actions.ask_for_report")
def ask_for_report(house):
    report = a_report(house)
    return _twice(
        house,
        lambda by: actions.ask_for_report(fresh(report), by=by, at=AT + DAY),
        Matter.objects.filter(kind="report_overdue").count,
    )
