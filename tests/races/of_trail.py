"""Records taken out on paper by two at once."""

from clinic.trail import actions
from tests.builders.cases import a_referred_case
from tests.builders.house import NOON
from tests.builders.house import trail as acts
from tests.races.harness import Start, race


@race("clinic.trail.actions.print_out")
def print_out(house):
    # Both stand: two copies are two prints.
    case = a_referred_case(house)

    def copy(by):
        said = {"what": "case file", "for_whom": "the court", "why": "A court order"}
        return by, lambda: actions.print_out(case, by=by, at=NOON, **said)

    return Start(
        copy(house.facilitator),
        copy(house.nurse),
        lambda: acts().count("printed"),
        leaves=2,
        both_done=True,
    )
