"""The pages of an import, as intake staff send them."""

import uuid

import pytest
from django.urls import reverse

from clinic.cases.importing.models import PatientFile, PatientImport
from clinic.cases.models import Patient
from tests.builders.cases import a_patient
from tests.builders.house import a_house, sign_in, trail
from tests.builders.importing import a_file_read, a_table, an_upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house_today")]


@pytest.fixture
def house():
    return a_house()


def sends(client, house, content, key=None):
    typed = {"site": house.site.pk, "key": key or uuid.uuid4(), "file": an_upload(content)}
    return sign_in(client, house.intake).post(reverse("cases:import_people"), typed)


def test_a_file_is_read_looked_through_and_imported(house, client):
    a_patient(house)
    text = a_table("A-1,Ashdown,Iris,1979-02-03,", "M-1,Marlowe,Robyn,1985-07-14,")

    report = client.get(sends(client, house, text).url)
    form = report.context["form"]
    sent = {"despite": form.initial["despite"], "row_3": "new"}
    done = client.post(report.request["PATH_INFO"], sent, follow=True)

    assert "May be here already" in report.content.decode()
    assert "2 registered" in done.content.decode()
    assert Patient.objects.count() == 3


def test_a_row_nobody_has_decided_on_is_asked_about_beside_it(house, client):
    a_patient(house)
    address = sends(client, house, a_table("M-1,Marlowe,Robyn,1985-07-14,")).url

    answer = client.post(address, {"despite": ""})

    assert (answer.status_code, answer.context["form"].errors) == (422, {"row_2": ["Choose one."]})
    assert Patient.objects.count() == 1


def test_what_is_wrong_stands_beside_its_row_and_nothing_can_be_imported(house, client):
    address = sends(client, house, a_table("A-1,Ash,Iris,03/04/1985,")).url

    page = client.get(address).content.decode()
    refused = client.post(address)

    assert "may be 04 March 1985 or 03 April 1985" in page
    assert (refused.status_code, Patient.objects.count()) == (422, 0)
    assert trail()[-1] == "refused"


def test_a_file_of_another_sort_is_refused_at_the_field(house, client):
    answer = sends(client, house, b"PK\x03\x04")

    assert answer.status_code == 422
    assert "This is a workbook" in answer.context["form"].errors["file"][0]
    assert PatientFile.objects.count() == 0


def test_the_same_page_sent_twice_reads_one_file_and_imports_once(house, client):
    key = uuid.uuid4()
    first, second = sends(client, house, a_table(), key), sends(client, house, a_table(), key)

    client.post(first.url)
    again = client.post(second.url)

    assert first.url == second.url
    assert (again.status_code, PatientImport.objects.count(), Patient.objects.count()) == (
        200,
        1,
        2,
    )


def test_a_file_is_set_aside(house, client):
    file = a_file_read(house)

    sign_in(client, house.intake).post(reverse("cases:set_import_aside", args=[file.key]))

    assert PatientFile.objects.count() == 0
    assert client.get(file.get_absolute_url()).status_code == 404


def test_the_file_of_a_colleague_is_no_page(house, client):
    file = a_file_read(house)
    house.manager.roles.create(site=house.site, role="intake", valid_from=house.at)

    assert sign_in(client, house.manager).get(file.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("who", ["nurse", "manager"])
def test_who_registers_nobody_imports_nobody(house, client, who):
    page = sign_in(client, house.people[who]).get(reverse("cases:import_people"))

    assert page.status_code == 403


def test_the_template_is_a_table_that_reads_back(house, client):
    answer = sign_in(client, house.intake).get(reverse("cases:import_template"))

    filled = answer.content + b"9,Quist,Ada,,1990-12-31,,,,,,,\r\n"

    assert answer["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert sends(client, house, filled).status_code == 302


def test_intake_staff_find_the_way_there_from_the_list_of_people(house, client):
    page = sign_in(client, house.intake).get(reverse("cases:index")).content.decode()

    assert reverse("cases:import_people") in page
