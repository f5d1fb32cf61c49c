"""The pages of preparation: what is to do, each gate with its reason, and deciding past one."""

from datetime import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.booking import actions as booking
from clinic.booking.models import Status as VisitStatus
from clinic.cases import actions as cases
from clinic.cases.models import Case, Status
from clinic.cases.queries import current_cycle, wants_of, worklist
from clinic.documents import actions as documents
from clinic.people import actions as people
from clinic.people.models import DutyShift
from sessions.preparation import rules
from sessions.preparation.models import DecisionPast, WayHome
from sessions.rehearsal import walk
from tests.builders.booking import a_dosing_visit, a_visit
from tests.builders.documents import a_newer_text
from tests.builders.house import DAY, HOUR, NOON, PASSWORD, a_house, sign_in, trail
from tests.builders.preparation import a_prepared_case, a_preparing_case, the_clock
from tests.builders.screening import an_eligible_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
EVE = NOON - DAY


@pytest.fixture(autouse=True)
def _the_day_before():
    with time_machine.travel(EVE, tick=False):
        yield


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def prepared(house):
    case = a_prepared_case(house)
    the_clock(house, EVE)
    return case


@pytest.fixture
def facilitator(client, house):
    return sign_in(client, house.facilitator)


def url(name, case, *rest):
    return reverse(f"preparation:{name}", args=[case.key, *rest])


def status_of(case):
    return Case.objects.get(pk=case.pk).status


# -- What there is to do ---------------------------------------------------------------------


def test_the_page_says_what_is_to_do_and_where(facilitator, house):
    case = a_preparing_case(house)

    page = facilitator.get(url("show", case)).content.decode()

    assert reverse("checklists:start", args=[case.key, "phq-9"]) in page
    assert reverse("preparation:way_home", args=[case.key]) in page
    assert "None booked in this cycle." in page
    assert "Alder Ashgrove" in page


def test_what_is_to_do_is_said_on_the_worklist(house):
    words = [want.words for want in wants_of(a_preparing_case(house))]

    assert words[-3:] == [
        "Preparation visit: 0 of 1 held", "way home not planned", "session not booked",
    ]  # fmt: skip


def test_nothing_is_said_of_a_prepared_case(prepared):
    assert wants_of(prepared) == []


@pytest.mark.parametrize("how", ["called off", "missed"])
def test_whoever_is_ready_and_has_no_session_any_more_is_on_the_worklist(house, prepared, how):
    walk.declared_ready(house, prepared, at=EVE)
    the_clock(house, EVE)
    prepared.refresh_from_db()
    assert wants_of(prepared) == []
    session = prepared.visits.get(stage="dosing")

    if how == "missed":
        booking.no_show(session, by=house.intake, at=NOON + HOUR)
    else:
        booking.cancel(session, by=house.intake, at=EVE + HOUR, reason="Ill")

    (row,) = worklist(house.intake, "ready").rows
    (want,) = row.wants
    assert (want.words, want.clears) == ("session not booked: rebook or call", "booking:book")
    assert (want.turn, want.since) == (
        "Intake staff", NOON if how == "missed" else EVE + HOUR,
    )  # fmt: skip
    a_dosing_visit(house, prepared, starts_at=NOON + 3 * DAY)
    assert wants_of(prepared) == []


def test_preparation_is_begun_by_a_button(facilitator, house):
    case = an_eligible_case(house)

    facilitator.post(url("begin", case))

    assert (status_of(case), trail().count("preparation begun")) == (Status.PREPARING, 1)


def test_what_has_begun_does_not_begin_again(facilitator, house):
    answer = facilitator.post(url("begin", a_preparing_case(house)))

    assert answer.status_code == 422
    assert "This case is preparing." in answer.content.decode()


# -- A visit ---------------------------------------------------------------------------------


