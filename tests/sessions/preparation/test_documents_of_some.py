"""A document that only some need stops the dose of those, and of nobody else."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.booking import actions as booking
from clinic.documents import actions as documents
from clinic.documents.queries import missing_of, required_of, row_of
from sessions.preparation import rules
from sessions.rehearsal import walk
from sessions.supervised import actions as supervised
from sessions.supervised.models import SupervisedSession
from tests.builders.house import DAY, HOUR, MINUTE, NOON, proof, sign_in
from tests.builders.service_centre import (
    OLIVES,
    TAKEN,
    a_prepared_client,
    a_service_centre,
    somebody,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
AT = NOON - 2 * HOUR
ANOTHER = {"family_name": "Birch", "given_name": "Wren", "born": date(1990, 2, 3),
           "phone": "+1 503 555 0199"}  # fmt: skip
OF_SOME = ("or-medication-and-device-form", "or-interpreter-consent", "or-support-person-consent",
           "or-group-session-consent", "or-other-facilitator-consent")  # fmt: skip


@pytest.fixture
def house(db):
    return a_service_centre()


def a_client_with(house, *, without=OF_SOME, **answers):
    return a_prepared_client(house, without=without, **answers)


def what_stands(case, at=AT):
    (consent,) = (step for step in rules.gates(case.cycles.last(), at=at) if step.code == "consent")
    return [
        (each.message, str(each.basis), each.citation, each.clears) for each in consent.obstacles
    ]


def signed(house, case, code, at=AT):
    by = house.facilitator
    walk.clock(house, at)
    return documents.sign(
        case, by=by, at=at, code=code, text=row_of(case, code, at).text,
        printed_name="Rowan Ashgrove", proof=proof(by, at),
    )  # fmt: skip


def test_none_is_asked_of_somebody_of_whom_no_condition_holds(house):
    case = a_client_with(house)

    assert what_stands(case) == []
    walk.declared_ready(house, case, at=AT)


def test_an_interpreter_needs_the_persons_consent(house, client):
    case = a_client_with(house, interpreter=True)

    assert what_stands(case) == [(
        "Consent to an interpreter: not signed. It is needed here: an interpreter is present.",
        "law", "OAR 333-333-5050(3)(e)", "documents:index",
    )]  # fmt: skip
    assert [row.rule.code for row in missing_of([case], AT)[case.pk]] == ["or-interpreter-consent"]
    sign_in(client, house.facilitator)
    with time_machine.travel(AT, tick=False):
        ready = client.get(reverse("preparation:ready", args=[case.key])).content.decode()
        index = client.get(reverse("documents:index", args=[case.key])).content.decode()
    assert "It is needed here: an interpreter is present." in ready
    assert reverse("documents:index", args=[case.key]) in ready
    assert "Needed here: An interpreter is present." in index

    signed(house, case, "or-interpreter-consent")

    assert what_stands(case) == []


@pytest.mark.parametrize(
    ("answers", "needed"),
    [
        ({"medication_in_session": True}, {"or-medication-and-device-form"}),
        ({"support_person_body": True},
         {"or-medication-and-device-form", "or-support-person-consent"}),
        ({"support_person_speech": True}, {"or-support-person-consent"}),
    ],
)  # fmt: skip
def test_each_answer_asks_for_its_own(house, answers, needed):
    case = a_client_with(house, **answers)

    assert {row.rule.code for row in missing_of([case], AT)[case.pk]} == needed


def test_another_facilitator_than_prepared_the_person_needs_consent(house):
    other = somebody(house, "Otto Oak", "service_facilitator", "licensed_facilitator", OLIVES)
    case = a_client_with(house, leads=other)

    (words, basis, *_) = what_stands(case)[0]
    assert (len(what_stands(case)), basis) == (1, "law")
    assert words.startswith("Consent to another facilitator: not signed. It is needed here:")

    signed(house, case, "or-other-facilitator-consent")

    assert what_stands(case) == []


def test_another_who_comes_on_the_day_needs_it_too(house):
    other = somebody(house, "Otto Oak", "service_facilitator", "licensed_facilitator", OLIVES)
    case = a_client_with(house)
    walk.declared_ready(house, case, at=NOON - DAY)
    session = SupervisedSession.objects.get(case=case)
    walk.checked_in(house, session, at=NOON + MINUTE)
    assert what_stands(case, TAKEN) == []

    supervised.come(
        session, by=house.facilitator, at=NOON + 2 * MINUTE, user=other, where="with_client",
        capacity="facilitator",
    )  # fmt: skip

    assert [words.partition(":")[0] for words, *_ in what_stands(case, TAKEN)] == [
        "Consent to another facilitator"
    ]


def test_a_group_asks_each_of_its_people(house):
    first = a_client_with(house)
    second = a_client_with(house, person=ANOTHER, leads=None, at=NOON + DAY)
    assert what_stands(first) == []
    visit = second.visits.get(stage="dosing")
    walk.clock(house, AT)

    booking.reschedule(
        visit, by=house.manager, at=AT, room=house.room, starts_at=NOON, ends_at=NOON + 6 * HOUR,
        people=[(house.facilitator, "facilitator"), (house.representative, "representative")],
        overlap_reason="A group of two.",
    )  # fmt: skip

    for case in (first, second):
        assert [words.partition(":")[0] for words, *_ in what_stands(case)] == [
            "Consent to a group administration session"
        ]


def test_many_are_asked_in_as_many_queries_as_one(house, django_assert_max_num_queries):
    cases = [a_client_with(house), a_client_with(house, person=ANOTHER, at=NOON + DAY)]
    with CaptureQueriesContext(connection) as one:
        required_of(cases[:1], AT)
    with django_assert_max_num_queries(len(one)):
        required_of(cases, AT)
