"""What is printed carries every signature: the name, the time with its zone, and its meaning."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from clinic.audit.models import Signature
from tests.builders import signatures as build
from tests.builders.house import HOUR, MINUTE, NOON, a_house, sign_in
from tests.builders.preparation import a_prepared_case
from tests.builders.reports import a_report, sent
from tests.builders.screening import a_filled_screening, settle
from tests.builders.supervised import a_signed_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
LATER = NOON + 6 * HOUR


@pytest.fixture
def house():
    return a_house()


def printed(client, name, row, how="", at=LATER):
    with time_machine.travel(at, tick=False):
        answer = client.get(reverse(name, args=[row.key]) + how)
    assert answer.status_code == 200
    return answer.content.decode()


def queries_of(client, *what):
    printed(client, *what)
    with CaptureQueriesContext(connection) as asked:
        printed(client, *what)
    return len(asked)


def test_the_printed_case_file_carries_every_signature_of_the_case(client, house):
    case = a_signed_session(house).case
    decision = Signature.objects.get(case=case, subject_kind="clinic.ScreeningDecision")
    build.a_countersigned(house, decision, at=NOON + 5 * HOUR)
    build.an_accepted_amendment(house, decision, at=NOON + 5 * HOUR)

    page = printed(sign_in(client, house.nurse), "casefile:show", case, "?answers")

    signed = Signature.objects.filter(case=case)
    assert build.on_page(page) == build.as_printed(signed, house.site.tz)
    assert {each.meaning for each in signed} > {"signed the record of this session"}
    for under in ("Screening decision", "Signed document: ", "Supervised session"):
        assert f'<h3 class="h4 mb-0">{under}' in page


def test_a_document_of_the_case_file_names_who_signed_it_and_in_which_zone(client, house):
    case = a_prepared_case(house)
    document = case.documents.select_related("text").first()
    ((_, when, _),) = build.as_printed(
        Signature.objects.filter(subject_key=document.key), house.site.tz
    )

    page = printed(sign_in(client, house.nurse), "casefile:show", case, at=NOON)

    assert f"signed {when} by <bdi>{document.printed_name}</bdi>" in page


def test_what_was_decided_past_says_who_signed_it_when_and_in_which_meaning(client, house):
    case = a_filled_screening(house, psychosis=True)
    ruling = settle(house, case, "psychosis")
    ((name, when, meaning),) = build.as_printed([ruling.signature], house.site.tz)

    page = printed(sign_in(client, house.medical_lead), "casefile:show", case)

    assert f"Signed by <bdi>{name}</bdi>, {when}: {escape(meaning)}" in page


def test_the_case_file_asks_no_more_for_fifty_signatures_than_for_one(client, house):
    signed = build.a_signed_decision(house)
    sign_in(client, house.nurse)
    one = queries_of(client, "casefile:show", signed.case, "?answers")

    build.signed_over_again(signed.case, by=house.prescriber, times=49)

    assert queries_of(client, "casefile:show", signed.case, "?answers") == one
    page = printed(client, "casefile:show", signed.case, "?answers")
    assert len(build.on_page(page)) == 50


def test_the_printed_run_sheet_carries_every_signature_of_the_session(client, house):
    session = a_signed_session(house)
    sign_in(client, house.nurse)

    page = printed(client, "supervised:record", session)

    keys = [session.key, *session.orders.values_list("key", flat=True)]
    signed = Signature.objects.filter(subject_key__in=keys)
    assert build.on_page(page) == build.as_printed(signed, house.site.tz)
    assert {each.meaning for each in signed} >= {
        "ordered this dose", "checked this dose as the second person", "released this person",
        "signed the record of this session",
    }  # fmt: skip

    few = queries_of(client, "supervised:record", session)
    build.signed_over_again(session, by=house.nurse, times=49, at=LATER - MINUTE)
    assert queries_of(client, "supervised:record", session) == few


def test_a_printed_report_carries_the_signature_it_went_under(client, house):
    report = a_report(house)
    sent(house, report, at=LATER)

    page = printed(sign_in(client, house.medical_lead), "reports:show", report)

    signed = Signature.objects.filter(subject_key=report.key)
    assert build.on_page(page) == build.as_printed(signed, house.site.tz)
    assert len(signed) == 1
