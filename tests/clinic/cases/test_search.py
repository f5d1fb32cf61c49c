from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.cases import search
from clinic.cases.names import searchable, slips_in, words_of
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


@pytest.mark.parametrize(
    ("typed", "name", "slips"),
    [
        ("marlow robin", "marlow robin", 0),
        ("mar", "marlow robin", 0),
        ("marlwo", "marlow robin", 1),
        ("marlo robyn", "marlow robin", 1),
        ("marrlow", "marlow robin", 1),
        ("barlow", "marlow robin", 1),
        ("quist", "marlow robin", 5),
    ],
)
def test_slips_of_the_hand_are_counted_by_word(typed, name, slips):
    assert slips_in(typed.split(), name.split()) == slips


def test_of_many_alike_the_fewest_slips_come_first():
    house = a_house()
    near = ("Chalmberton", "Chalmerston", "Chambert", "Chalbermann", "Chalmbert", "Charmber")
    for family in near:
        a_patient(house, family_name=family, given_name="Anna", email="", phone="")
    meant = a_patient(house, family_name="Chalmber", given_name="Anna", email="", phone="")

    assert search.find_patients(house.intake, "Chalmebr Anna")[0] == meant


@pytest.mark.parametrize(
    "typed",
    ["+1 212 555 0123", "+1 (212) 555-0123", "001 212 555 0123", "1-212-555-0123", "212.555.0123",
     "2125550123", "+1\u00a0212\u00a0555\u00a00123", "٢١٢ ٥٥٥ ٠١٢٣", "２１２５５５０１２３"],
)  # fmt: skip
def test_a_telephone_number_is_found_however_it_is_written(typed):
    house = a_house()
    patient = a_patient(house, phone="+1 212-555-0123")
    a_patient(house, family_name="Other", email="", phone="+1 212 555 0124")

    assert search.find_patients(house.intake, typed) == [patient]


@pytest.mark.parametrize("typed", ["+1 212 555 0124", "212 555", "12125550123@example.org"])
def test_a_telephone_number_that_is_another_finds_nobody(typed):
    house = a_house()
    a_patient(house, phone="+1 212-555-0123")

    assert search.find_patients(house.intake, typed) == []


def test_a_search_asks_as_often_for_fifty_people_as_for_one():
    house = a_house()
    a_patient(house, family_name="Harrow", given_name="Ada", email="", phone="")
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            search.find_patients(house.intake, "Harorw")
        asked.append(len(queries))
        for number in range(50):
            a_patient(house, family_name="Harrow", given_name=f"A{number}", email="", phone="")

    assert asked[0] == asked[1]
