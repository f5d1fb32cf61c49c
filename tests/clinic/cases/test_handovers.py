import pytest

from clinic.cases import actions, queries
from clinic.cases.models import STEPS, Status
from clinic.workflow import Refused
from tests.builders.cases import WALK, a_case_in, a_referred_case
from tests.builders.house import NOON, a_house, codes, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
# A session ends whatever has become of its case, so leaving one is no step like the others.
HAND_OVERS = {act: (to, facts) for to, act, facts in WALK if act != "leave_session"} | {
    "not_ready": (Status.PREPARING, {}),
    "reopen_screening": (Status.SCREENING, {"reason": "An answer was changed."}),
    "next_cycle": (Status.PREPARING, {}),
}


@pytest.fixture
def house():
    return a_house()


@pytest.mark.parametrize("status", Status)
def test_a_hand_over_follows_the_steps_or_changes_nothing(house, status):
    case = a_case_in(house, status)
    for act, (to, facts) in HAND_OVERS.items():
        if to not in STEPS[status]:
            before = trail()
            with pytest.raises(Refused) as refusal:
                getattr(actions, act)(case, by=house.nurse, at=NOON, **facts)
            assert (act, codes(refusal), trail()) == (act, ["status"], before)


@pytest.mark.parametrize("act", HAND_OVERS)
def test_a_hand_over_moves_the_case_and_is_written_down(house, act):
    to, facts = HAND_OVERS[act]
    case = a_case_in(house, next(status for status in Status if to in STEPS[status]))
    before = trail()

    getattr(actions, act)(case, by=house.nurse, at=NOON, **facts)

    assert (case.status, len(trail())) == (to, len(before) + 1)


def test_the_next_cycle_is_the_current_one(house):
    case = a_case_in(house, Status.INTEGRATING)

    cycle = actions.next_cycle(case, by=house.nurse, at=NOON)

    assert (cycle.number, queries.current_cycle(case)) == (2, cycle)


def test_a_session_without_a_dose_leads_back_to_preparing(house):
    case = a_case_in(house, Status.IN_SESSION)

    actions.session_abandoned(case, by=house.nurse, at=NOON)

    assert case.status == Status.PREPARING


def test_each_stage_has_its_beginning(house):
    case = a_referred_case(house)

    actions.begin_screening(case, by=house.intake, at=NOON)

    case.refresh_from_db()
    assert case.stage_since == NOON


def test_the_second_of_two_stale_copies_is_refused(house):
    case = a_referred_case(house)
    stale = type(case).objects.get(pk=case.pk)
    actions.begin_screening(case, by=house.intake, at=NOON)

    with pytest.raises(Refused) as refusal:
        actions.begin_screening(stale, by=house.intake, at=NOON)

    assert codes(refusal) == ["status"]
