"""Gates of importing a file of people, each closed alone."""

from django.urls import reverse

from clinic.cases.importing.rules import SOMEBODY_ELSE
from tests.builders.cases import a_patient
from tests.builders.importing import a_file_read, a_table, an_import
from tests.gates.harness import Situation, closed

LIKE_MARLOW = a_table("M-1,Marlowe,Robyn,1985-07-14,")


def importing(house, file, says, **data):
    url = reverse("cases:import", args=[file.key])
    return Situation(house.intake, url, data, says, page=url)


@closed("import_row_wrong")
def a_birth_date_may_mean_two_days(house):
    file = a_file_read(house, a_table("A-1,Ash,Iris,03/04/1985,"))
    return importing(house, file, "“03/04/1985” may be 04 March 1985 or 03 April 1985.")


@closed("import_row_undecided")
def somebody_alike_was_registered_meanwhile(house):
    file = a_file_read(house, LIKE_MARLOW)
    a_patient(house)
    situation = importing(
        house, file, "somebody like them was registered meanwhile.", row_2=SOMEBODY_ELSE
    )
    situation.page = ""  # the page asks about whom it finds, and so would be told of them
    return situation


@closed("import_nobody_new")
def everybody_is_here(house):
    an_import(house)
    return importing(house, a_file_read(house), "Everybody in this file is here already.")
