import pytest
from django.db import IntegrityError, transaction

from clinic.cases import actions, rules
from clinic.cases.models import LEAVES, RETURNS, STEPS, Status
from clinic.cases.signals import left
from clinic.protocols import actions as protocols
from clinic.workflow import Obstacle, Refused, move
from tests.builders.attention import a_matter
from tests.builders.cases import a_case_in, a_known_patient, a_patient, a_referred_case
from tests.builders.house import NOON, a_house, codes, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


def test_a_referral_opens_the_first_cycle(house):
    case = a_referred_case(house)

    assert (case.number, case.status) == (1, Status.REFERRED)
    assert [cycle.number for cycle in case.cycles.all()] == [1]
    assert trail()[-1] == "referred"


def test_a_person_has_one_open_case_on_a_protocol(house):
    case = a_referred_case(house)
    before = trail()

    with pytest.raises(Refused) as refusal:
        a_referred_case(house, patient=case.patient)

    assert codes(refusal) == ["case_on_same_protocol"]
    assert trail() == before


def test_after_a_case_has_ended_the_person_can_be_referred_again(house):
    case = a_case_in(house, Status.CLOSED)

    assert a_referred_case(house, patient=case.patient).number == 2


def test_cases_are_opened_on_a_published_version_only(house):
    patient = a_known_patient(house)
    protocols.retire(house.version, by=house.approver, at=NOON, reason="Old.")

    with pytest.raises(Refused) as refusal:
        a_referred_case(house, patient=patient)

    assert codes(refusal) == ["version_not_published"]


def test_nobody_is_referred_who_has_died(house):
    patient = actions.died(a_patient(house), by=house.nurse, at=NOON)

    with pytest.raises(Refused) as refusal:
        a_referred_case(house, patient=patient)

    assert codes(refusal) == ["deceased"]


@pytest.mark.parametrize("status", Status)
def test_where_a_case_stands_decides_how_it_may_leave(house, status):
    case = a_case_in(house, status)
    ways = {
        Status.SUSPENDED: rules.obstacles_to_suspend,
        Status.WITHDRAWN: rules.obstacles_to_withdraw,
        Status.LOST: rules.obstacles_to_lose,
        Status.CLOSED: rules.obstacles_to_close,
    }

    shut = {
        to
        for to, obstacles_to in ways.items()
        if "status" in {each.code for each in obstacles_to(case, by=house.prescriber, at=NOON)}
    }

    assert shut == {to for to in ways if to not in STEPS[status]}


@pytest.mark.parametrize(
    ("act", "who", "status", "words"),
    [
        ("suspend", "nurse", Status.SUSPENDED, "suspended"),
        ("withdraw", "intake", Status.WITHDRAWN, "withdrawn"),
        ("lose", "intake", Status.LOST, "lost to follow-up"),
    ],
)
def test_a_case_leaves_its_path_and_remembers_its_stage(house, act, who, status, words):
    case, heard = a_case_in(house, Status.ELIGIBLE), []
    left.connect(lambda **facts: heard.append(facts["status"]), weak=False, dispatch_uid="test")
    before = trail()

    try:
        getattr(actions, act)(case, by=house.people[who], at=NOON, reason="For a reason.")
    finally:
        left.disconnect(dispatch_uid="test")

    case.refresh_from_db()
    assert (case.status, case.left_stage, heard) == (status, Status.ELIGIBLE, [status])
    assert trail() == [*before, words]


@pytest.mark.parametrize(
    ("act", "who"), [("suspend", "intake"), ("withdraw", "manager"), ("lose", "manager")]
)
def test_the_wrong_role_takes_nobody_off_the_path(house, act, who):
    case = a_referred_case(house)
    before = trail()

    with pytest.raises(Refused) as refusal:
        getattr(actions, act)(case, by=house.people[who], at=NOON, reason="For a reason.")

    assert codes(refusal) == ["role"]
    assert trail() == before


@pytest.mark.parametrize("act", ["suspend", "lose", "close"])
def test_leaving_needs_a_reason(house, act):
    case = a_referred_case(house)

    found = getattr(rules, f"obstacles_to_{act}")(case, by=house.medical_lead, at=NOON, reason=" ")

    assert "reason_missing" in {obstacle.code for obstacle in found}


