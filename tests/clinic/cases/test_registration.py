import pytest

from clinic.cases import actions, queries
from clinic.cases.models import Contact, Patient
from clinic.workflow import Refused

from tests.builders.cases import BORN, a_contact, a_known_patient, a_patient, a_referred_case
from tests.builders.house import NOON, a_house, codes, trail

pytestmark = pytest.mark.django_db


def test_a_person_is_registered_with_the_next_identifier_of_the_site():
    house = a_house()

    first = a_patient(house)
    second = a_patient(house, family_name="Other", email="", phone="")

    assert (first.number, second.number) == ("000001", "000002")
    assert trail()[-2:] == ["patient registered", "patient registered"]


def test_search():
    house = a_house()
    a = a_patient(house, family_name="Мария", given_name="Иванова")
    b = a_patient(house, family_name="李", given_name="伟", email="", phone="", )
    assert [p.pk for p in queries.find_patients(house.intake, "мария")] == [a.pk]
    assert [p.pk for p in queries.find_patients(house.intake, "李伟")] == [b.pk]
    assert [p.pk for p in queries.find_patients(house.intake, "李")] == [b.pk]
    assert [p.pk for p in queries.find_patients(house.intake, "иваонва")] == [a.pk]
