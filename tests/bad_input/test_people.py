"""Bad input at the doors through which people come in: kept exactly as typed, or refused in words.

Each input meets one form in every run, all of them where VIGIL_LOOK_EVERYWHERE is set. Whatever is
refused writes nothing; what was typed stands on the page again, beside the sentence. Spaces around
an answer are no part of it.
"""

import os
import random
import unicodedata
import uuid
from collections import Counter
from datetime import date
from html import escape, unescape
from urllib.parse import quote_from_bytes, urlencode

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic.cases.models import Case, Contact, Patient
from clinic.context import every_site, set_context
from clinic.people.queries import system_user
from tests.bad_input.inputs import COUNTED, NOT_HERE, days, texts
from tests.builders.cases import a_patient
from tests.builders.house import NOON, a_house, sign_in
from tests.gates.harness import fingerprint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
FORM = "application/x-www-form-urlencoded"
EVERYWHERE = bool(os.environ.get("VIGIL_LOOK_EVERYWHERE"))
SEED = 5
NEW = {"given_name": "Iris", "family_name": "Ash", "date_of_birth": "1979-02-03", "language": "en"}
# Each door: what is asked for, what else is sent, and where the answer lies afterwards.
DOORS = {
    "family_name": ("cases:register", NEW, Patient),
    "address": ("cases:register", NEW, Patient),
    "date_of_birth": ("cases:register", NEW, Patient),
    "known_as": ("cases:correct", NEW, Patient),
    "allergies": ("cases:correct", NEW, Patient),
    "name": ("cases:contacts", {"role": "escort", "phone": "1"}, Contact),
    "phone": ("cases:contacts", {"role": "escort", "name": "Kim"}, Contact),
    "referral_source": ("cases:refer", {}, Case),
    "referral_reason": ("cases:refer", {"referral_source": "self"}, Case),
}
OF_WORDS = sorted(set(DOORS) - {"date_of_birth"})


def pairs():
    """Each text with a door, or with every door."""
    chance = random.Random(SEED)  # noqa: S311 -- nothing secret is drawn
    for each in texts():
        for field in OF_WORDS if EVERYWHERE else [chance.choice(OF_WORDS)]:
            yield pytest.param(each, field, id=f"{each}-{field}")


@pytest.fixture
def house():
    return a_house()


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def send(client, house, field, sent):
    """The form of a door with everything right but one answer."""
    name, rest, _ = DOORS[field]
    data = dict(rest)
    if name == "cases:register":
        address = reverse(name)
        data |= {"site": house.site.pk, "key": uuid.uuid4()}
    else:
        person = a_patient(house)
        address = reverse(name, args=[person.key])
    if name == "cases:correct":
        page = sign_in(client, house.intake).get(address)
        data |= {"seen": page.context["form"].initial["seen"]}
    if name == "cases:refer":
        data |= {"protocol_version": house.version.pk, "key": uuid.uuid4()}
    data.pop(field, None)
    body = f"{urlencode(data)}&{field}={quote_from_bytes(sent)}"
    sign_in(client, house.intake)
    set_context(user_id=system_user().pk, sites=every_site())
    before = fingerprint()
    answer = client.post(address, body, content_type=FORM)
    return answer, fingerprint() == before


def kept(field):
    """The answer as it was stored last."""
    return getattr(DOORS[field][2].objects.order_by("pk").last(), field) or ""


@pytest.mark.parametrize(("typed", "field"), list(pairs()))
def test_what_is_typed_is_kept_exactly_or_refused_in_words(house, client, typed, field):
    answer, is_untouched = send(client, house, field, typed.sent)

    if answer.status_code == 302:
        assert kept(field) == typed.text.strip()
    elif answer.status_code == 413:  # more than a form may send at all
        assert len(typed.sent) > 2_621_440
        assert is_untouched
    else:
        assert answer.status_code == 422
        assert is_untouched
        assert answer.context["form"].errors[field]
        shown = typed.sent.decode("utf-8", "replace")
        assert shown.replace("\0", "") in unescape(answer.content.decode()).replace("\0", "")


def test_whatever_is_looked_for_is_answered_and_stands_on_the_page(house, client):
    a_patient(house, email="", phone="")
    sign_in(client, house.intake)

    assert [each for typed in texts() if (each := _wrong_with_search(client, typed))] == []


def _wrong_with_search(client, typed):
    body = f"q={quote_from_bytes(typed.sent)}"
    answer = client.post(reverse("cases:search"), body, follow=True, content_type=FORM)
    if answer.status_code == 413 and len(typed.sent) > 2_621_440:
        return ""
    shown = typed.sent.decode("utf-8", "replace").strip().replace("\0", "")
    is_shown = shown in unescape(answer.content.decode()).replace("\0", "")
    return "" if answer.status_code == 200 and is_shown else f"{typed}: {answer.status_code}"


def test_a_cell_of_a_file_is_taken_exactly_or_refused_in_words(house, client):
    sign_in(client, house.intake)

    assert [each for typed in texts() if (each := _wrong_with_cell(client, house, typed))] == []


def _wrong_with_cell(client, house, typed):
    cell = b'"' + typed.sent.replace(b'"', b'""') + b'"'
    rows = b"Family name,Birth date\r\n" + cell + b",1979-02-03\r\n"
    sent = {"site": house.site.pk, "key": uuid.uuid4(), "file": SimpleUploadedFile("p.csv", rows)}
    answer = client.post(reverse("cases:import_people"), sent)
    if answer.status_code == 422:
        return "" if answer.context["form"].errors["file"] else f"{typed}: refused without words"
    page = client.get(answer.url)
    ((line, _),) = page.context["lines"]
    if line.row.wrong:
        return ""
    name = typed.text.strip()
    is_kept = line.row.details["family_name"] == name and escape(name) in page.content.decode()
    return "" if is_kept else f"{typed}: {name!r} became {line.row.details['family_name']!r}"


@pytest.mark.parametrize("typed", days(), ids=str)
def test_a_birth_date_is_the_day_that_was_typed_or_refused_in_words(house, client, typed):
    answer, is_untouched = send(client, house, "date_of_birth", typed.sent)

    if answer.status_code == 302:
        digits = unicodedata.normalize("NFKC", typed.text)
        meant = "".join(str(unicodedata.decimal(each, each)) for each in digits)
        assert Patient.objects.get().date_of_birth == date.fromisoformat(meant)
        assert not typed.doubtful
    else:
        assert (answer.status_code, is_untouched) == (422, True)
        assert answer.context["form"].errors
        assert typed.text.replace("\0", "") in unescape(answer.content.decode()).replace("\0", "")


def test_no_input_is_lost():
    counted = Counter(
        "text" if each.code.startswith("text") else "markup" for each in texts()
    ) | Counter(days=len(days()))

    assert dict(counted) == {kind: COUNTED[kind] for kind in counted}
    assert sum(COUNTED.values()) + sum(count for count, _ in NOT_HERE.values()) == 480
