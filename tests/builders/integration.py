"""Integration visits, by the real acts."""

from clinic.booking.models import Stage
from sessions.integration import actions
from tests.builders.aftercare import a_treated_case
from tests.builders.booking import a_visit
from tests.builders.house import DAY, NOON


def an_integration_visit(house, *, at=NOON + 2 * DAY, case=None, **details):
    """An integration visit that begins now, of a case that was treated two days ago."""
    case = case or a_treated_case(house, **details)
    return a_visit(house, case, stage=Stage.INTEGRATION, at=at - DAY, starts_at=at)


def a_written_visit(house, *, at=NOON + 2 * DAY, **details):
    """An integration visit with its note."""
    visit = an_integration_visit(house, at=at, **details)
    actions.write_note(visit, by=house.facilitator, at=at, body="They slept well and felt lighter.")
    return visit


def a_commitment(house, *, at=NOON + 2 * DAY, **details):
    """Something the person means to do."""
    visit = an_integration_visit(house, at=at, **details)
    return actions.commit(visit, by=house.facilitator, at=at, words="Walk every morning")
