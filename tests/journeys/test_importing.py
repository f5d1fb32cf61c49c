"""People who come in a file from another system."""

import pytest
from django.db import transaction
from django.utils.timezone import now

from sessions.rehearsal import walk
from tests.builders.cases import a_patient
from tests.builders.importing import a_table

pytestmark = pytest.mark.browser
LIKE_MARLOW = "M-1,Marlowe,Robyn,1985-07-14,"
WRONG = "A-1,Ashdown,Iris,03/04/1979,"


@transaction.atomic
def somebody_is_here(house):
    walk.clock(house, now())
    a_patient(house)


def brings(person, *rows):
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": a_table(*rows).encode()}
    person.page.get_by_label("File of people").set_input_files(file)
    person.clicks("Read the file")


def test_a_file_is_mended_looked_through_and_imported(house, somebody):
    somebody_is_here(house)
    ines = somebody(house.intake)
    ines.clicks("People", kind="link", exact=True)
    ines.clicks("Import people from a file")

    brings(ines, WRONG, LIKE_MARLOW)
    ines.sees("“03/04/1979” may be 04 March 1979 or 03 April 1979")
    assert ines.page.get_by_role("button", name="Import them").is_disabled()
    ines.clicks("Set the file aside")

    brings(ines, WRONG.replace("03/04/1979", "1979-04-03"), LIKE_MARLOW)
    ines.is_refused("Import them")
    ines.page.get_by_label("Somebody else: register them").check()
    ines.clicks("Import them", state="imported")
    ines.sees("2 registered")

    ines.searches("Ashdown")
    ines.sees("Ashdown, Iris")