def answers_of(form):
    checklist = form.checklist
    said = {
        f"q_{item.code}": "yes" if item.kind == "attestation" else "We spoke of her fears."
        for item in checklist.items
    }
    shown = " ".join(item.code for item in checklist.items)
    return said | {"revision": form.initial["revision"], "shown": shown}


@pytest.fixture
def talk(house):
    case = a_preparing_case(house)
    return a_visit(house, case, starts_at=EVE, at=NOON - 20 * DAY)


def test_a_visit_is_gone_through_and_done(facilitator, talk):
    here = url("visit", talk)
    facilitator.post(here)
    form = facilitator.get(here).context["form"]

    facilitator.post(here, answers_of(form) | {"complete": "yes"})

    talk.refresh_from_db()
    assert (talk.status, talk.done_by.name) == (VisitStatus.DONE, "Fay Facilitator")
    assert "We spoke of her fears." in facilitator.get(here).content.decode()


def test_a_visit_may_be_left_half_done(facilitator, talk):
    here = url("visit", talk)
    facilitator.post(here)
    form = facilitator.get(here).context["form"]

    facilitator.post(here, {**answers_of(form), "q_rights": ""})

    talk.refresh_from_db()
    assert talk.status == VisitStatus.PLANNED


def test_a_visit_is_not_done_with_a_point_left_out(facilitator, talk):
    here = url("visit", talk)
    facilitator.post(here)
    form = facilitator.get(here).context["form"]
    left_out = {k: v for k, v in answers_of(form).items() if k != "q_rights"}

    answer = facilitator.post(here, left_out | {"complete": "yes"})

    talk.refresh_from_db()
    assert (answer.status_code, talk.status) == (422, VisitStatus.PLANNED)


def test_a_visit_is_not_done_before_its_day(facilitator, house):
    case = a_preparing_case(house)
    talk = a_visit(house, case, starts_at=NOON + 5 * DAY)
    here = url("visit", talk)
    facilitator.post(here)
    form = facilitator.get(here).context["form"]

    answer = facilitator.post(here, answers_of(form) | {"complete": "yes"})

    talk.refresh_from_db()
    assert (answer.status_code, talk.status) == (422, VisitStatus.PLANNED)
    assert "Move it, or wait for the day." in answer.content.decode()


# -- The way home ----------------------------------------------------------------------------

PLAN = {
    "kind": "adult_present",
    "escort_name": "Kim Marlow",
    "escort_phone": "+1 212 555 0199",
    "pickup_day": "2026-11-18",
    "pickup_time": "16:00",
    "will_not_drive": "on",
}


def test_a_way_home_is_planned(facilitator, house):
    case = a_preparing_case(house)

    facilitator.post(url("way_home", case), PLAN)

    plan = WayHome.objects.get()
    assert (plan.escort_name, plan.pickup_at, plan.will_not_drive) == (
        "Kim Marlow", NOON + 4 * HOUR, True,
    )  # fmt: skip


def test_a_way_home_names_somebody(facilitator, house):
    case = a_preparing_case(house)

    answer = facilitator.post(url("way_home", case), PLAN | {"escort_phone": ""})

    assert (answer.status_code, WayHome.objects.count()) == (422, 0)
    assert "Write who takes the person home and a telephone number." in answer.content.decode()


def test_only_the_ways_home_of_the_version_are_offered(facilitator, house):
    form = facilitator.get(url("way_home", a_preparing_case(house))).context["form"]

    assert [code for code, _ in form.fields["kind"].choices] == ["adult_present"]


# -- Ready -----------------------------------------------------------------------------------


def test_a_prepared_case_is_declared_ready(facilitator, prepared):
    facilitator.post(url("declare_ready", prepared))

    assert (status_of(prepared), trail().count("declared ready")) == (Status.READY, 1)


def test_what_was_declared_is_taken_back(facilitator, prepared):
    facilitator.post(url("declare_ready", prepared))

    facilitator.post(url("not_ready", prepared))

    assert status_of(prepared) == Status.PREPARING


def close_consent(house, case):
    a_newer_text(house, at=EVE - HOUR)


