"""What is written about an integration visit, by two at once: both texts are kept."""

from sessions.integration import actions
from sessions.integration.models import Commitment, Note, ProcessNote
from tests.builders.house import DAY, NOON
from tests.builders.integration import a_written_visit, an_integration_visit
from tests.races.harness import Start, race

AT = NOON + 2 * DAY


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def _both(do, rows, pair, **how):
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, both_done=True, **how)


def who_integrate(house):
    return house.facilitator, house.nurse


@race("sessions.integration.actions.write_note")
def write_note(house):
    # One visit has one note: whoever comes second has added to it.
    visit = an_integration_visit(house)
    return _both(
        lambda by: actions.write_note(fresh(visit), by=by, at=AT, body="Calm."),
        Note.objects.filter(adds_to__isnull=True).count,
        who_integrate(house),
    )


@race("sessions.integration.actions.add_to_note")
def add_to_note(house):
    note = a_written_visit(house).notes.get()
    return _both(
        lambda by: actions.add_to_note(fresh(note), by=by, at=AT, body="And rested."),
        Note.objects.filter(adds_to=note).count,
        who_integrate(house),
        leaves=2,
    )


@race("sessions.integration.actions.write_process_note")
def write_process_note(house):
    visit = an_integration_visit(house)
    return _both(
        lambda by: actions.write_process_note(fresh(visit), by=by, at=AT, body="The dream."),
        ProcessNote.objects.count,
        (house.facilitator, house.second_facilitator),
        leaves=2,
    )


@race("sessions.integration.actions.commit")
def commit(house):
    visit = an_integration_visit(house)
    return _both(
        lambda by: actions.commit(fresh(visit), by=by, at=AT, words="Walk every morning"),
        Commitment.objects.count,
        who_integrate(house),
        leaves=2,
    )
