"""Acts of preparation: each does it, is refused, and leaves one row in the trail."""

import pytest

from clinic.booking.models import Stage
from clinic.booking.models import Status as VisitStatus
from clinic.cases import actions as cases
from clinic.cases.models import Case, Status
from clinic.cases.queries import current_cycle
from clinic.checklists import actions as checklists
from clinic.checklists.queries import checklist_of
from clinic.protocols.queries import document_of
from clinic.safety.counted import decided_past
from clinic.workflow import GATES, Refused
from sessions.preparation import actions, asking, queries, rules
from sessions.preparation.models import DecisionPast
from sessions.rehearsal.answering import harmless
from tests.builders.booking import a_visit
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, proof, trail
from tests.builders.preparation import a_prepared_case, a_preparing_case
from tests.builders.screening import a_begun_screening, an_eligible_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
EVE = NOON - DAY
PLAN = {
    "kind": "adult_present",
    "escort_name": "Kim Marlow",
    "escort_phone": "+1 212 555 0199",
    "pickup_at": NOON + 4 * HOUR,
    "will_not_drive": True,
}


@pytest.fixture
def house():
    return a_house()


def refused(act, *subject, **facts):
    before = trail()
    with pytest.raises(Refused) as refusal:
        act(*subject, **facts)
    assert trail() == before
    return codes(refusal)


def test_preparation_begins_once(house):
    case = an_eligible_case(house)
    before = len(trail())

    actions.begin(case, by=house.facilitator, at=EVE)

    assert (case.status, trail()[before:]) == (Status.PREPARING, ["preparation begun"])
    assert refused(actions.begin, case, by=house.nurse, at=EVE) == ["status"]


def test_who_has_not_been_decided_on_is_not_prepared(house):
    case = a_begun_screening(house)

    assert refused(actions.begin, case, by=house.facilitator, at=EVE) == ["status"]


@pytest.mark.parametrize("who", ["intake", "manager", "stranger"])
def test_only_who_prepares_here_prepares(house, who):
    case, by = an_eligible_case(house), house.people[who]

    assert refused(actions.begin, case, by=by, at=EVE) == ["role"]


def test_the_newest_plan_for_the_way_home_stands(house):
    cycle = current_cycle(a_preparing_case(house))
    actions.plan_way_home(cycle, by=house.facilitator, at=EVE, **PLAN)

    actions.plan_way_home(cycle, by=house.nurse, at=EVE, **PLAN | {"escort_name": "Lee"})

    facts = queries.facts_of([cycle], at=EVE)[cycle.pk]
    assert (facts.way_home.escort_name, trail()[-1]) == ("Lee", "way home planned")


def test_a_way_home_names_somebody_unless_the_person_stays(house):
    cycle = current_cycle(a_preparing_case(house))
    nobody = {"escort_name": " ", "escort_phone": ""}

    found = refused(actions.plan_way_home, cycle, by=house.nurse, at=EVE, **PLAN | nobody)

    assert found == ["way_home_plan"]
    assert actions.plan_way_home(
        cycle, by=house.nurse, at=EVE, **PLAN | nobody | {"kind": "stays_the_night"}
    )


def test_a_case_that_has_left_plans_no_way_home(house):
    case = a_preparing_case(house)
    cycle = current_cycle(case)
    cases.withdraw(case, by=house.facilitator, at=EVE)
    cycle.case.refresh_from_db()

    assert refused(actions.plan_way_home, cycle, by=house.nurse, at=EVE, **PLAN) == ["status"]


@pytest.fixture
def talk(house):
    return a_visit(house, a_preparing_case(house), starts_at=EVE)


def test_a_visit_has_one_list(house, talk):
    first = actions.open_content(talk, by=house.facilitator, at=EVE)

    assert actions.open_content(talk, by=house.nurse, at=EVE) == first


def test_a_visit_without_a_list_opens_none(house, talk, monkeypatch):
    monkeypatch.setattr(actions, "content_of", lambda visit: None)

    found = refused(actions.open_content, talk, by=house.nurse, at=EVE)

    assert found == ["visit_has_no_checklist"]


def test_a_visit_is_done_when_its_list_is(house, talk):
    form = actions.open_content(talk, by=house.facilitator, at=EVE)
    assert refused(actions.complete_visit, talk, by=house.facilitator, at=EVE) == [
        "visit_checklist_open"
    ]
    answers = harmless(checklist_of(form), EVE.date())
    checklists.finish(form, by=house.facilitator, at=EVE, answers=answers, revision=0)

    actions.complete_visit(talk, by=house.facilitator, at=EVE)

    assert (talk.status, trail()[-1]) == (VisitStatus.DONE, "visit done")


def test_a_visit_is_held_whole_or_not_at_all(house, talk):
    form = actions.open_content(talk, by=house.facilitator, at=EVE)

    found = refused(actions.hold_visit, talk, by=house.facilitator, at=EVE, answers={}, revision=0)

    form.refresh_from_db()
    assert (set(found), form.status) == ({"incomplete"}, "open")


