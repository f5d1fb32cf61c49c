"""A person who was dosed at one site is not dosed at another too soon, and that is all it learns."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from clinic.audit.models import TrailEntry
from clinic.cases import actions as cases
from clinic.cases.models import Patient
from clinic.context import acting_as
from clinic.stock.models import Lot
from clinic.workflow import Refused
from sessions.preparation import rules
from sessions.rehearsal import walk
from sessions.supervised.day import dosed_elsewhere
from sessions.supervised.models import Dose, SupervisedSession
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house, codes, sign_in
from tests.builders.merging import merged, parted
from tests.builders.supervised import fresh_order
from tests.builders.two_sites import (
    SOMEBODY_ELSE,
    linked,
    retracted,
    the_other_house,
    told_apart,
    unlinked,
    who_decides_at_both,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
THERE = NOON - DAY
LATER = date(2026, 11, 19)  # two days after the dose there
SAID = "A dose given elsewhere in this organisation lies too near: not before 19 November 2026."


@pytest.fixture
def harbour(db):
    return a_house()


@pytest.fixture
def hill(harbour):
    return the_other_house(harbour)


def dosed_at(house, at, **person):
    """Somebody has a dose at one site and goes home."""
    _, session = walk.ready(house, session_at=at, **person)
    walk.whole_session(house, session, at=at)
    return session


def about_to_be_dosed(house, **person):
    """The same or another person, ready at the other site, all but the declaration."""
    return walk.ready(house, session_at=NOON, without=("declaration",), **person)


def obstacles(house, case):
    walk.clock(house, NOON)
    steps = rules.gates(case.cycles.get(), at=NOON)
    return [each.message for step in steps if step.code == "interval" for each in step.obstacles]


def test_the_other_site_declares_nobody_ready_too_soon_and_is_told_until_when(harbour, hill):
    dosed_at(hill, THERE)

    case, _ = about_to_be_dosed(harbour)

    with pytest.raises(Refused) as refusal:
        walk.declared_ready(harbour, case, at=NOON - HOUR)
    assert [(o.code, o.message) for o in refusal.value.obstacles] == [("interval", SAID)]


def test_a_dose_given_there_meanwhile_stops_the_one_that_is_drawn_here(harbour, hill):
    _, session = walk.ready(harbour, session_at=NOON)
    _, other = walk.ready(hill, session_at=NOON - HOUR)
    walk.checked_in(harbour, session, at=NOON)
    walk.checks_done(harbour, session, at=NOON + 5 * MINUTE)
    walk.observed(harbour, session, at=NOON + 10 * MINUTE, before=True)
    order = walk.ordered(harbour, session, at=NOON + 15 * MINUTE)
    walk.drawn(harbour, order, at=NOON + 20 * MINUTE)
    walk.up_to_the_dose(hill, other, at=NOON + 21 * MINUTE)
    walk.clock(harbour, NOON + 25 * MINUTE)

    with pytest.raises(Refused) as refusal:
        walk.dosed(harbour, fresh_order(order), at=NOON + 25 * MINUTE)

    assert codes(refusal) == ["interval"]
    assert not session.doses.exists()


def test_what_is_given_here_says_that_the_others_were_asked(harbour, hill):
    dosed_at(hill, NOON - 3 * DAY)

    session = dosed_at(harbour, NOON)

    told = TrailEntry.objects.get(act="dose given", subject_key=session.doses.get().key)
    assert '"dosed_elsewhere_until":null' in told.payload.replace(" ", "")


@pytest.mark.parametrize(
    ("there", "here", "expected"),
    [
        ({}, {}, [SAID]),
        ({"family_name": "Ashgrave"}, {}, [SAID]),  # misspelt; born and reached the same
        ({"born": date(1985, 7, 4)}, {}, [SAID]),  # mistyped; called and reached the same
        ({"family_name": "Birch", "given_name": "Wren", "phone": "+1 503 555 0199"}, {}, []),
        ({"born": date(1990, 2, 3), "phone": "+1 503 555 0199", "email": "b@patients.example"},
         {}, []),
    ],
)  # fmt: skip
def test_the_same_person_is_known_by_name_birth_and_address(harbour, hill, there, here, expected):
    dosed_at(hill, THERE, **there)

    case, _ = about_to_be_dosed(harbour, **here)

    assert obstacles(harbour, case) == expected


def test_outside_the_interval_nothing_is_said(harbour, hill):
    dosed_at(hill, NOON - 2 * DAY)

    case, _ = about_to_be_dosed(harbour)

    assert obstacles(harbour, case) == []


def test_who_asks_learns_a_day_and_nothing_else(harbour, hill, client):
    elsewhere = dosed_at(hill, THERE)
    case, _ = about_to_be_dosed(harbour)
    sign_in(client, harbour.facilitator)

    with time_machine.travel(NOON - HOUR, tick=False):
        page = client.get(reverse("preparation:ready", args=[case.key])).content.decode()

    assert SAID in page
    for word in (
        "Hill House",
        "HH-0001",
        str(elsewhere.key),
        str(elsewhere.case.key),
        "18 November",
    ):
        assert word not in page
    with acting_as(harbour.facilitator, clock=NOON):
        assert dosed_elsewhere([case.cycles.get()], NOON) == {case.pk: LATER}
        for rows in (Dose, SupervisedSession, Patient, Lot):
            assert not rows.objects.filter(site_id=hill.site.pk).exists()
        # Of a case of another site nothing is answered at all.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT vigil_dosed_elsewhere(%s, '{99}', %s)",
                [elsewhere.case_id, NOON.date() + timedelta(days=1)],
            )
            assert cursor.fetchone() == (None,)


def test_what_a_merged_record_says_of_a_person_counts_too(harbour, hill):
    like = dosed_at(hill, THERE).case.patient
    case, _ = about_to_be_dosed(
        harbour, family_name="Ash", email="ash@example.net", phone="+1 212 555 0111"
    )
    assert obstacles(harbour, case) == []
    twin = cases.register(
        by=harbour.intake,
        at=NOON - DAY,
        site=harbour.site,
        family_name=like.family_name,
        given_name=like.given_name,
        date_of_birth=like.date_of_birth,
        despite=[case.patient.key],
    )

    merged(harbour, case.patient, twin)

    assert obstacles(harbour, case) == [SAID]


def test_linked_records_count_as_one_person_until_the_link_is_ended(harbour, hill):
    there = dosed_at(hill, THERE, **SOMEBODY_ELSE).case.patient
    case, _ = about_to_be_dosed(harbour)
    lead = who_decides_at_both(harbour)
    assert obstacles(harbour, case) == []

    linked(case.patient, there, by=lead, at=NOON)
    assert obstacles(harbour, case) == [SAID]

    unlinked(there, case.patient, by=lead, at=NOON)
    assert obstacles(harbour, case) == []


def test_a_link_holds_for_whoever_either_record_was_merged_with(harbour, hill):
    there = dosed_at(hill, THERE, **SOMEBODY_ELSE).case.patient
    case, _ = about_to_be_dosed(harbour)
    twin = cases.register(
        by=harbour.intake, at=NOON - DAY, site=harbour.site, family_name="Alder",
        given_name="Ro", date_of_birth=date(1990, 1, 1),
    )  # fmt: skip
    linked(twin, there, by=who_decides_at_both(harbour), at=NOON)
    assert obstacles(harbour, case) == []

    merged(harbour, case.patient, twin)

    assert obstacles(harbour, case) == [SAID]


def test_neither_of_two_who_were_told_apart_stands_in_the_others_way(harbour, hill):
    """Twins: one birth date and one telephone number, known at one site each."""
    theirs = dosed_at(hill, THERE, given_name="Rohan", email="rohan@patients.example")
    twin = theirs.case.patient
    case, session = about_to_be_dosed(harbour)
    lead = who_decides_at_both(harbour)
    assert obstacles(harbour, case) == [SAID]

    told_apart(case.patient, twin, by=lead, at=NOON - HOUR)
    assert obstacles(harbour, case) == []
    walk.declared_ready(harbour, case, at=NOON - HOUR)
    walk.up_to_the_dose(harbour, session, at=NOON)
    assert answered_there(hill, theirs) is None

    retracted(twin, case.patient, by=lead, at=NOON + HOUR)
    assert answered_there(hill, theirs) == date(2026, 11, 20)


def answered_there(hill, session):
    """What the other site is answered of its own person on the day of the dose here."""
    with acting_as(hill.nurse, clock=NOON + HOUR):
        return dosed_elsewhere([session.cycle], NOON + HOUR).get(session.case_id)


def test_who_were_told_apart_are_asked_about_again_once_either_record_is_merged(harbour, hill):
    there = dosed_at(hill, THERE).case.patient
    case, _ = about_to_be_dosed(harbour)
    lead = who_decides_at_both(harbour)
    told_apart(case.patient, there, by=lead, at=NOON - HOUR)
    assert obstacles(harbour, case) == []
    second = cases.register(
        by=harbour.intake, at=NOON - HOUR, site=harbour.site, family_name="Alder",
        given_name="Ro", date_of_birth=date(1990, 1, 1),
    )  # fmt: skip

    merged(harbour, case.patient, second)

    assert obstacles(harbour, case) == [SAID]
    retracted(case.patient, there, by=lead, at=NOON + HOUR)
    told_apart(case.patient, there, by=lead, at=NOON + HOUR)
    assert obstacles(harbour, case) == []


def test_a_link_made_while_two_records_were_one_counts_for_both_once_they_part(
    client, harbour, hill
):
    there = dosed_at(hill, THERE, **SOMEBODY_ELSE).case.patient
    case, _ = about_to_be_dosed(harbour)
    lead, own = who_decides_at_both(harbour), case.patient
    stays = cases.register(
        by=harbour.intake, at=NOON - DAY, site=harbour.site, family_name="Alder",
        given_name="Ro", date_of_birth=date(1990, 1, 1),
    )  # fmt: skip
    merge = merged(harbour, stays, own, at=NOON - 5 * HOUR)
    stays.refresh_from_db()
    linked(stays, there, by=lead, at=NOON - 4 * HOUR)
    assert obstacles(harbour, type(case).objects.get(pk=case.pk)) == [SAID]

    parted(harbour, merge, at=NOON - 3 * HOUR)
    case.refresh_from_db()
    own.refresh_from_db()
    assert (case.patient, obstacles(harbour, case)) == (own, [SAID])
    with time_machine.travel(NOON, tick=False):
        page = sign_in(client, lead).get(reverse("cases:elsewhere", args=[own.key]))
    said = page.content.decode()
    assert f"Made for record {stays.number} while both were one" in said
    assert reverse("cases:unlink", args=[stays.key, there.key]) in said

    told_apart(own, there, by=lead, at=NOON - 2 * HOUR)
    assert obstacles(harbour, case) == []
    retracted(own, there, by=lead, at=NOON - HOUR)
    assert obstacles(harbour, case) == [SAID]
    unlinked(stays, there, by=lead, at=NOON - HOUR)
    assert obstacles(harbour, case) == []
