"""Two records of one person, merged by two at once, each into the other; and parted by two."""

from clinic.cases.merging.models import PatientMerge, PatientParting
from tests.builders.merging import merged, parted, two_records
from tests.races.harness import Start, race


@race("clinic.cases.merging.actions.merge")
def merge(house):
    kept, other = two_records(house)

    def act(by, stays):
        mine, theirs = (type(kept).objects.get(pk=each.pk) for each in (kept, other))
        return merged(house, mine, theirs, by=by, stays=stays)

    return Start(
        (house.medical_lead, lambda: act(house.medical_lead, kept)),
        (house.prescriber, lambda: act(house.prescriber, other)),
        PatientMerge.objects.count,
    )


@race("clinic.cases.merging.actions.part")
def part(house):
    merge = merged(house, *two_records(house))

    def act(by):
        return parted(house, merge, by=by)

    return Start(
        (house.medical_lead, lambda: act(house.medical_lead)),
        (house.prescriber, lambda: act(house.prescriber)),
        PatientParting.objects.count,
    )
