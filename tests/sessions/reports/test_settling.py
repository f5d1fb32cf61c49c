"""A report is written down as sent, or as not owed: once, signed, and it stays."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.attention.models import Matter
from clinic.audit.models import Signature
from clinic.workflow import Refused
from sessions.reports import actions, queries
from sessions.reports.models import Report
from sessions.reports.tasks import sweep
from tests.builders.house import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    PASSWORD,
    a_house,
    codes,
    proof,
    sign_in,
    trail,
)
from tests.builders.reports import a_case_on, a_report, a_session_on, ended, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
AT = NOON + 6 * HOUR


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def report(house):
    return a_report(house)


def monitored(house):
    session = a_session_on(house, "esketamine-us-rems")
    ended(house, session, at=NOON + 131 * MINUTE)
    return Report.objects.select_related("site", "case").get(session=session)


def test_what_was_sent_says_when_how_by_whom_and_under_which_reference(house, report):
    sent(house, report, at=AT)

    report.refresh_from_db()
    signature = Signature.objects.get(pk=report.signature_id)
    assert (report.status, report.how, report.reference) == ("sent", "fax", "R-77")
    assert (report.sent_on, report.settled_by) == (AT.date(), house.medical_lead)
    assert signature.meaning == "I sent this report"
    assert "Syncope" in signature.content
    assert trail()[-1] == "report sent"


def test_what_is_not_owed_says_why(house, report):
    lead = house.medical_lead
    actions.set_aside(report, by=lead, at=AT, words="It was no event.", proof=proof(lead, AT))

    report.refresh_from_db()
    assert (report.status, report.words) == ("not_owed", "It was no event.")


def test_what_is_not_owed_needs_a_reason(house, report):
    lead = house.medical_lead
    with pytest.raises(Refused) as refusal:
        actions.set_aside(report, by=lead, at=AT, words=" ", proof=proof(lead, AT))

    assert codes(refusal) == ["report_not_owed_without_reason"]


def test_a_settled_report_stays_as_it_was_written(house, report):
    sent(house, report, at=AT)

    with pytest.raises(Refused) as refusal:
        sent(house, report, at=AT + MINUTE)
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(reference="R-78")

    assert codes(refusal) == ["status"]


@pytest.mark.parametrize("who", ["intake", "facilitator", "author", "stranger"])
def test_only_who_sends_reports_settles_one(house, report, who):
    with pytest.raises(Refused) as refusal:
        sent(house, report, at=AT, by=house.people[who])

    assert codes(refusal) == ["role"]


@pytest.mark.parametrize(("days", "code"), [(1, "report_sent_ahead"), (-1, "report_sent_too_soon")])
def test_a_report_went_between_its_clock_and_today(house, report, days, code):
    with pytest.raises(Refused) as refusal:
        sent(house, report, at=AT, on=AT.date() + timedelta(days=days))

    assert codes(refusal) == [code]


def test_the_report_of_a_period_waits_for_its_end(house):
    a_case_on(house, "psilocybin-oregon", at=NOON)
    (report,) = actions.plan_for_site(house.site, by=house.manager, at=NOON)

    with pytest.raises(Refused) as refusal:
        sent(house, report, at=NOON, by=house.manager)

    assert codes(refusal) == ["report_sent_too_soon"]


def test_an_overdue_report_needs_a_person_until_it_is_sent(house, time_machine):
    report, late = monitored(house), NOON + 8 * DAY
    time_machine.move_to(late - DAY, tick=False)
    sweep()
    assert not Matter.objects.filter(kind="report_overdue").exists()
    time_machine.move_to(late, tick=False)

    sweep()
    sweep()

    (matter,) = Matter.objects.filter(kind="report_overdue")
    assert matter.words == "Report overdue: REMS patient monitoring form."
    sent(house, report, at=late)
    matter.refresh_from_db()
    assert (matter.status, matter.outcome) == ("closed", "I sent this report.")


def test_it_stands_on_the_dashboard_the_case_file_and_the_list(house, client, time_machine):
    report = monitored(house)
    time_machine.move_to(NOON + 8 * DAY, tick=False)
    sign_in(client, house.nurse)

    pages = [
        client.get(url).content.decode()
        for url in (
            reverse("casefile:dashboard"),
            reverse("casefile:show", args=[report.case.key]),
            reverse("reports:index"),
        )
    ]

    for page in pages:
        assert "REMS patient monitoring form" in page
        assert report.get_absolute_url() in page
        assert "Overdue" in page


def test_the_sheet_shows_values_and_blanks_and_is_signed_from_the_page(house, client, time_machine):
    report = monitored(house)
    time_machine.move_to(NOON + DAY, tick=False)
    sign_in(client, house.nurse)
    url = report.get_absolute_url()
    sheet = client.get(url).content.decode()

    client.post(
        reverse("reports:send", args=[report.key]),
        {"sent_on": "2026-11-19", "how": "portal", "reference": "R-1", "password": PASSWORD},
    )

    assert "From the session of 18 November 2026." in sheet
    assert "<bdi>141</bdi>" in sheet
    assert "____________" in sheet
    assert "Confirm before use" not in sheet
    assert "R-1" in client.get(url).content.decode()


def test_a_sheet_on_paper_stands_in_the_trail(house, client, time_machine, report):
    time_machine.move_to(AT, tick=False)
    sign_in(client, house.nurse)

    client.post(
        reverse("reports:print", args=[report.key]), {"for_whom": "Agency", "why": "Asked."}
    )

    assert trail()[-1] == "printed"


def test_a_manager_reads_the_reports_of_periods_alone(house, client, report):
    a_case_on(house, "psilocybin-oregon", at=NOON)
    (periodic,) = actions.plan_for_site(house.site, by=house.manager, at=NOON)
    sign_in(client, house.manager)

    page = client.get(reverse("reports:index")).content.decode()

    assert periodic.get_absolute_url() in page
    assert "Syncope" not in page
    assert client.get(report.get_absolute_url()).status_code == 404


def test_a_list_costs_the_same_with_one_and_with_many(house, client, report):
    def fill(count):
        for number in range(count):
            Report.objects.create(
                case=report.case, site=report.site, protocol_version=report.protocol_version,
                code=report.code, occurrence=f"{number}/{count}", begins_on=report.begins_on,
                adverse_event=report.adverse_event, session=report.session,
            )  # fmt: skip

    sign_in(client, house.nurse)
    urls = [reverse("reports:index"), reverse("casefile:show", args=[report.case.key])]
    costs = []
    for count in (1, 10):
        fill(count)
        for url in urls:
            client.get(url)
        with CaptureQueriesContext(connection) as counted:
            for url in urls:
                client.get(url)
        costs.append(len(counted))

    assert costs[0] == costs[1]
    assert len(queries.open_reports(house.nurse)) == 12
