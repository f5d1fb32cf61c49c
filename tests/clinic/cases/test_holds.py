import pytest

from clinic.audit.models import Signature
from clinic.cases import actions, queries
from clinic.cases.models import Hold
from clinic.workflow import Refused
from tests.builders.cases import a_referred_case
from tests.builders.house import NOON, a_house, codes, proof, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


def hold(house, on, target, *, by=None):
    return actions.place_hold(
        house.site,
        by=by or house.medical_lead,
        at=NOON,
        on=on,
        target_key=target.key,
        words=str(target),
        reason="A report is awaited.",
    )


def lift(house, held, *, by=None, proved=None):
    by = by or house.safety_lead
    return actions.lift_hold(
        held, by=by, at=NOON, reason="It came.", proof=proof(proved or by, NOON)
    )


def test_a_hold_is_in_force_until_it_is_lifted(house):
    held = hold(house, Hold.On.LOT, house.lot)
    before = list(queries.holds_on(house.site, [house.lot.key]))

    lift(house, held)

    assert (before, list(queries.holds_on(house.site, [house.lot.key]))) == ([held], [])
    assert trail()[-2:] == ["hold placed", "hold lifted"]


def test_lifting_is_signed(house):
    held = lift(house, hold(house, Hold.On.ROOM, house.room))

    signature = Signature.objects.get(subject_key=held.key)
    assert (signature.by, signature.meaning) == (house.safety_lead, "I lift this hold")


def test_nobody_lifts_a_hold_under_somebody_elses_name(house):
    held = hold(house, Hold.On.ROOM, house.room)
    before = trail()

    with pytest.raises(Refused) as refusal:
        lift(house, held, proved=house.medical_lead)

    assert codes(refusal) == ["signer_unproved"]
    assert trail() == before


@pytest.mark.parametrize("who", ["intake", "nurse", "prescriber", "manager", "stranger"])
def test_only_a_lead_of_the_site_places_a_hold(house, who):
    before = trail()

    with pytest.raises(Refused) as refusal:
        hold(house, Hold.On.ROOM, house.room, by=house.people[who])

    assert codes(refusal) == ["role"]
    assert trail() == before


def test_one_thing_is_held_once(house):
    hold(house, Hold.On.ROOM, house.room)

    with pytest.raises(Refused) as refusal:
        hold(house, Hold.On.ROOM, house.room)

    assert codes(refusal) == ["already_held"]


def test_a_hold_is_lifted_once(house):
    held = lift(house, hold(house, Hold.On.ROOM, house.room))

    with pytest.raises(Refused) as refusal:
        lift(house, held)

    assert codes(refusal) == ["has_ended"]


def test_a_held_patient_does_not_go_on(house):
    case = a_referred_case(house)
    actions.suspend(case, by=house.nurse, at=NOON, reason="A letter.")
    held = hold(house, Hold.On.PATIENT, case.patient)

    with pytest.raises(Refused) as refusal:
        actions.resume(case, by=house.prescriber, at=NOON, reason="Clarified.")

    (obstacle,) = refusal.value.obstacles
    assert (obstacle.code, obstacle.subject) == ("patient_is_held", str(held.key))


@pytest.mark.parametrize("on", [Hold.On.VERSION, Hold.On.SITE, Hold.On.PATIENT, Hold.On.PERSON])
def test_the_cases_behind_a_hold_are_named(house, on):
    case = a_referred_case(house)
    actions.join_team(case, by=house.nurse, at=NOON, user=house.nurse, capacity="nurse")
    targets = {
        Hold.On.VERSION: house.version,
        Hold.On.SITE: house.site,
        Hold.On.PATIENT: case.patient,
        Hold.On.PERSON: house.nurse,
    }

    assert list(queries.cases_behind(hold(house, on, targets[on]))) == [case]
