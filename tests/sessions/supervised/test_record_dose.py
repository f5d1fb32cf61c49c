"""What has happened is recorded: a dose given, also on paper, from wherever the session stands."""

from decimal import Decimal
from uuid import uuid4

import pytest

from clinic.attention.models import Matter
from clinic.safety.incidents.models import Incident
from clinic.workflow import Refused
from sessions.supervised import actions
from sessions.supervised.sheet.queries import sheet_of
from tests.builders import supervised as build
from tests.builders.house import HOUR, MINUTE, NOON, codes, trail

pytestmark = pytest.mark.django_db
LATER = NOON + 4 * HOUR


def an_abandoned_session(house):
    session = build.a_checked_in_session(house)
    actions.abandon(session, by=house.nurse, at=NOON, reason="Not today.")
    return build.fresh(session)


def a_session_left_unseen(house):
    session = build.a_dosed_session(house)
    actions.leave_unseen(session, by=house.nurse, at=build.DOSED_AT + 40 * MINUTE)
    return build.fresh(session)


@pytest.mark.parametrize(
    "reach",
    [
        build.a_planned_session,
        build.a_checked_in_session,
        build.a_dosed_session,
        build.a_released_session,
        an_abandoned_session,
        a_session_left_unseen,
    ],
    ids=lambda reach: reach.__name__,
)
def test_a_dose_is_recorded_from_every_status_before_the_signature(house, reach):
    session = reach(house)
    before = session.doses.count()

    dose = build.a_dose_recorded(house, session, at=LATER)

    assert session.doses.count() == before + 1
    assert dose.on_paper
    assert trail()[-1] == "dose recorded"


def test_what_stood_open_is_one_incident_of_the_session(house):
    session = build.a_checked_in_session(house)

    build.a_dose_recorded(house, session, at=NOON + 30 * MINUTE)
    build.a_dose_recorded(house, session, at=NOON + 40 * MINUTE)

    incident = Incident.objects.get(about_key=session.key)
    stood_open = session.deviations.filter(at=NOON + 10 * MINUTE).values_list("message", flat=True)
    assert (incident.kind, incident.case) == ("deviation", session.case)
    assert incident.words == "\n".join(stood_open)


def test_what_stood_open_is_listed_and_the_lead_is_told(house):
    session = build.a_checked_in_session(house)

    build.a_dose_recorded(house, session, at=NOON + 30 * MINUTE)

    session = build.fresh(session)
    found = {each.code for each in session.deviations.all()}
    assert {"no_order", "not_prepared_for_order", "vitals", "todays_checks", "lot"} <= found
    matter = Matter.objects.get(kind="dose_recorded")
    assert (matter.urgency, matter.about_key) == ("red", session.key)


def test_a_recorded_dose_brings_visit_and_case_into_the_session(house):
    session = build.a_planned_session(house)

    build.a_dose_recorded(house, session, at=NOON + 30 * MINUTE)

    session = build.fresh(session)
    assert (session.status, session.visit.status, session.case.status) == (
        "dosed", "arrived", "in_session",
    )  # fmt: skip


def test_a_case_that_cannot_follow_does_not_stop_the_record(house):
    session = build.a_planned_session(house)
    build.walk.cases.suspend(session.case, by=house.nurse, at=NOON, reason="Bleeding.")
    session = build.fresh(session)

    build.a_dose_recorded(house, session, at=NOON + 30 * MINUTE)

    assert build.fresh(session).doses.count() == 1
    assert build.fresh(session).case.status == "suspended"


def test_an_amount_nobody_knows_counts_as_the_larger(house):
    session = build.a_checked_session(house)

    dose = build.a_dose_recorded(house, session, at=NOON + 30 * MINUTE, amount=None)

    assert (dose.amount_known, dose.amount) == (False, Decimal(130))


def test_a_dose_written_down_afterwards_is_marked_back_filled(house):
    session = build.a_checked_in_session(house)
    build.a_dose_recorded(house, session, at=NOON + 30 * MINUTE)

    line = next(each for each in sheet_of(build.fresh(session), LATER).lines if each.kind == "dose")

    assert (line.mark, line.minutes) == ("back_filled", 20)


def test_the_same_recorded_dose_sent_twice_is_one(house):
    session = build.a_checked_in_session(house)
    facts = {"client_key": uuid4(), "given_at": NOON, "at": NOON + 30 * MINUTE}
    first = build.a_dose_recorded(house, session, **facts)

    again = build.a_dose_recorded(house, session, **facts)

    assert again == first


def test_a_dose_of_nothing_is_no_dose(house):
    session = build.a_checked_in_session(house)

    with pytest.raises(Refused) as refusal:
        build.a_dose_recorded(house, session, at=NOON + 30 * MINUTE, amount=Decimal(0))

    assert codes(refusal) == ["dose_of_nothing"]


def test_anyone_on_duty_records_and_a_stranger_does_not(house):
    session = build.a_checked_in_session(house)

    build.a_dose_recorded(house, session, at=NOON + 30 * MINUTE, by=house.intake)
    with pytest.raises(Refused) as refusal:
        build.a_dose_recorded(house, session, at=NOON + 30 * MINUTE, by=house.manager)

    assert codes(refusal) == ["role"]


def test_a_signed_record_takes_no_further_dose(house):
    session = build.a_signed_session(house)

    with pytest.raises(Refused) as refusal:
        build.a_dose_recorded(house, session, at=LATER)

    assert codes(refusal) == ["session_signed"]
