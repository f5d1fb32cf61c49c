"""An erratum binds what comes; what was dosed, answered and signed keeps what it was given on."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from clinic.audit.models import Signature
from clinic.checklists.queries import checklist_of
from clinic.screening.queries import current_form
from sessions.preparation.queries import facts_of
from sessions.supervised.leaving.record import record_of
from sessions.supervised.queries import document
from tests.builders.errata import a_longer_stay, an_erratum, approved, minutes, question
from tests.builders.house import MINUTE, NOON, a_house, sign_in
from tests.builders.screening import a_begun_screening, a_filled_screening
from tests.builders.supervised import a_dosed_session, a_planned_session, a_signed_session, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def stay(session):
    return document(fresh(session)).minimum_stay.rows[0].minutes


def longer(house, at):
    return approved(house, a_longer_stay(house, more=30, at=at), at=at)


def test_a_session_that_was_dosed_before_keeps_its_numbers(house):
    session = a_dosed_session(house)
    printed = stay(session)

    longer(house, fresh(session).dosed_at + MINUTE)

    assert stay(session) == printed
    assert minutes(house.version) == printed + 30


def test_a_session_that_is_dosed_after_it_is_released_by_the_new_number(house):
    session = a_planned_session(house)
    printed = stay(session)

    longer(house, NOON - timedelta(days=1))

    assert stay(session) == printed + 30


def test_the_gates_of_an_open_case_read_the_erratum(house):
    session = a_planned_session(house)
    longer(house, NOON)

    (facts,) = facts_of([session.cycle], at=NOON).values()

    assert facts.document.minimum_stay.rows[0].minutes == minutes(house.version)


def test_a_signed_record_is_what_it_was(house):
    session = fresh(a_signed_session(house))
    before, said = record_of(session), question(house.version)

    longer(house, session.signed_at + MINUTE)
    an_erratum(house, at=session.signed_at + MINUTE)

    assert record_of(fresh(session)) == before
    assert document(fresh(session)).screening.items[0].text == said


def test_a_checklist_keeps_its_wording_and_the_next_one_has_the_new(house):
    case = a_filled_screening(house)
    said = question(house.version)

    erratum = an_erratum(house)

    form = current_form(case)
    assert checklist_of(form).items[0].text == said
    begun_after = current_form(a_begun_screening(house, family_name="Birch"))
    assert checklist_of(begun_after).items[0].text == erratum.shall_say
    assert checklist_of(form).items[0].text == said


def test_a_new_order_is_signed_under_the_digest_of_what_bound(house):
    longer(house, NOON - timedelta(days=1))

    session = a_dosed_session(house)

    ordered = Signature.objects.get(subject_key=session.key, meaning="ordered this dose")
    assert document(fresh(session)).digest() in ordered.content
    assert house.version.digest not in ordered.content


def test_everybody_who_opens_the_case_reads_of_the_erratum(client, house):
    session = a_planned_session(house)
    erratum = an_erratum(house)

    page = reverse("casefile:show", args=[session.case.key])
    answer = sign_in(client, house.facilitator).get(page).content.decode()

    assert "Erratum of" in answer
    assert erratum.shall_say in answer


def test_reading_of_errata_costs_a_case_file_no_query(client, house, django_assert_max_num_queries):
    session = a_planned_session(house)
    page = reverse("casefile:show", args=[session.case.key])
    sign_in(client, house.facilitator)
    client.get(page)
    with django_assert_max_num_queries(1000) as without:
        client.get(page)

    for number in range(5):
        an_erratum(house, shall_say=f"Wording {number}?")
    client.get(page)
    with django_assert_max_num_queries(1000) as with_five:
        client.get(page)

    assert len(with_five) == len(without)


def on_the_sheet(client, house, session):
    with time_machine.travel(fresh(session).dosed_at or NOON, tick=False):
        page = sign_in(client, house.nurse).get(reverse("supervised:show", args=[session.key]))
    return page.content.decode()


def test_the_run_sheet_says_in_one_line_that_the_protocol_was_put_right(client, house):
    session = a_planned_session(house)
    before = on_the_sheet(client, house, session)

    longer(house, NOON - timedelta(days=1))

    page = on_the_sheet(client, house, session)
    assert "Erratum" not in before
    assert "<b>Erratum:</b> of 17 Nov 2026. <a" in page
    assert f'href="{session.case.get_absolute_url()}#errata"' in page


def test_the_run_sheet_says_of_an_erratum_after_the_dose_that_it_is_not_for_it(client, house):
    session = a_dosed_session(house)
    longer(house, NOON - timedelta(days=1))
    an_erratum(house, at=NOON - timedelta(hours=1))
    longer_still = fresh(session).dosed_at + MINUTE
    approved(house, a_longer_stay(house, more=60, at=longer_still), at=longer_still)

    page = on_the_sheet(client, house, session)

    said = "<b>Errata:</b> 3, the newest after this dose. <a"
    assert said in page
