from datetime import date

import pytest

from clinic.cases import search
from clinic.cases.names import searchable, words_of
from tests.builders.cases import a_patient
from tests.builders.house import a_house

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]

PEOPLE = {
    "marlow": ("Marlow", "Robin", ""),
    "obrien": ("O’Brien", "Siân", "Shaz"),
    "мария": ("Иванова", "Мария", ""),
    "李": ("李", "伟", ""),
    "محمد": ("محمد", "عبد", ""),
    "राम": ("शर्मा", "राम", ""),
    "김": ("김", "민준", ""),
}


def everybody():
    house = a_house()
    found = {
        key: a_patient(
            house, family_name=family, given_name=given, known_as=known, email="", phone=""
        )
        for key, (family, given, known) in PEOPLE.items()
    }
    return house, found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("marlow", "marlow"),
        ("MARLOW, robin", "marlow"),
        ("robin marlow", "marlow"),
        ("mar", "marlow"),
        ("marlwo", "marlow"),
        ("marlo robyn", "marlow"),
        ("obrien", "obrien"),
        ("O'Brien", "obrien"),
        ("sian", "obrien"),
        ("shaz", "obrien"),
        ("мария", "мария"),
        ("иваонва", "мария"),
        ("李伟", "李"),
        ("李", "李"),
        ("محمد", "محمد"),
        ("राम", "राम"),
        ("김민준", "김"),
    ],
)
def test_a_person_is_found_by_any_name_in_any_script(typed, meant):
    house, people = everybody()

    assert search.find_patients(house.intake, typed)[:1] == [people[meant]]


@pytest.mark.parametrize(
    "typed", ["000001", "1", "robin@example.org", "+12125550123", "212 555 0123", "14/07/1985"]
)
def test_a_person_is_found_by_what_is_exactly_theirs(typed):
    house = a_house()
    patient = a_patient(house)
    a_patient(house, family_name="Other", email="", phone="", date_of_birth=date(1960, 1, 1))

    assert search.find_patients(house.intake, typed) == [patient]


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "zzzz", "'; --", "\x1f"])
def test_nobody_is_found_by_nothing(typed):
    house, _ = everybody()

    assert search.find_patients(house.intake, typed) == []


def test_nobody_of_another_site_is_found():
    house, _ = everybody()

    assert search.find_patients(house.stranger, "marlow") == []


def test_names_are_spelled_the_same_way_when_kept_and_when_looked_for():
    assert searchable("Müller-Lüdenscheidt", "Jörg", "") == "muller ludenscheidt jorg"
    assert words_of("мария")[0] in searchable("Мария").split()
