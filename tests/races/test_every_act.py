"""Every act of the house, done by two at once on two connections: exactly one wins."""

import ast
import importlib
from pathlib import Path

import pytest

from tests.races import harness

pytestmark = pytest.mark.usefixtures("in_the_house")

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
for path in sorted(HERE.glob("of_*.py")):
    importlib.import_module(f"tests.races.{path.stem}")

# Public functions of an actions module that are no act two people can race for, each with why.
NO_RACE: dict[str, str] = {
    "clinic.audit.actions.record": "writes the trail; its order is tested with the chain",
    "clinic.audit.actions.record_opening": "a page read twice at once is read twice, or once",
    "clinic.people.actions.found": "raced in a house that does not stand yet: test_founding.py",
    "clinic.people.door.actions.lock_device": "a device's own session: one browser",
    "clinic.people.door.actions.unlock": "a device's own session: one browser",
    "clinic.people.door.actions.ask_for_password": "each asking is a row of its own",
    "clinic.people.actions.try_mail": "a message to oneself, as often as one likes",
    "sessions.supervised.arrival.actions.staff_takes_its_places": (
        "a part of checking in and of recording a dose, under their lock"
    ),
    "sessions.supervised.arrival.actions.visit_cancelled": (
        "what cancelling a visit brings with it, under its lock"
    ),
    "sessions.aftercare.actions.visit_held": (
        "what finishing an integration visit brings with it, under its lock"
    ),
    "sessions.aftercare.actions.keep_local_time": (
        "what correcting a person's zone brings with it, under its lock"
    ),
    "clinic.protocols.exporting.actions.take_copy": "a copy each, as often as one likes",
    "clinic.screening.evidence.actions.open_file": "each opening is a line of its own",
    "clinic.audit.actions.case_of": "reads",
    "clinic.audit.actions.site_of": "reads",
    "clinic.audit.actions.stream_of": "reads",
    "clinic.audit.actions.the_one_site_of": "reads",
}

# Acts whose race is told beside the other tests of their slice.
SESSION = "tests/sessions/supervised/test_races.py::"
AFTER = "tests/sessions/aftercare/test_races.py::"
MATTER = "tests/clinic/attention/test_races.py::"
OUTBOX = "tests/clinic/messages/test_races.py::"
RACED_ELSEWHERE: dict[str, str] = {
    "sessions.supervised.arrival.actions.check_in": (
        f"{SESSION}test_two_who_check_one_person_in_check_in_once"
    ),
    "sessions.supervised.doses.actions.give": f"{SESSION}test_two_who_give_the_same_dose_give_one",
    "sessions.supervised.observations.actions.correct": (
        f"{SESSION}test_two_corrections_of_one_set_are_one"
    ),
    "sessions.supervised.leaving.actions.release": (
        f"{SESSION}test_two_who_release_one_person_release_once"
    ),
    "sessions.supervised.leaving.actions.sign": f"{SESSION}test_two_who_sign_one_record_sign_once",
    "sessions.aftercare.actions.contact_made": f"{AFTER}test_of_two_who_record_a_contact_one_does",
    "sessions.aftercare.actions.not_reached": f"{AFTER}test_of_two_who_record_a_contact_one_does",
    "sessions.aftercare.actions.call_off": f"{AFTER}test_of_two_who_record_a_contact_one_does",
    "sessions.aftercare.actions.open_next_cycle": (
        f"{AFTER}test_of_two_who_open_the_next_cycle_one_does"
    ),
    "sessions.aftercare.actions.begin_aftercare": (
        f"{AFTER}test_of_two_who_begin_aftercare_one_does"
    ),
    "sessions.integration.actions.settle": f"{AFTER}test_of_two_who_settle_a_commitment_one_does",
    "sessions.integration.actions.finish_visit": f"{AFTER}test_of_two_who_finish_a_visit_one_does",
    "clinic.links.actions.finish": f"{AFTER}test_of_two_who_finish_through_one_link_one_does",
    "clinic.links.actions.revoke": f"{AFTER}test_of_two_who_take_a_link_back_one_does",
    "clinic.attention.actions.take": f"{MATTER}test_of_two_who_take_it_one_has_it",
    "clinic.attention.actions.close": f"{MATTER}test_of_two_who_close_it_one_says_what_came_of_it",
    "clinic.attention.actions.raise_matter": (
        f"{MATTER}test_of_two_who_raise_the_same_there_is_one_matter"
    ),
    "clinic.attention.actions.climb": f"{MATTER}test_of_two_sweeps_one_climbs",
    "clinic.messages.actions.queue": f"{OUTBOX}test_two_who_queue_the_same_queue_one",
    "clinic.messages.actions.claim_next": f"{OUTBOX}test_of_two_sweeps_one_claims",
    "clinic.messages.actions.cancel": f"{OUTBOX}test_of_two_who_stop_a_message_one_does",
}


def acts():
    """The public functions of every actions module, as module.function."""
    for app in ("clinic", "sessions"):
        for path in sorted((CHECKOUT / app).rglob("actions.py")):
            module = ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield f"{module}.{node.name}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("each", harness.RACES, ids=lambda each: each.act)
def test_two_at_once_and_exactly_one_wins(each):
    harness.run(each)


def test_every_act_is_raced():
    raced = {each.act for each in harness.RACES}

    assert sorted(set(acts()) - raced - set(RACED_ELSEWHERE) - set(NO_RACE)) == []


def test_what_is_not_raced_is_still_there():
    assert sorted(set(NO_RACE) - set(acts())) == []


def test_what_is_raced_elsewhere_names_a_test_that_is_there():
    for act, test in RACED_ELSEWHERE.items():
        file, _, name = test.partition("::")
        assert act in set(acts()), act
        assert act not in {each.act for each in harness.RACES}, f"{act} is raced here"
        assert f"def {name}(" in (CHECKOUT / file).read_text(), act