def test_a_visit_is_not_held_before_its_day(house):
    talk = a_visit(house, a_preparing_case(house), starts_at=NOON + DAY)
    form = actions.open_content(talk, by=house.facilitator, at=EVE)
    answers = harmless(checklist_of(form), EVE.date())

    found = refused(
        actions.hold_visit, talk, by=house.facilitator, at=EVE, answers=answers, revision=0
    )

    assert found == ["visit_before_its_day"]


def test_a_visit_is_held_by_who_prepares(house, talk):
    actions.open_content(talk, by=house.facilitator, at=EVE)

    found = refused(actions.hold_visit, talk, by=house.intake, at=EVE, answers={}, revision=0)

    assert found == ["role"]


def test_a_declaration_leaves_one_row(house):
    case = a_prepared_case(house)
    before = len(trail())

    actions.declare_ready(case, by=house.facilitator, at=EVE)

    assert (case.status, trail()[before:]) == (Status.READY, ["declared ready"])
    assert refused(actions.declare_ready, case, by=house.nurse, at=EVE) == ["status"]


def test_a_declaration_may_be_taken_back_until_the_session(house):
    case = a_prepared_case(house)
    assert refused(actions.not_ready, case, by=house.nurse, at=EVE) == ["status"]
    actions.declare_ready(case, by=house.facilitator, at=EVE)

    actions.not_ready(case, by=house.nurse, at=EVE, reason="Her sister is ill")

    assert Case.objects.get(pk=case.pk).status == Status.PREPARING


@pytest.fixture
def without_contact(house):
    case = a_prepared_case(house)
    cases.end_contact(case.patient.contacts.get(), by=house.intake, at=EVE)
    return case


def decided(house, case, *, by=None, at=EVE, code="emergency_contact", reason="She is here."):
    by = by or house.medical_lead
    return actions.decide_past(
        current_cycle(case), by=by, at=at, code=code, reason=reason, proof=proof(by, at)
    )


def test_a_decision_is_signed_and_for_one_day(house, without_contact):
    (decision,) = decided(house, without_contact)

    assert decision.signature.by == house.medical_lead
    assert (decision.on_day, decision.message) == (NOON.date(), "There is no emergency contact.")
    assert trail()[-1] == "decided past an obstacle"


def test_a_lead_reads_how_often_a_gate_was_decided_past_in_a_month(house, without_contact):
    decided(house, without_contact)

    (counted,) = decided_past(house.safety_lead, on=NOON.date())

    assert counted.month == NOON.date().replace(day=1)
    assert counted.meaning == GATES["emergency_contact"].meaning
    assert counted.cases == (without_contact,)
    assert decided_past(house.facilitator, on=NOON.date()) == []


def test_a_decision_lapses_when_the_session_moves(house, without_contact):
    decided(house, without_contact)
    cycle = current_cycle(without_contact)

    later = queries.facts_of([cycle], at=NOON + DAY, on_the_day=True)[cycle.pk]

    shut = {step.gate.code for step in asking.steps(later) if step.obstacles}
    assert "emergency_contact" in shut


def test_nobody_decides_twice(house, without_contact):
    decided(house, without_contact)

    with pytest.raises(Refused) as refusal:
        decided(house, without_contact)

    assert (codes(refusal), DecisionPast.objects.count()) == (["nothing_to_decide"], 1)


@pytest.mark.parametrize("who", ["prescriber", "nurse", "safety_lead", "stranger"])
def test_only_the_named_role_decides(house, without_contact, who):
    with pytest.raises(Refused) as refusal:
        decided(house, without_contact, by=house.people[who])

    assert codes(refusal) == ["not_entitled"]


def test_a_decision_says_why(house, without_contact):
    with pytest.raises(Refused) as refusal:
        decided(house, without_contact, reason=" ")

    assert codes(refusal) == ["decision_reason"]


def test_a_decision_is_proved(house, without_contact):
    with pytest.raises(Refused) as refusal:
        actions.decide_past(
            current_cycle(without_contact), by=house.medical_lead, at=EVE,
            code="emergency_contact", reason="She is here.", proof=None,
        )  # fmt: skip

    assert codes(refusal) == ["signer_unproved"]


def test_a_step_of_the_dose_hands_in_what_it_alone_knows(house):
    case = a_prepared_case(house)
    cycle = current_cycle(case)
    found = [
        obstacle
        for obstacle in rules.obstacles_to_dose(cycle_session(cycle), by=house.nurse, at=NOON)
        if obstacle.code == "amount"
    ]

    (decision,) = actions.decide_past(
        cycle, by=house.medical_lead, at=NOON, code="amount", reason="Small on purpose.",
        proof=proof(house.medical_lead, NOON), found=found,
    )  # fmt: skip

    assert decision.message == "No amount is ordered."


def cycle_session(cycle):
    return cycle.supervised_sessions.get()


def test_the_sessions_visit_is_the_one_that_is_booked(house):
    case = a_prepared_case(house)

    facts = queries.facts_of_case(case, at=EVE)

    assert (facts.visit.stage, facts.document) == (
        Stage.DOSING, document_of(case.protocol_version),
    )  # fmt: skip
