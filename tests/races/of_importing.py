"""A file of people, by two at once."""

import uuid

from clinic.cases.importing import actions
from clinic.cases.importing.models import ImportedRow, PatientFile
from tests.builders.house import NOON
from tests.builders.importing import a_file_read, a_table
from tests.races.harness import Start, race


def _twice(house, act, rows, **how):
    """The same page sent twice: both are given the first one's answer."""
    return Start((house.intake, act), (house.intake, act), rows, both_done=True, **how)


@race("clinic.cases.importing.actions.read")
def read(house):
    sent = {"site": house.site, "kind": "csv", "file_name": "people.csv", "key": uuid.uuid4()}
    return _twice(
        house,
        lambda: actions.read(by=house.intake, at=NOON, text=a_table(), **sent),
        PatientFile.objects.count,
    )


@race("clinic.cases.importing.actions.import_people")
def import_people(house):
    file = a_file_read(house)
    return _twice(
        house,
        lambda: actions.import_people(file, by=house.intake, at=NOON, choices={}),
        ImportedRow.objects.count,
        leaves=2,
    )


@race("clinic.cases.importing.actions.set_aside")
def set_aside(house):
    file = a_file_read(house)
    return _twice(
        house,
        lambda: actions.set_aside(file, by=house.intake, at=NOON),
        PatientFile.objects.count,
        leaves=0,
    )
