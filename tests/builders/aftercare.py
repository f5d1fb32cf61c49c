"""Cases after a session, by the real acts."""

import uuid
from decimal import Decimal

from sessions.supervised import actions
from tests.builders.booking import a_dosing_visit
from tests.builders.house import HOUR, NOON
from tests.builders.preparation import a_preparing_case


def an_ended_session(house, *, at=NOON, case=None, **details):
    """A session with a dose recorded from paper, which the person left against advice."""
    case = case or a_preparing_case(house, **details)
    session = a_dosing_visit(house, case, at=at - 24 * HOUR, starts_at=at).supervised_session
    actions.record_dose(
        session,
        by=house.nurse,
        at=at + HOUR,
        client_key=uuid.uuid4(),
        given_at=at + HOUR,
        amount=Decimal(50),
        unit="mg",
        on_paper=True,
    )
    session.refresh_from_db()
    actions.leave_against_advice(session, by=house.nurse, at=at + 4 * HOUR)
    session.refresh_from_db()
    return session


def a_treated_case(house, *, at=NOON, **details):
    """A case whose session has ended and whose contacts are planned."""
    return an_ended_session(house, at=at, **details).case


def a_touchpoint(case, code="day-1"):
    """One contact of a treated case."""
    return case.touchpoints.get(code=code)
