"""Reports that are due, by the acts that make them so."""

import uuid
from decimal import Decimal

from clinic.cases import actions as cases
from sessions.rehearsal import walk
from sessions.reports import actions
from sessions.reports.models import Report
from sessions.supervised import actions as supervised
from tests.builders.aftercare import an_ended_session
from tests.builders.cases import a_patient
from tests.builders.house import DAY, HOUR, MINUTE, NOON, proof
from tests.builders.protocols import a_shipped_version
from tests.builders.supervised import an_adverse_event, an_assessment

BEFORE, AT_40, LAST = ({"systolic": str(s), "diastolic": str(d), "spo2": str(o)}
                       for s, d, o in [(128, 80, 98), (141, 88, 94), (130, 82, 97)])  # fmt: skip


TEAMS = {
    "esketamine-us-rems": [("nurse", "nurse"), ("prescriber", "prescriber")],
    "mdma-assisted": [
        ("medical_lead", "facilitator"),
        ("facilitator", "second_therapist"),
        ("prescriber", "prescriber"),
    ],
}  # fmt: skip


def a_case_on(house, code, *, at=NOON):
    """Somebody whose case is pinned to a protocol of the library."""
    version = a_shipped_version(house, code, at=at - 9 * DAY)
    return cases.refer(
        a_patient(house), by=house.intake, at=at - 8 * DAY, protocol_version=version,
        referral_source="Family doctor", referral_reason="Two medicines did not lift it.",
    )  # fmt: skip


def a_session_on(house, code, *, at=NOON, amount=56, minutes=130, readings=None, **chosen):
    """A session with a dose recorded from paper and three sets around it, from start to end."""
    case = a_case_on(house, code, at=at)
    people = [(house.people[part], capacity) for part, capacity in TEAMS[code]]
    for user, capacity in people:
        cases.join_team(case, by=house.facilitator, at=at, user=user, capacity=capacity)
    walk.answered(house, case, at=at - 7 * DAY, **chosen)
    walk.reviewed(house, case, at=at - 7 * DAY)
    walk.decided(house, case, at=at - 7 * DAY)
    case.refresh_from_db()
    walk.begun(house, case, at=at - 7 * DAY)
    visit = walk.booked(
        house, case, at=at - DAY, starts_at=at - HOUR, stage="dosing", minutes=300, people=people
    )
    session = visit.supervised_session
    walk.clock(house, at + minutes * MINUTE)
    supervised.record_dose(
        session, by=house.nurse, at=at, client_key=uuid.uuid4(), given_at=at,
        amount=Decimal(amount), unit="mg", on_paper=True, lot_number="HH-0007",
    )  # fmt: skip
    sets = ((-5, BEFORE), (40, AT_40), (minutes - 5, LAST)) if readings is None else readings
    for minute, values in sets:
        supervised.observe(
            session, by=house.nurse, at=at + minutes * MINUTE, client_key=uuid.uuid4(),
            readings=values, stated_at=at + minute * MINUTE,
            planned_for=at + 40 * MINUTE if minute == 40 else None,
        )  # fmt: skip
    return session


def ended(house, session, *, at):
    """The person left against advice."""
    walk.clock(house, at)
    session.refresh_from_db()
    supervised.leave_against_advice(session, by=house.nurse, at=at)
    session.refresh_from_db()
    return session


def a_serious_event(house, session=None, *, at=NOON + 5 * HOUR, term="Syncope", **facts):
    """Something untoward that a clinician found serious."""
    session = session or an_ended_session(house)
    event = an_adverse_event(house, session, at=at, term=term)
    how = {"grade": 3, "is_serious": True, "seriousness": "hospitalisation"} | facts
    an_assessment(house, event, at=at, **how)
    return event


def a_report(house, *, at=NOON + 5 * HOUR):
    """The report that a serious event of the house's own protocol may be told with."""
    return Report.objects.select_related("site", "case").get(
        adverse_event=a_serious_event(house, at=at)
    )


def sent(house, report, *, at, by=None, on=None, **facts):
    """Somebody says that a report went."""
    by = by or house.medical_lead
    how = {"how": "fax", "reference": "R-77"} | facts
    return actions.send(report, by=by, at=at, sent_on=on or at.date(), proof=proof(by, at), **how)
