"""A register outside is looked up on a form of the version's own, and where a course stands."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from clinic.cases import actions as cases
from clinic.checklists import actions as checklists
from clinic.checklists.engine import Answer
from clinic.checklists.models import Form
from clinic.protocols.calculators import PastDose
from sessions.preparation import asking
from sessions.preparation.facts import Day
from sessions.preparation.plan import plan_of
from sessions.preparation.queries import facts_of
from tests.builders.cases import a_patient
from tests.builders.house import DAY, HOUR, NOON, a_house, sign_in
from tests.builders.protocols import a_shipped_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
SAYS_YES = {
    "rems-patient": {"enrolled": True, "rems_number": "P-1", "looked_up_on": "2026-11-17"},
    "rems-setting": {"certified": True, "staff_trained": True, "setting_number": "S-1"},
    "rems-pharmacy": {"certified": True, "supply": "bulk"},
}


@pytest.fixture
def case(db):
    house = a_house()
    version = a_shipped_version(house, "esketamine-us-rems", at=NOON - 9 * DAY)
    case = cases.refer(
        a_patient(house), by=house.intake, at=NOON - 8 * DAY, protocol_version=version,
        referral_source="Family doctor", referral_reason="Two medicines did not lift it.",
    )  # fmt: skip
    cases.join_team(case, by=house.intake, at=NOON, user=house.nurse, capacity="nurse")
    case.house = house
    return case


def at_the_gate(case, at=NOON, days=None):
    cycle = case.cycles.get()
    facts = facts_of([cycle], at=at, days=days and {cycle.pk: days})[cycle.pk]
    (step,) = [step for step in asking.steps(facts) if step.code == "external_enrolment"]
    return [str(obstacle) for obstacle in step.obstacles]


def look_up(case, client, code, at=NOON - HOUR, **changes):
    """As a nurse does it: from the preparation page to the form, filled in and completed."""
    with time_machine.travel(at, tick=False):
        begun = client.post(reverse("checklists:start", args=[case.key, code]))
        assert begun.status_code == 302
        form = Form.objects.get(case=case, code=code, completed_at=None)
        said = {name: Answer("known", value) for name, value in (SAYS_YES[code] | changes).items()}
        nurse = case.house.nurse
        checklists.answer(form, by=nurse, at=at, answers=said, revision=form.revision)
        checklists.complete(form, by=nurse, at=at)


def test_the_preparation_page_leads_to_the_form_of_every_register(case, client):
    sign_in(client, case.house.nurse)

    with time_machine.travel(NOON, tick=False):
        page = client.get(reverse("preparation:show", args=[case.key])).content.decode()

    for code in SAYS_YES:
        assert reverse("checklists:start", args=[case.key, code]) in page
    assert "REMS enrolment of the patient" in page


def test_a_form_of_another_version_is_not_found(case, client):
    sign_in(client, case.house.nurse)

    for code in ("patient-monitoring-form", "todays-checks", "no-such-form"):
        assert client.post(reverse("checklists:start", args=[case.key, code])).status_code == 404


def test_the_gate_opens_when_every_register_says_what_it_must(case, client):
    sign_in(client, case.house.nurse)
    before = at_the_gate(case)

    for code in SAYS_YES:
        look_up(case, client, code)

    assert before == [
        "REMS enrolment of the patient: not looked up yet.",
        "REMS certification of this setting: not looked up yet.",
        "REMS certification of the pharmacy: not looked up yet.",
    ]
    assert at_the_gate(case) == []


def test_who_is_not_enrolled_gets_no_dose_and_an_old_look_up_is_none(case, client):
    sign_in(client, case.house.nurse)
    look_up(case, client, "rems-patient", enrolled=False)
    for code in ("rems-setting", "rems-pharmacy"):
        look_up(case, client, code)

    assert at_the_gate(case) == ["REMS enrolment of the patient: The patient is not enrolled."]
    assert at_the_gate(case, NOON + 366 * DAY)[1:] == [
        "REMS certification of this setting: looked up on 18 November 2026, good until"
        " 18 November 2027.",
        "REMS certification of the pharmacy: looked up on 18 November 2026, good until"
        " 18 November 2027.",
    ]


def test_the_plan_says_where_the_session_stands_in_its_course(case):
    cycle = case.cycles.get()
    past = (PastDose("esketamine", date(2026, 11, 16)),)

    first = plan_of(facts_of([cycle], at=NOON)[cycle.pk]).course
    days = {cycle.pk: Day(past=past, sessions_before=8)}
    ninth = plan_of(facts_of([cycle], at=NOON, days=days)[cycle.pk]).course

    assert (first.number, first.planned, first.earliest) == (1, None, None)
    assert first.title == "Induction, weeks 1 to 4, twice weekly"
    assert (ninth.number, ninth.title) == (9, "Weeks 5 to 8, once weekly")
    assert (ninth.earliest, ninth.latest) == (date(2026, 11, 22), date(2026, 11, 24))
