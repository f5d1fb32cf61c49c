"""The record is signed as it is shown, and then frozen: for every page and for the console."""

import json

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from clinic.workflow import Refused
from sessions.supervised import actions
from sessions.supervised.leaving.record import record_of
from tests.builders import supervised as build
from tests.builders.house import HOUR, MINUTE, codes, proof, trail

pytestmark = pytest.mark.django_db
AT = build.LEAVES_AT + HOUR


def a_signature(house, session, by=None, **facts):
    by = by or house.nurse
    actions.sign(build.fresh(session), by=by, at=AT, **({"proof": proof(by, AT)} | facts))


def test_the_signature_is_bound_to_the_record_as_it_is_shown(house):
    session = build.a_released_session(house)

    a_signature(house, session)

    session = build.fresh(session)
    kept = json.loads(session.signature.content)
    assert kept["observations"][0]["readings"]["systolic"]["typed"] == build.BEFORE["systolic"]
    assert len(session.signature.digest) == 64
    assert trail()[-1] == "session signed"


def test_the_record_holds_everything_that_was_charted(house):
    session = build.a_released_session(house)

    kept = record_of(session)

    assert len(kept["observations"]) == session.observation_sets.count()
    assert len(kept["presence"]) == session.presences.count()
    assert [dose["amount"] for dose in kept["doses"]] == [build.AMOUNT]
    assert {form["purpose"] for form in kept["forms"]} == {"today", "release"}


def test_a_session_that_goes_on_is_not_signed(house):
    session = build.a_dosed_session(house)

    with pytest.raises(Refused) as refusal:
        a_signature(house, session)

    assert codes(refusal) == ["status"]


def test_how_somebody_left_is_described_before_the_signature(house):
    session = build.a_dosed_session(house)
    actions.transfer(session, by=house.nurse, at=AT)

    with pytest.raises(Refused) as refusal:
        a_signature(house, session)
    actions.describe(build.fresh(session), by=house.nurse, at=AT, words="By ambulance, awake.")
    a_signature(house, session)

    assert codes(refusal) == ["door_without_words"]
    assert build.fresh(session).status == "signed"


def test_only_whoever_releases_signs(house):
    session = build.a_released_session(house)

    with pytest.raises(Refused) as refusal:
        a_signature(house, session, by=house.facilitator)

    assert codes(refusal) == ["role", "act_unlicensed"]


def test_a_signed_session_takes_no_further_entry(house):
    session = build.a_signed_session(house)

    with pytest.raises(Refused) as refusal:
        build.a_set(house, session, at=AT)

    assert codes(refusal) == ["session_signed"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clinic_sessions_supervisedsession SET end_words = 'x' WHERE key = %(key)s",
        "UPDATE clinic_sessions_supervisedsession SET status = 'dosed' WHERE key = %(key)s",
        "DELETE FROM clinic_sessions_supervisedsession WHERE key = %(key)s",
        "UPDATE clinic_sessions_reading SET value = 1 WHERE true",
        "DELETE FROM clinic_sessions_dose WHERE true",
        "INSERT INTO clinic_sessions_presence (key, session_id, site_id, user_id, capacity,"
        ' "where", stated_at, by_id) SELECT gen_random_uuid(), id, site_id, checked_in_by_id,'
        " 'nurse', 'away', now(), checked_in_by_id FROM clinic_sessions_supervisedsession"
        " WHERE key = %(key)s",
    ],
)
def test_a_signed_record_is_frozen_against_raw_sql(house, statement):
    session = build.a_signed_session(house)

    with (
        pytest.raises(DatabaseError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, {"key": session.key})

    wall = psycopg.errors.RestrictViolation, psycopg.errors.InsufficientPrivilege
    assert isinstance(refusal.value.__cause__, (*wall, psycopg.errors.CheckViolation))


def test_nobody_but_the_database_states_when_it_received_something(house):
    session = build.a_dosed_session(house)
    at = build.DOSED_AT + 2 * MINUTE
    row = build.a_set(house, session, at=at, stated_at=at - MINUTE)

    row.refresh_from_db()

    assert row.received_at == at
