"""Records opened outside care, by two at once."""

from clinic.cases.break_glass import actions
from clinic.cases.break_glass.models import BrokenGlass
from clinic.context import set_context_of
from clinic.people.models import User
from tests.builders.house import MINUTE, NOON, proof
from tests.gates.at_break_glass import a_case_in_care, glass_over
from tests.races.harness import Start, race


def fresh(glass):
    return BrokenGlass.objects.get(pk=glass.pk)


@race("clinic.cases.break_glass.actions.break_glass")
def break_glass(house):
    number = a_case_in_care(house).patient.number

    def act():
        nurse = User.objects.get(pk=house.second_nurse.pk)
        set_context_of(nurse, clock=NOON)
        return actions.break_glass(
            house.site,
            by=nurse,
            at=NOON,
            reason="She stands at the door.",
            proof=proof(nurse, NOON),
            number=number,
        )

    return Start((house.second_nurse, act), (house.second_nurse, act), BrokenGlass.objects.count)


@race("clinic.cases.break_glass.actions.give_back")
def give_back(house):
    glass = glass_over(house, a_case_in_care(house))

    def act(by):
        return lambda: actions.give_back(fresh(glass), by=by, at=NOON - MINUTE)

    return Start(
        (house.privacy_officer, act(house.privacy_officer)),
        (house.safety_lead, act(house.safety_lead)),
        BrokenGlass.objects.filter(ended_at__isnull=False).count,
    )


@race("clinic.cases.break_glass.actions.review_glass")
def review_glass(house):
    glass = glass_over(house, a_case_in_care(house))

    def act(by, verdict):
        return lambda: actions.review_glass(
            fresh(glass), by=by, at=NOON, verdict=verdict, review="She was alone at the door."
        )

    return Start(
        (house.privacy_officer, act(house.privacy_officer, "justified")),
        (house.safety_lead, act(house.safety_lead, "not_justified")),
        BrokenGlass.objects.filter(reviewed_at__isnull=False).count,
    )
