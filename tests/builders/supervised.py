"""Supervised sessions at each of their stages, reached by the real acts on the made-up clock."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from clinic.context import set_context
from sessions.rehearsal import walk
from sessions.supervised import actions
from sessions.supervised.models import SupervisedSession
from sessions.supervised.sheet.queries import sheet_of
from tests.builders.house import MINUTE, NOON, proof

DOSED_AT = NOON + 30 * MINUTE
CALM, BEFORE = walk.CALM, walk.BEFORE
AMOUNT = walk.AMOUNT


def the_clock(house, at):
    """Set the made-up clock the database receives by."""
    set_context(user_id=house.nurse.pk, sites=[house.site.pk, house.other_site.pk], clock=at)


def somebody_is_ready(house):
    """Walk one person up to their session at noon, once; those who build on it go on from there."""
    house.planned = a_planned_session(house).pk


def a_planned_session(house, *, at=NOON, **person):
    """A person who is ready, their session planned for `at`; nobody has come yet."""
    if at == NOON and not person and vars(house).get("planned"):
        the_clock(house, at)
        return SupervisedSession.objects.get(pk=house.planned)
    _, session = walk.ready(house, session_at=at, **person)
    the_clock(house, at)
    return session


def a_checked_in_session(house, *, at=NOON, **person):
    """The person is here and what they signed is re-affirmed."""
    session = a_planned_session(house, at=at, **person)
    walk.checked_in(house, session, at=at)
    return session


def a_checked_session(house, *, at=NOON, **person):
    """Today's checks are made and the vital signs are taken: an order may be written."""
    session = a_checked_in_session(house, at=at, **person)
    walk.checks_done(house, session, at=at + 5 * MINUTE)
    walk.observed(house, session, at=at + 10 * MINUTE, before=True)
    return session


def an_order(house, *, at=NOON, **person):
    """A dose is ordered and signed."""
    session = a_checked_session(house, at=at, **person)
    return walk.ordered(house, session, at=at + 15 * MINUTE)


def a_prepared_order(house, *, at=NOON, **person):
    """The dose is drawn and checked by a second person."""
    order = an_order(house, at=at, **person)
    walk.drawn(house, order, at=at + 20 * MINUTE)
    return fresh_order(order)


def a_dosed_session(house, *, at=NOON, **person):
    """A dose was given half an hour after the person came."""
    order = a_prepared_order(house, at=at, **person)
    walk.dosed(house, order, at=at + 30 * MINUTE)
    the_clock(house, at + 31 * MINUTE)
    return fresh(order.session)


LEAVES_AT = DOSED_AT + 125 * MINUTE


def a_session_to_release(house, *, at=NOON, **person):
    """Every gate to the release stands open at LEAVES_AT."""
    session = a_dosed_session(house, at=at, **person)
    given = at + 30 * MINUTE
    walk.watched(house, session, dosed_at=given, until=given + 121 * MINUTE)
    walk.criteria_met(house, session, at=given + 122 * MINUTE)
    the_clock(house, given + 125 * MINUTE)
    return fresh(session)


def a_released_session(house, *, at=NOON, **person):
    """The person has gone home."""
    session = a_session_to_release(house, at=at, **person)
    walk.released(house, session, at=at + 155 * MINUTE)
    return fresh(session)


def a_signed_session(house, *, at=NOON, **person):
    """The record is signed and frozen."""
    session = a_released_session(house, at=at, **person)
    walk.signed(house, session, at=at + 170 * MINUTE)
    return fresh(session)


def fresh(session):
    """The session read anew."""
    return SupervisedSession.objects.get(pk=session.pk)


def fresh_order(order):
    """The order read anew."""
    return type(order).objects.get(pk=order.pk)


def a_set(house, session, *, at, readings=None, by=None, **facts):
    """One set of observations, calm unless told otherwise."""
    the_clock(house, at)
    facts = {"client_key": uuid4(), "stated_at": at} | facts
    readings = CALM if readings is None else readings
    return actions.observe(session, by=by or house.nurse, at=at, readings=readings, **facts)


def a_dose_recorded(house, session, *, at, by=None, **facts):
    """A dose recorded after it was given."""
    the_clock(house, at)
    facts = {
        "client_key": uuid4(),
        "given_at": at - 20 * MINUTE,
        "amount": Decimal(50),
        "on_paper": True,
    } | facts
    return actions.record_dose(session, by=by or house.facilitator, at=at, **facts)


def a_supplement(house, session, *, at, amount=Decimal(20)):
    """A further dose is ordered."""
    the_clock(house, at)
    return actions.order(
        session,
        by=house.prescriber,
        at=at,
        amount=amount,
        is_supplementary=True,
        proof=proof(house.prescriber, at),
    )


def an_adverse_event(house, session, *, at, term="Nausea", **facts):
    """Something untoward is reported."""
    the_clock(house, at)
    facts = {"client_key": uuid4(), "started_at": at - timedelta(minutes=1)} | facts
    facts.setdefault("by", house.nurse)
    return actions.report_adverse_event(session, at=at, term=term, **facts)


def an_assessment(house, adverse_event, *, at, **facts):
    """A clinician says how it stands: mild, not serious, over, and no reason to stay."""
    facts = {
        "grade": 1,
        "is_serious": False,
        "relatedness": "probable",
        "is_expected": True,
        "prevents_release": False,
        "outcome": "recovered",
    } | facts
    return actions.assess(adverse_event, by=house.nurse, at=at, **facts)


def sheet(session, at):
    """The run sheet of a session at a moment."""
    return sheet_of(fresh(session), at)
