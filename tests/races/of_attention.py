"""What needs a person, when two come at once."""

from clinic.attention import actions
from clinic.audit.models import TrailEntry
from tests.builders.attention import a_matter
from tests.builders.house import NOON
from tests.races.harness import Start, race


@race("clinic.attention.actions.settle")
def settle(house):
    occurrence = a_matter(house).occurrence

    def it_settled_itself(by):
        return lambda: actions.settle(occurrence=occurrence, by=by, at=NOON, outcome="She came.")

    return Start(
        (house.nurse, it_settled_itself(house.nurse)),
        (house.facilitator, it_settled_itself(house.facilitator)),
        TrailEntry.objects.filter(act="matter settled").count,
        both_done=True,
    )
