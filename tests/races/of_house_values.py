"""A site's own values, by two at once."""

from clinic.protocols.house import actions
from clinic.protocols.house.models import HouseValue
from tests.builders.house import NOON, proof
from tests.builders.house_values import a_house_value, a_stated_value
from tests.races.harness import Start, race


def fresh(value):
    return HouseValue.objects.select_related("site").get(pk=value.pk)


def both(house, act, count):
    lead = house.medical_lead
    return Start(*[(lead, lambda: act(lead))] * 2, count)


@race("clinic.protocols.house.actions.state")
def state(house):
    by = house.prescriber
    return Start(
        (by, lambda: a_stated_value(house, by=5)),
        (by, lambda: a_stated_value(house, by=7)),
        HouseValue.objects.count,
    )


@race("clinic.protocols.house.actions.approve")
def approve(house):
    value = a_stated_value(house)
    return both(
        house,
        lambda by: actions.approve(fresh(value), by=by, at=NOON, proof=proof(by, NOON)),
        HouseValue.objects.filter(approved_at=NOON).count,
    )


@race("clinic.protocols.house.actions.end")
def end(house):
    value = a_house_value(house)
    return both(
        house,
        lambda by: actions.end(
            fresh(value), by=by, at=NOON, reason="Not needed.", proof=proof(by, NOON)
        ),
        HouseValue.objects.filter(ended_at=NOON).count,
    )
