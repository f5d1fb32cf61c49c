"""A case moved to another version, by two at once."""

from clinic.cases.models import Status
from clinic.cases.moving import actions
from clinic.cases.moving.models import CaseMove
from tests.builders.cases import a_case_in
from tests.builders.house import NOON, proof
from tests.builders.protocols import a_published_version, a_text
from tests.races.harness import Start, race


@race("clinic.cases.moving.actions.move_to_version")
def move_to_version(house):
    case = a_case_in(house, Status.ELIGIBLE)
    to = a_published_version(house, a_text())

    def move(by):
        return actions.move_to_version(
            type(case).objects.get(pk=case.pk), by=by, at=NOON, to=to, reason="The longer stay.",
            proof=proof(by, NOON),
        )  # fmt: skip

    pair = (house.medical_lead, house.prescriber)
    return Start(*[(by, lambda by=by: move(by)) for by in pair], CaseMove.objects.count)