def test_nobody_is_lost_who_is_in_the_room(house):
    case = a_case_in(house, Status.IN_SESSION)

    with pytest.raises(Refused) as refusal:
        actions.lose(case, by=house.nurse, at=NOON, reason="Gone.")

    assert codes(refusal) == ["in_the_room"]


@pytest.mark.parametrize("stage", sorted(RETURNS))
def test_a_suspended_case_goes_on_where_it_left(house, stage):
    case = a_case_in(house, stage)
    actions.suspend(case, by=house.nurse, at=NOON, reason="A letter.")

    actions.resume(case, by=house.prescriber, at=NOON, reason="Clarified.")

    case.refresh_from_db()
    assert (case.status, case.left_stage) == (stage, "")


def test_a_deferred_case_that_was_suspended_is_screened_again(house):
    case = a_case_in(house, Status.DEFERRED)
    actions.suspend(case, by=house.nurse, at=NOON, reason="A letter.")

    actions.resume(case, by=house.prescriber, at=NOON, reason="Clarified.")

    assert case.status == Status.SCREENING


def test_only_who_decides_eligibility_lets_a_case_go_on(house):
    case = a_case_in(house, Status.SUSPENDED)

    with pytest.raises(Refused) as refusal:
        actions.resume(case, by=house.nurse, at=NOON, reason="Clarified.")

    assert codes(refusal) == ["role"]


def test_a_session_ends_though_its_case_was_suspended_meanwhile(house):
    case = a_case_in(house, Status.IN_SESSION)
    actions.suspend(case, by=house.medical_lead, at=NOON, reason="A letter.")

    actions.leave_session(case, by=house.nurse, at=NOON)
    actions.resume(case, by=house.prescriber, at=NOON, reason="Clarified.")

    assert case.status == Status.INTEGRATING


def test_a_death_ends_every_case_and_stops_every_message(house):
    case = a_case_in(house, Status.ELIGIBLE)
    before = trail()

    actions.died(case.patient, by=house.intake, at=NOON, words="Told by the family.")

    case.refresh_from_db()
    assert (case.status, case.left_stage) == (Status.DIED, Status.ELIGIBLE)
    assert case.patient.died_at == NOON
    assert trail() == [*before, "died", "death recorded"]


def test_a_death_is_recorded_once(house):
    patient = actions.died(a_patient(house), by=house.intake, at=NOON)
    before = trail()

    with pytest.raises(Refused) as refusal:
        actions.died(patient, by=house.nurse, at=NOON)

    assert codes(refusal) == ["status"]
    assert trail() == before


@pytest.mark.parametrize("status", sorted({s for s in Status if Status.CLOSED in STEPS[s]}))
def test_a_case_closes_from_where_nothing_is_to_come(house, status):
    case = a_case_in(house, status)

    actions.close(case, by=house.prescriber, at=NOON, reason="Done.")

    assert (case.status, case.closed_by) == (Status.CLOSED, house.prescriber)
    assert trail()[-1] == "closed"


def test_nothing_closes_while_a_matter_waits_for_a_person(house):
    case = a_case_in(house, Status.WITHDRAWN)
    matter = a_matter(house, case=case)

    with pytest.raises(Refused) as refusal:
        actions.close(case, by=house.prescriber, at=NOON, reason="Done.")

    (obstacle,) = refusal.value.obstacles
    assert (obstacle.code, obstacle.subject) == ("open_matter", str(matter.key))


def test_slices_above_keep_a_case_open(house, monkeypatch):
    case = a_case_in(house, Status.WITHDRAWN)
    monkeypatch.setattr(rules, "CLOSING", [lambda case, by, at: [Obstacle("unsigned", "Sign.")]])

    with pytest.raises(Refused) as refusal:
        actions.close(case, by=house.prescriber, at=NOON, reason="Done.")

    assert codes(refusal) == ["unsigned"]


@pytest.mark.parametrize("status", sorted(LEAVES - {Status.DIED}))
def test_the_database_holds_the_same_steps(house, status):
    case = a_case_in(house, Status.CLOSED)

    with pytest.raises(IntegrityError), transaction.atomic():
        move(case, status, table={Status.CLOSED: {status}})