def close_emergency_contact(house, case):
    contact = case.patient.contacts.get()
    cases.end_contact(contact, by=house.intake, at=EVE)


def close_on_call(house, case):
    DutyShift.objects.filter(duty="on_call").update(ends_at=NOON + HOUR)


def close_age(house, case):
    type(case.patient).objects.update(identity_seen_at=None, identity_seen_by=None)


def close_licence(house, case):
    house.nurse.licences.update(valid_until=EVE.date())


def close_hold(house, case):
    cases.place_hold(
        house.site, by=house.medical_lead, at=EVE, on="room", target_key=house.room.key,
        words="Harbour room", reason="The alarm does not work.",
    )  # fmt: skip


CLOSED = [
    ("consent", close_consent, "Consent to treatment with ketamine: signed on version 1"),
    ("emergency_contact", close_emergency_contact, "There is no emergency contact."),
    ("on_call", close_on_call, "Nobody is on call from"),
    ("age", close_age, "No identity document has been seen"),
    ("licence", close_licence, "Noor Nurse has no licence seen and in force in US-NY"),
    ("hold", close_hold, "The alarm does not work."),
]


@pytest.mark.parametrize(("code", "close", "words"), CLOSED, ids=[c[0] for c in CLOSED])
def test_a_gate_closed_alone_stops_the_declaration(
    facilitator, house, prepared, code, close, words
):
    close(house, prepared)

    page = facilitator.get(url("ready", prepared)).content.decode()
    answer = facilitator.post(url("declare_ready", prepared))

    assert words in page
    assert (answer.status_code, status_of(prepared)) == (422, Status.PREPARING)
    assert words in answer.content.decode()
    assert "declared ready" not in trail()


def test_a_gate_leads_to_where_this_very_person_clears_it_or_says_whose_it_is(
    facilitator, house, prepared
):
    close_licence(house, prepared)
    close_consent(house, prepared)

    page = facilitator.get(url("ready", prepared)).content.decode()
    file = facilitator.get(reverse("casefile:show", args=[prepared.key])).content.decode()

    for drawn in (page, file):
        assert reverse("documents:index", args=[prepared.key]) in drawn
        assert "Cleared by: Clinic manager" in drawn
        assert reverse("people:staff") not in drawn


def test_a_licence_holds_until_the_last_of_those_that_cover_it_ends(facilitator, house, prepared):
    first = house.nurse.licences.get()
    second = people.add_licence(
        house.nurse, by=house.manager, at=EVE, profession=first.profession, number="R-2",
        jurisdiction=first.jurisdiction, valid_from=first.valid_from,
        valid_until=NOON.date() + 3 * DAY, acts=first.acts,
    )  # fmt: skip
    people.verify_licence(second, by=house.manager, at=EVE)
    first.valid_until = NOON.date()
    first.save()

    gates = rules.gates(current_cycle(prepared), at=EVE)

    until = {step.code: step.clear_until for step in gates}["licence"]
    assert until.astimezone(house.site.tz) == datetime(2026, 11, 22, tzinfo=house.site.tz)


def test_a_text_that_binds_before_the_session_is_to_be_signed_before_it(
    facilitator, house, prepared
):
    documents.add_text(
        by=house.approver, at=EVE, code="ketamine-consent", language="en", title="Consent",
        body="Other words.", binding_from=NOON - HOUR,
    )  # fmt: skip

    page = facilitator.get(url("ready", prepared)).content.decode()

    assert "version 2 (en) binds from 18 November 2026, 11:00." in page


def test_a_declaration_waits_for_a_booked_session(facilitator, house):
    answer = facilitator.post(url("declare_ready", a_preparing_case(house)))

    assert answer.status_code == 422
    assert "No supervised session is booked." in answer.content.decode()


# -- Deciding past ---------------------------------------------------------------------------


def signed(reason="Reachable by her sister, who is here."):
    return {"reason": reason, "password": PASSWORD}


