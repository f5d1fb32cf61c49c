import pytest
import time_machine
from django.urls import reverse

from clinic.audit.models import Signature
from clinic.cases import actions, queries
from clinic.cases.models import Hold, Status
from clinic.protocols import actions as protocols
from clinic.workflow import Refused
from tests.builders.cases import a_case_in, a_referred_case
from tests.builders.house import NOON, a_house, codes, proof, sign_in, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


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


def the_rule(house, case, words):
    """A rule of the case's version, as the form offers it."""
    offered = dict(queries.holdable(house.site, case, at=NOON))
    (group,) = [rules for title, rules in offered.items() if title.startswith("One rule of")]
    return next(value for value, said in group if words in said)


def test_one_rule_of_a_version_is_held_and_touches_the_cases_on_it(client, house):
    case = a_referred_case(house)
    url = reverse("cases:hold", args=[case.key])
    target = the_rule(house, case, "Washouts")

    sign_in(client, house.safety_lead).post(url, {"target": target, "reason": "A misprint."})

    held = Hold.objects.get()
    assert (held.on, held.target_key) == (Hold.On.RULE, house.version.key)
    assert target.endswith(f":{held.rule}")
    assert case in queries.cases_behind(held)
    assert [each.hold for each in queries.shown_holds(queries.holds_over(case), house.nurse)] == [
        held
    ]


def test_two_rules_of_a_version_are_held_apart(house):
    for rule in ("washouts[0]", "washouts[1]"):
        actions.place_hold(
            house.site, by=house.medical_lead, at=NOON, on=Hold.On.RULE, words=rule,
            target_key=house.version.key, rule=rule, reason="A letter.",
        )  # fmt: skip

    with pytest.raises(Refused) as refusal:
        actions.place_hold(
            house.site, by=house.medical_lead, at=NOON, on=Hold.On.RULE, words="Again",
            target_key=house.version.key, rule="washouts[1]", reason="A letter.",
        )  # fmt: skip

    assert codes(refusal) == ["already_held"]


@pytest.mark.parametrize(("who", "named"), [("medical_lead", True), ("facilitator", False)])
def test_a_list_of_holds_names_the_person_to_who_may_open_their_file(client, house, who, named):
    case = a_case_in(house, Status.PREPARING)
    actions.join_team(case, by=house.nurse, at=NOON, user=house.nurse, capacity="nurse")
    held = hold(house, Hold.On.PATIENT, case.patient)

    page = sign_in(client, house.people[who]).get(reverse("cases:holds")).content.decode()

    assert held.reason in page
    assert ("Marlow" in page, "A person outside your care" in page) == (named, not named)


def test_a_version_no_longer_published_is_held_from_a_case_on_it(house):
    case = a_referred_case(house)
    protocols.retire(house.version, by=house.approver, at=NOON, reason="Old.")

    offered = dict(queries.holdable(house.site, case, at=NOON))

    assert f"version:{house.version.key}" in [value for value, _ in offered["Protocol"]]


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
