import json

import pytest
import time_machine
from django.urls import reverse

from clinic.protocols.files import read
from tests.builders.house import NOON, a_house, sign_in, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def taking(client, house, by, kind):
    url = reverse("admin:clinic_protocolversion_export", args=[house.version.key])
    return sign_in(client, by).post(url, {"kind": kind})


def test_a_version_taken_as_a_file_loads_again_to_the_same_digest(client, house):
    answer = taking(client, house, house.author, "yaml")

    assert 'filename="ketamine-im-v' in answer["Content-Disposition"]
    assert read(answer.content).digest() == house.version.digest
    assert trail()[-1] == "protocol copied out"


def test_a_version_taken_as_fhir_is_in_force_there_as_here(client, house):
    answer = taking(client, house, house.approver, "fhir")

    plan = json.loads(answer.content)["entry"][0]["resource"]
    assert answer["Content-Type"] == "application/fhir+json"
    assert (plan["status"], plan["version"]) == ("active", str(house.version.number))
    assert trail()[-1] == "protocol copied out"


def test_a_copy_of_no_kind_is_refused_at_the_field_and_nothing_is_taken(client, house):
    before = trail()

    answer = taking(client, house, house.author, "word")

    assert answer.status_code == 422
    assert "protocol copied out" not in trail()[len(before) :]


def test_whoever_writes_no_protocols_takes_no_copy(client, house):
    answer = taking(client, house, house.nurse, "yaml")

    assert (answer.status_code, answer.url[:13]) == (302, "/admin/login/")
    assert "protocol copied out" not in trail()
