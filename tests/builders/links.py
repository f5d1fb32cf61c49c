"""Links for patients, by the real act."""

from clinic.links import actions
from tests.builders.checklists import an_open_form
from tests.builders.house import NOON


def a_link(house, case, *, at=NOON, code="phq-9", **facts):
    """A link to an open questionnaire of this case, and its secret."""
    form = an_open_form(house, case, at=at, code=code, by_patient=True)
    return actions.make_link(form, by=house.facilitator, at=at, **facts)
