from datetime import date

import pytest

from clinic.audit.models import TrailEntry
from clinic.booking import actions as booking
from clinic.booking.models import Status as VisitStatus
from clinic.booking.models import Visit
from clinic.workflow import Refused
from sessions.integration import actions
from sessions.integration.models import Commitment, Note, ProcessNote, Status
from tests.builders.house import DAY, NOON, a_house, codes, trail
from tests.builders.integration import a_commitment, a_written_visit, an_integration_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
THEN = NOON + 2 * DAY


@pytest.fixture
def house(db):
    return a_house()


# -- Notes -----------------------------------------------------------------------------------


def test_a_note_is_written_once_and_then_added_to(house):
    visit = an_integration_visit(house)

    first = actions.write_note(visit, by=house.facilitator, at=THEN, body="Slept well.")
    second = actions.write_note(visit, by=house.nurse, at=THEN + DAY, body="And ate again.")

    assert (first.adds_to, second.adds_to) == (None, first)
    assert trail()[-2:] == ["note written", "note added to"]


def test_a_late_addition_is_welcome_after_the_visit_is_done(house):
    visit = a_written_visit(house)
    actions.finish_visit(visit, by=house.facilitator, at=THEN)
    note = visit.notes.get()

    actions.add_to_note(note, by=house.facilitator, at=THEN + 30 * DAY, body="She called later.")

    assert note.additions.count() == 1


def test_an_empty_note_is_none(house):
    with pytest.raises(Refused) as refusal:
        actions.write_note(an_integration_visit(house), by=house.facilitator, at=THEN, body=" \n")

    assert codes(refusal) == ["note_without_words"]
    assert not Note.objects.exists()
    assert "note written" not in trail()


@pytest.mark.parametrize("part", ["intake", "stranger", "manager"])
def test_only_who_integrates_here_writes(house, part):
    visit = an_integration_visit(house)

    with pytest.raises(Refused) as refusal:
        actions.write_note(visit, by=house.people[part], at=THEN, body="Hello.")

    assert codes(refusal) == ["role"]


def test_nothing_is_written_about_a_visit_nobody_came_to(house):
    visit = an_integration_visit(house)
    booking.cancel(visit, by=house.intake, at=THEN, reason="Ill.")

    with pytest.raises(Refused) as refusal:
        actions.write_note(visit, by=house.facilitator, at=THEN, body="Hello.")

    assert codes(refusal) == ["status"]


def test_a_process_note_leaves_no_word_in_the_trail(house):
    visit = an_integration_visit(house)

    actions.write_process_note(visit, by=house.facilitator, at=THEN, body="Counter-transference.")

    assert ProcessNote.objects.get().body == "Counter-transference."
    entry = TrailEntry.objects.latest("pk")
    assert (entry.act, entry.payload) == ("process note written", "{}")


def test_a_process_note_is_for_those_who_may_read_one(house):
    visit = an_integration_visit(house)

    with pytest.raises(Refused) as refusal:
        actions.write_process_note(visit, by=house.nurse, at=THEN, body="Mine.")

    assert codes(refusal) == ["process_note_role"]


# -- Commitments -----------------------------------------------------------------------------


def test_an_insight_becomes_something_to_do_and_a_day_to_ask(house):
    commitment = actions.commit(
        an_integration_visit(house),
        by=house.facilitator,
        at=THEN,
        insight="I am kinder to others than to myself.",
        words="Write one kind line a day.",
        follow_up_on=date(2026, 12, 1),
    )

    assert (commitment.status, commitment.follow_up_on) == (Status.OPEN, date(2026, 12, 1))
    assert trail()[-1] == "commitment made"


@pytest.mark.parametrize(("kept", "status"), [(True, Status.KEPT), (False, Status.LET_GO)])
def test_a_commitment_is_settled_with_what_came_of_it(house, kept, status):
    commitment = a_commitment(house)

    actions.settle(commitment, by=house.facilitator, at=THEN, kept=kept, outcome="Most days.")

    fresh = Commitment.objects.get()
    assert (fresh.status, fresh.settled_by, fresh.outcome) == (
        status,
        house.facilitator,
        "Most days.",
    )
    assert trail()[-1] == "commitment settled"


def test_a_commitment_is_settled_once(house):
    commitment = a_commitment(house)
    actions.settle(commitment, by=house.facilitator, at=THEN, kept=True, outcome="Done.")

    with pytest.raises(Refused) as refusal:
        actions.settle(commitment, by=house.facilitator, at=THEN, kept=False, outcome="No.")

    assert codes(refusal) == ["status"]


@pytest.mark.parametrize(
    ("part", "outcome", "expected"),
    [("stranger", "Done.", ["role"]), ("facilitator", " ", ["commitment_without_outcome"])],
)
def test_settling_needs_the_right_person_and_words(house, part, outcome, expected):
    with pytest.raises(Refused) as refusal:
        actions.settle(
            a_commitment(house), by=house.people[part], at=THEN, kept=True, outcome=outcome
        )

    assert codes(refusal) == expected


# -- Finishing -------------------------------------------------------------------------------


def test_a_visit_with_its_note_is_finished_and_its_contact_is_made(house):
    visit = a_written_visit(house)

    actions.finish_visit(visit, by=house.facilitator, at=THEN)

    assert Visit.objects.get(pk=visit.pk).status == VisitStatus.DONE
    assert visit.case.touchpoints.get(code="integration-1").status == "done"
    assert trail()[-1] == "integration visit finished"


def test_a_visit_without_a_note_is_not_finished(house):
    visit = an_integration_visit(house)

    with pytest.raises(Refused) as refusal:
        actions.finish_visit(visit, by=house.facilitator, at=THEN)

    assert codes(refusal) == ["visit_without_note"]
    assert Visit.objects.get(pk=visit.pk).status == VisitStatus.PLANNED


def test_another_kind_of_visit_is_not_finished_here(house):
    session_visit = an_integration_visit(house).case.visits.get(stage="dosing")

    with pytest.raises(Refused) as refusal:
        actions.finish_visit(session_visit, by=house.facilitator, at=THEN)

    assert "not_an_integration_visit" in codes(refusal)


def test_nothing_is_written_about_another_kind_of_visit_here(house):
    talk = an_integration_visit(house).case.visits.get(stage="dosing")

    with pytest.raises(Refused) as refusal:
        actions.write_note(talk, by=house.facilitator, at=THEN, body="Words.")

    assert codes(refusal) == ["not_an_integration_visit"]
