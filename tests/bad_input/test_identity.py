"""Who somebody is: kept exactly as typed, refused in words, or asked about where two may be one."""

import uuid
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.cases.models import Patient
from clinic.context import every_site, set_context
from clinic.people.queries import system_user
from tests.bad_input.inputs import COUNTED, identities
from tests.builders.cases import a_patient
from tests.builders.house import NOON, a_house, sign_in
from tests.gates.harness import fingerprint
from tests.matrix.asking import undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
NEW = {"family_name": "Ash", "given_name": "Iris", "date_of_birth": "1979-02-03", "language": "en"}


def test_whoever_is_registered_is_kept_as_typed_or_asked_about(house_with_robin):
    house, robin = house_with_robin

    wrong = [_wrong_with(house, robin, *each) for each in identities()]

    assert [each for each in wrong if each] == []


@pytest.fixture
def house_with_robin():
    house = a_house()
    return house, a_patient(house)


def _wrong_with(house, robin, told, typed, asks):
    data = NEW | typed | {"site": house.site.pk, "key": uuid.uuid4()}
    with undone(), time_machine.travel(NOON, tick=False):
        client = sign_in(Client(), house.intake)
        set_context(user_id=system_user().pk, sites=every_site())
        before = fingerprint()
        answer = client.post(reverse("cases:register"), data)
        is_untouched = fingerprint() == before
        page = unescape(answer.content.decode())
        if answer.status_code == 302:
            stored = Patient.objects.order_by("pk").last()
            kept = {name: str(getattr(stored, name)) for name in typed}
            return "" if kept == typed and not asks else f"{told}: became {kept}"
    if answer.status_code != 422 or not is_untouched:
        return f"{told}: {answer.status_code}, untouched {is_untouched}"
    if asks and f"ID {robin.number}" not in page:
        return f"{told}: nobody is asked whether this is {robin}"
    gone = [value for value in typed.values() if value not in page]
    return f"{told}: {gone} is gone" if gone else ""


def test_nobody_is_lost():
    assert len(list(identities())) == COUNTED["identity"]