@pytest.fixture
def lead(client, house):
    return sign_in(client, house.medical_lead)


def test_who_is_entitled_decides_past_and_it_stays_listed(lead, house, prepared):
    close_emergency_contact(house, prepared)

    lead.post(url("decide_past", prepared, "emergency_contact"), signed())

    decision = DecisionPast.objects.get()
    page = lead.get(url("ready", prepared)).content.decode()
    assert (decision.decided_by, decision.on_day) == (house.medical_lead, NOON.date())
    assert "Decided past by <bdi>Mats Medical-Lead</bdi>" in page
    assert trail().count("decided past an obstacle") == 1


def test_a_decision_opens_the_way_for_that_day_alone(lead, house, prepared):
    close_emergency_contact(house, prepared)
    lead.post(url("decide_past", prepared, "emergency_contact"), signed())

    assert lead.post(url("declare_ready", prepared)).status_code == 302
    assert status_of(prepared) == Status.READY


def test_a_prescriber_does_not_decide_what_is_the_leads(client, house, prepared):
    close_emergency_contact(house, prepared)
    prescriber = sign_in(client, house.prescriber)

    answer = prescriber.post(url("decide_past", prepared, "emergency_contact"), signed())

    assert (answer.status_code, DecisionPast.objects.count()) == (422, 0)
    assert "Only the medical lead may decide past this." in answer.content.decode()


def test_past_what_nobody_may_decide_nobody_does(lead, house, prepared):
    close_consent(house, prepared)

    answer = lead.post(url("decide_past", prepared, "consent"), signed())

    assert (answer.status_code, DecisionPast.objects.count()) == (422, 0)
    assert "Nobody may decide past this" in answer.content.decode()


def test_there_is_nothing_to_decide_past_an_open_gate(lead, prepared):
    answer = lead.post(url("decide_past", prepared, "way_home"), signed())

    assert answer.status_code == 422
    assert "Nothing stands at this gate now." in answer.content.decode()


def test_a_decision_needs_the_password_again(lead, house, prepared):
    close_emergency_contact(house, prepared)

    answer = lead.post(
        url("decide_past", prepared, "emergency_contact"), signed() | {"password": "wrong"}
    )

    assert (answer.status_code, DecisionPast.objects.count()) == (422, 0)


# -- Who may ---------------------------------------------------------------------------------

GET = ["show", "ready", "way_home"]
POST = ["begin", "declare_ready", "not_ready", "way_home"]


@pytest.mark.parametrize("name", GET)
def test_a_stranger_finds_no_case(client, house, name):
    case = a_preparing_case(house)
    stranger = sign_in(client, house.stranger)

    assert stranger.get(url(name, case)).status_code == 404


@pytest.mark.parametrize("name", POST)
def test_intake_staff_prepare_nobody(client, house, name):
    case = a_preparing_case(house)
    intake = sign_in(client, house.intake)

    assert intake.post(url(name, case)).status_code == 403


def test_a_facilitator_decides_past_nothing(facilitator, prepared):
    assert facilitator.post(url("decide_past", prepared, "vitals"), signed()).status_code == 403


def test_a_stranger_finds_no_visit_and_no_gate(client, house, talk):
    stranger = sign_in(client, house.stranger)

    assert stranger.get(url("visit", talk)).status_code == 404
    assert stranger.get(url("decide_past", talk.case, "vitals")).status_code == 404


def test_the_ready_page_takes_as_many_queries_for_a_full_case_as_for_an_empty_one(
    facilitator, house, prepared
):
    facilitator.get(url("ready", prepared))
    with CaptureQueriesContext(connection) as first:
        facilitator.get(url("ready", prepared))
    a_visit(house, prepared, starts_at=NOON - 3 * HOUR, at=NOON - 2 * DAY)

    with CaptureQueriesContext(connection) as second:
        facilitator.get(url("ready", prepared))

    assert len(second) == len(first)
    assert current_cycle(prepared).number == 1
