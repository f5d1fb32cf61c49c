import pytest

from clinic.cases import actions as cases
from clinic.protocols.document import CoursePhase
from clinic.workflow import Refused
from sessions.aftercare import actions, queries
from sessions.integration import actions as integration
from sessions.supervised import actions as supervised
from tests.builders.aftercare import a_treated_case
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, proof, trail
from tests.builders.integration import a_written_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
LATER = NOON + 2 * DAY


@pytest.fixture
def house(db):
    return a_house()


def an_integrated_case(house):
    visit = a_written_visit(house)
    integration.finish_visit(visit, by=house.facilitator, at=LATER)
    visit.case.refresh_from_db()
    return visit.case


def deal_with_everything(house, case, at):
    """Sign the session, close what waits for a person, make the contacts that are near."""
    session = case.supervised_sessions.get()
    supervised.describe(session, by=house.nurse, at=at, words="Left early, fetched by a sister.")
    supervised.sign(session, by=house.prescriber, at=at, proof=proof(house.prescriber, at))
    for matter in case.matters.exclude(status="closed"):
        actions.attention.take(matter, by=house.nurse, at=at)
        actions.attention.close(matter, by=house.nurse, at=at, outcome="Looked at.")
    for touchpoint in case.touchpoints.filter(due_at__lte=at + 14 * DAY).exclude(status="done"):
        actions.contact_made(touchpoint, by=house.facilitator, at=at, words="All is well.")


def test_after_its_integration_visits_a_case_goes_on_to_aftercare(house):
    case = an_integrated_case(house)

    actions.begin_aftercare(case, by=house.facilitator, at=LATER)

    assert (case.status, trail()[-1]) == ("aftercare", "aftercare begun")


def test_without_the_visit_the_protocol_asks_for_it_does_not(house):
    case = a_treated_case(house)

    with pytest.raises(Refused) as refusal:
        actions.begin_aftercare(case, by=house.facilitator, at=LATER, reason="She moved away.")

    assert codes(refusal) == ["integration_visits"]
    assert (case.status, refusal.value.obstacles[0].basis) == ("integrating", "protocol")


def test_a_prescriber_decides_without_it_and_says_why(house):
    case = a_treated_case(house)

    actions.begin_aftercare(case, by=house.prescriber, at=LATER, reason="She moved away.")

    assert (case.status, trail()[-1]) == ("aftercare", "aftercare begun early")


@pytest.mark.parametrize("part", ["stranger", "intake"])
def test_only_who_integrates_here_begins_aftercare(house, part):
    case = an_integrated_case(house)

    with pytest.raises(Refused) as refusal:
        actions.begin_aftercare(case, by=house.people[part], at=LATER)

    assert codes(refusal) == ["role"]


def test_another_session_is_prepared_in_a_cycle_of_its_own(house):
    case = a_treated_case(house)

    cycle = actions.open_next_cycle(case, by=house.facilitator, at=LATER)

    assert (case.status, cycle.number) == ("preparing", 2)
    assert case.touchpoints.filter(status="planned").exists()


@pytest.mark.parametrize(
    ("part", "expected"), [("stranger", ["role"]), ("intake", ["role"]), ("nurse", [])]
)
def test_only_who_prepares_here_opens_the_next_cycle(house, part, expected):
    case = a_treated_case(house)

    found = actions.obstacles_to_open_next_cycle(case, by=house.people[part], at=LATER)

    assert [obstacle.code for obstacle in found] == expected


def test_a_course_has_as_many_sessions_as_it_says_and_not_one_more(house, monkeypatch):
    case = a_treated_case(house)
    version = queries.document(case)
    phase = {"code": "all", "title": "All", "sessions": 1, "basis": "protocol", "source": "Made up"}
    course = version.model_copy(update={"course": (CoursePhase(**phase),)})
    monkeypatch.setattr(queries, "document", lambda case: course)

    with pytest.raises(Refused) as refusal:
        actions.open_next_cycle(case, by=house.facilitator, at=LATER)

    assert codes(refusal) == ["course_ended"]
    assert str(refusal.value.obstacles[0]) == "This course has 1 session, not more."


def test_a_case_being_prepared_opens_no_further_cycle(house):
    case = a_treated_case(house)
    actions.open_next_cycle(case, by=house.facilitator, at=LATER)

    with pytest.raises(Refused) as refusal:
        actions.open_next_cycle(case, by=house.facilitator, at=LATER)

    assert codes(refusal) == ["status"]


def test_a_case_closes_over_nothing_that_waits(house):
    case = an_integrated_case(house)
    actions.begin_aftercare(case, by=house.facilitator, at=LATER)

    with pytest.raises(Refused) as refusal:
        cases.close(case, by=house.facilitator, at=LATER, reason="Well.")

    assert set(codes(refusal)) == {"open_matter", "session_unsigned", "open_touchpoint"}


def test_a_case_whose_near_contacts_are_made_is_closed_and_the_far_ones_called_off(house):
    case = an_integrated_case(house)
    actions.begin_aftercare(case, by=house.facilitator, at=LATER)
    at = LATER + 8 * DAY + HOUR
    deal_with_everything(house, case, at)

    cases.close(case, by=house.facilitator, at=at, reason="Well, and content.")

    assert case.status == "closed"
    assert {t.status for t in case.touchpoints.all()} == {"done", "cancelled"}
    assert not case.messages.filter(status="due", patient__isnull=False).exists()
