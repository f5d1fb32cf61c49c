"""What is due to be reported, since when, and what it says from the record."""

from datetime import date

import pytest

from sessions.rehearsal import walk
from sessions.reports import actions, queries
from sessions.reports.models import Report
from sessions.supervised.events.rules import SERIOUSNESS
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house
from tests.builders.reports import a_case_on, a_serious_event, a_session_on, ended
from tests.builders.supervised import an_adverse_event, an_assessment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


MEDICINES = "Medicines that can sedate or change blood pressure"
MONITOR = "Health care provider who monitored"


@pytest.fixture
def house():
    return a_house()


def due(**which):
    rows = Report.objects.filter(**which).order_by("code", "begins_on")
    return [(row.code, row.begins_on, row.due_on) for row in rows]


def told(report):
    lines = [line for line in queries.contents(report) if line.value]
    return {f"{line.group}: {line.label}": line.value for line in lines}


def monitored(house, **facts):
    session = a_session_on(house, "esketamine-us-rems", **facts)
    return ended(house, session, at=NOON + 131 * MINUTE)


def test_a_session_with_a_dose_is_reported_within_seven_days_of_its_day(house):
    session = monitored(house)

    assert due(session=session) == [("monitoring-form", date(2026, 11, 18), date(2026, 11, 25))]


def test_a_session_in_which_somebody_died_is_reported_all_the_same(house):
    session = a_session_on(house, "esketamine-us-rems")

    walk.cases.died(session.case.patient, by=house.nurse, at=NOON + 2 * HOUR)

    assert [code for code, *_ in due(session=session)] == ["monitoring-form"]


def test_a_report_of_a_session_is_planned_once(house):
    session = monitored(house)

    assert actions.plan_for_session(session, by=house.nurse, at=NOON + DAY) == []


def test_a_serious_event_starts_the_clock_of_every_awareness(house):
    chosen = {"age": 41, "weight": "70", "qtc_limit": "male"}
    session = a_session_on(house, "mdma-assisted", amount=80, readings=(), **chosen)

    event = a_serious_event(house, session, at=NOON + 2 * HOUR)

    assert due(adverse_event=event) == [
        ("ind-15-days", date(2026, 11, 18), date(2026, 12, 3)),
        ("ind-7-days", date(2026, 11, 18), date(2026, 11, 25)),
        ("sae-to-sponsor", date(2026, 11, 18), date(2026, 11, 19)),
        ("tga-serious", date(2026, 11, 18), date(2026, 12, 3)),
    ]


def test_an_event_nobody_assessed_is_reported_where_its_kind_is_serious(house):
    session = monitored(house)

    event = an_adverse_event(house, session, at=NOON + 3 * HOUR, term="Loss of consciousness")

    assert [code for code, *_ in due(adverse_event=event)] == ["serious-event"]


def test_an_event_that_is_not_serious_is_not_reported(house):
    session = monitored(house)

    event = an_adverse_event(house, session, at=NOON + 3 * HOUR)
    an_assessment(house, event, at=NOON + 3 * HOUR)

    assert due(adverse_event=event) == []


def test_the_clock_of_awareness_runs_from_when_it_was_written_down_here(house):
    session = monitored(house)

    event = a_serious_event(house, session, at=NOON + 2 * DAY)
    an_assessment(house, event, at=NOON + 9 * DAY, is_serious=True, seriousness="important")

    (report,) = Report.objects.filter(adverse_event=event)
    (read,) = queries.read([report], NOON)
    assert read.begins == "From 20 November 2026, when somebody here first wrote it down."


def test_a_site_reports_every_quarter_in_which_it_used_the_protocol(house):
    a_case_on(house, "psilocybin-oregon", at=NOON - 60 * DAY)

    actions.plan_for_site(house.site, by=house.manager, at=NOON)
    again = actions.plan_for_site(house.site, by=house.manager, at=NOON)

    assert again == []
    assert due(case=None) == [
        ("quarterly", date(2026, 9, 30), date(2026, 10, 15)),
        ("quarterly", date(2026, 12, 31), date(2027, 1, 15)),
    ]


def test_the_monitoring_form_is_filled_from_the_run_sheet(house):
    session = monitored(house)
    over = NOON + 75 * MINUTE
    sedation = an_adverse_event(
        house, session, at=NOON + 3 * HOUR, term="Sedation", started_at=NOON + 30 * MINUTE
    )
    how = {"grade": 3, "is_serious": True, "seriousness": "hospitalisation", "ended_at": over}
    an_assessment(house, sedation, at=NOON + 4 * HOUR, **how)

    said = told(Report.objects.get(session=session, code="monitoring-form"))

    assert said == {
        "Patient: First name": "Robin",
        "Patient: Last name": "Marlow",
        "Patient: Date of birth": "14 July 1985",
        "Patient: Is this the first treatment?": "yes",
        f"{MEDICINES}: Benzodiazepines": "no",
        f"{MEDICINES}: Non-benzodiazepine sedative-hypnotics": "no",
        f"{MEDICINES}: Psychostimulants": "no",
        f"{MEDICINES}: MAO inhibitors": "no",
        f"{MEDICINES}: Opioids": "no",
        f"{MONITOR}: First name": "Noor",
        f"{MONITOR}: Last name": "Nurse",
        f"{MONITOR}: Telephone": "+1 212 555 0100",
        f"{MONITOR}: E-mail": "nurse@vigil.example",
        "Healthcare setting: Name": "Harbour House",
        "Healthcare setting: Address": "1 Quay Street",
        "Session: Treatment date": "18 November 2026",
        "Session: Dose": "56 mg",
        "Session: Lot number": "HH-0007",
        "Session: Minutes from the first device to the end of monitoring": "131",
        "Vital signs: Before: systolic": "128",
        "Vital signs: Before: diastolic": "80",
        "Vital signs: 40 minutes after: systolic": "141",
        "Vital signs: 40 minutes after: diastolic": "88",
        "Vital signs: Before completion: systolic": "130",
        "Vital signs: Before completion: diastolic": "82",
        "Vital signs: Was oxygen saturation checked?": "yes",
        "Vital signs: Lowest oxygen saturation": "94",
        "Effects: Did the patient experience sedation?": "yes",
        "Effects: Sedation: onset, minutes": "30",
        "Effects: Sedation: resolution, minutes": "75",
        "Serious adverse event: Was there a serious adverse event?": "yes",
        "Serious adverse event: What made it serious?": SERIOUSNESS["hospitalisation"],
        "Serious adverse event: What happened": "Sedation",
    }


def test_what_nobody_wrote_down_stays_blank(house):
    session = monitored(house)

    said = told(Report.objects.get(session=session, code="monitoring-form"))

    assert "Effects: Did the patient experience sedation?" not in said
    assert "Serious adverse event: Was there a serious adverse event?" not in said
    assert "Patient: Sex" not in said
    assert "Session: Another dose" not in said
