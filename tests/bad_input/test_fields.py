"""Bad numbers, times and shapes: kept exactly as typed, or refused in words, and nothing between.

A few of each in every run, all of them where VIGIL_LOOK_EVERYWHERE is set.
"""

import os
import random
import unicodedata
import uuid
from datetime import date
from decimal import Decimal
from html import unescape
from urllib.parse import quote_from_bytes, urlencode

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.booking.models import Visit
from clinic.cases.models import Contact
from clinic.checklists.models import Answer
from clinic.context import every_site, set_context
from clinic.people.queries import system_user
from clinic.screening.medicines.models import ListedMedicine
from sessions.supervised.arrival import actions as arrival
from sessions.supervised.models import Order, Reading
from tests.bad_input.inputs import COUNTED, Input, days, moments, numbers, structures
from tests.builders.cases import a_contact, a_patient, a_referred_case
from tests.builders.house import MINUTE, NOON, PASSWORD, a_house, sign_in
from tests.builders.preparation import a_preparing_case
from tests.builders.supervised import (
    a_checked_in_session,
    a_checked_session,
    a_dosed_session,
)
from tests.gates.harness import fingerprint
from tests.matrix.asking import undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
EVERYWHERE = bool(os.environ.get("VIGIL_LOOK_EVERYWHERE"))
SEED, SOME = 5, 12
FORM = "application/x-www-form-urlencoded"
# A comma before three digits is a thousand to one reader and a point to the next; and a number of
# nine letters that fills a disk.
THOUSANDS = [
    (Input(f"dose-{number}", typed, typed.encode()), "dose", kept)
    for number, (typed, kept) in enumerate(
        [
            *((typed, False) for typed in ("1,000", "١,٠٠٠", "１,０００", "1e9999999")),
            *((typed, True) for typed in ("0,125", "2,5", "9" * 12)),
        ]
    )
]
SET = {"r_systolic": "128", "r_diastolic": "82", "r_sedation": "5", "when": "0"}


def some(inputs):
    """All of them, or the same few for the same seed."""
    inputs = list(inputs)
    chance = random.Random(SEED)  # noqa: S311 -- nothing secret is drawn
    return inputs if EVERYWHERE else chance.sample(inputs, min(SOME, len(inputs)))


@pytest.fixture
def house():
    return a_house()


def sends(user, address, data, field, typed):
    """Send a form with everything right but one answer: what came back, and whether anything did."""
    client = sign_in(Client(), user) if user else Client()
    set_context(user_id=system_user().pk, sites=every_site())
    before = fingerprint()
    rest = {name: value for name, value in data.items() if name != field}
    body = f"{urlencode(rest)}&{field}={quote_from_bytes(typed.sent)}"
    answer = client.post(address, body, content_type=FORM)
    return answer, fingerprint() == before


def wrong_with(answer, is_untouched, typed, kept, stored):
    """What is wrong with an answer: taken otherwise than typed, or refused without its words."""
    if answer.status_code == 302:
        return "" if kept and stored() == typed.text.strip() else f"{typed}: taken"
    if kept or answer.status_code != 422 or not is_untouched:
        return f"{typed}: {answer.status_code}, untouched {is_untouched}"
    is_shown = typed.text.replace("\0", "") in unescape(answer.content.decode()).replace("\0", "")
    return "" if is_shown else f"{typed}: what was typed is gone"


def test_a_reading_is_kept_as_typed_or_refused_at_its_field(house):
    session = a_dosed_session(house)
    address = reverse("supervised:observe", args=[session.key])
    asked = [
        *some(numbers("vitals")),
        *((t, "heart_rate", k) for t, _, k in some(numbers("shapes"))),
    ]

    wrong = []
    for typed, parameter, kept in asked:
        field, data = f"r_{parameter}", SET | {"client_key": uuid.uuid4()}
        with undone(), time_machine.travel(NOON + 31 * MINUTE, tick=False):
            if not typed.text.strip():
                kept = None  # nothing measured is nothing stored, beside what was
            answer, is_untouched = sends(house.nurse, address, data, field, typed)
            stored = (
                Reading.objects.filter(parameter=parameter)
                .order_by("pk")
                .values_list("typed", flat=True)
            )
            if kept is None:
                wrong.append(
                    "" if answer.status_code == 302 and typed.text not in stored else str(typed)
                )
            else:
                wrong.append(wrong_with(answer, is_untouched, typed, kept, stored.last))

    assert [each for each in wrong if each] == []


def test_what_is_measured_before_a_dose_is_kept_as_typed_or_refused_at_its_field(house):
    session = a_checked_in_session(house)
    form = arrival.begin_todays_checks(session, by=house.nurse, at=NOON)
    checks = {"revision": form.revision, "shown": "weight_kg"}
    doors = {
        "temperature": ("supervised:observe", "r_temperature", SET, Reading, "typed"),
        "weight_kg": ("supervised:checks", "q_weight_kg", checks, Answer, "value"),
    }

    wrong = []
    for typed, of, kept in numbers("before"):
        name, field, data, rows, column = doors[of]
        address = reverse(name, args=[session.key])
        with undone(), time_machine.travel(NOON + 10 * MINUTE, tick=False):
            data = data | {"client_key": uuid.uuid4()}
            answer, is_untouched = sends(house.nurse, address, data, field, typed)
            asked = {"parameter": of} if rows is Reading else {"item": of}
            stored = rows.objects.filter(**asked).order_by("pk").values_list(column, flat=True)
            wrong.append(wrong_with(answer, is_untouched, typed, kept, stored.last))

    assert [each for each in wrong if each] == []


def test_an_amount_in_another_unit_is_no_amount(house):
    session = a_checked_session(house)
    address = reverse("supervised:order", args=[session.key])

    wrong = []
    for typed, _, kept in some(numbers("units")):
        data = {"seen_amount": "50", "password": PASSWORD}
        with undone(), time_machine.travel(NOON + 20 * MINUTE, tick=False):
            answer, is_untouched = sends(house.prescriber, address, data, "amount", typed)
            wrong.append(wrong_with(answer, is_untouched, typed, kept, Order.objects.count))

    assert [each for each in wrong if each] == []


def test_the_dose_of_a_medicine_is_a_number_as_people_write_it_or_refused_at_its_field(house):
    address = reverse("medicines:add", args=[a_referred_case(house).key])
    told = {"name": "Sertraline", "unit": "mg", "state": "taken"}

    def doses():
        return [each.dose for each in ListedMedicine.objects.all()]

    wrong = []
    for typed, _, kept in [*some(numbers("shapes")), *THOUSANDS]:
        with undone(), time_machine.travel(NOON, tick=False):
            answer, is_untouched = sends(house.intake, address, told, "dose", typed)
            if answer.status_code == 302:
                meant = unicodedata.normalize("NFKC", typed.text.strip()).replace(",", ".")
                if not kept or doses() != [Decimal(meant)]:
                    wrong.append(f"{typed}: became {doses()}")
            else:
                wrong.append(wrong_with(answer, is_untouched, typed, False, doses))

    assert [each for each in wrong if each] == []


def test_a_day_that_is_none_is_refused_where_a_guardianship_ends(house):
    guardian = a_contact(house, a_patient(house), role="guardian")
    address = reverse("cases:guardianship", args=[guardian.key])
    paper = {"document": "Court order", "scope": "Consent to treatment"}

    wrong = []
    for typed in some(days()):
        with undone(), time_machine.travel(NOON, tick=False):
            answer, is_untouched = sends(house.intake, address, paper, "ends_on", typed)
            if answer.status_code == 302:
                digits = unicodedata.normalize("NFKC", typed.text)
                meant = "".join(str(unicodedata.decimal(each, each)) for each in digits)
                stored = Contact.objects.get(pk=guardian.pk).ends_on
                wrong.append("" if stored == date.fromisoformat(meant) else f"{typed}: {stored}")
            else:
                wrong.append(wrong_with(answer, is_untouched, typed, False, str))

    assert [each for each in wrong if each] == []


def test_a_time_there_is_not_is_refused_at_its_field(house):
    case = a_preparing_case(house)
    offer = "preparation:preparation"
    address = f"{reverse('booking:book', args=[case.key])}?visit={offer}"

    wrong = []
    for typed, day in some(moments()):
        data = {"day": day, "minutes": "60", "room": house.room.pk,
                "person_facilitator_0": house.facilitator.pk}  # fmt: skip
        with undone(), time_machine.travel(NOON, tick=False):
            answer, is_untouched = sends(house.intake, address, data, "begins", typed)
            wrong.append(wrong_with(answer, is_untouched, typed, False, Visit.objects.count))

    assert [each for each in wrong if each] == []


def test_whatever_shape_a_form_has_it_is_taken_as_one_thing_or_not_at_all(house):
    patient = a_patient(house)
    address = reverse("cases:contacts", args=[patient.key])

    wrong = []
    for told, body, content_type, headers, name in some(structures()):
        with undone(), time_machine.travel(NOON, tick=False):
            client = sign_in(Client(), house.intake)
            before = fingerprint()
            answer = client.generic("POST", address, body, content_type, **headers)
            is_untouched = fingerprint() == before
            stored = list(Contact.objects.values_list("role", "name", "phone", "ended_at", "site"))
        is_right = [("escort", name, "1", None, house.site.pk)] == stored
        if not (is_right if answer.status_code == 302 else is_untouched):
            wrong.append(f"{told}: {answer.status_code}, {stored}, untouched {is_untouched}")
        elif answer.status_code not in {302, 400, 413, 415, 422}:
            wrong.append(f"{told}: {answer.status_code}")

    assert wrong == []


def test_no_number_time_or_shape_is_lost():
    counted = {kind: len(list(numbers(kind))) for kind in ("shapes", "vitals", "before", "units")}
    counted |= {"moments": len(moments()), "structure": len(structures())}

    assert counted == {kind: COUNTED[kind] for kind in counted}


def test_what_was_typed_is_there_though_the_sign_in_was_over(client, house):
    patient = a_patient(house)
    address = reverse("cases:contacts", args=[patient.key])
    sign_in(client, house.intake)
    client.logout()

    answer = client.post(address, {"role": "escort", "name": "Kim Marlow", "phone": "+1 212 555"})
    page = answer.content.decode()

    assert answer.status_code == 403
    assert "You are signed out" in page
    assert f'href="{reverse("account_login")}?next={address}"' in page
    assert [word for word in ("Kim Marlow", "+1 212 555") if word not in page] == []
    assert not Contact.objects.exists()


def test_of_two_people_on_one_form_the_second_reads_both(client, house):
    patient = a_patient(house)
    address = reverse("cases:correct", args=[patient.key])
    page = sign_in(client, house.intake).get(address)
    shown = {name: value or "" for name, value in page.context["form"].initial.items()}
    first = shown | {"allergies": "Latex"}
    second = first | {"allergies": "Penicillin", "address": "7 Orchard Lane"}

    taken = client.post(address, first)
    late = client.post(address, second)
    again = client.post(address, first)
    knowingly = client.post(address, second | {"seen": late.context["form"]["seen"].value()})

    patient.refresh_from_db()
    assert [a.status_code for a in (taken, late, again, knowingly)] == [302, 409, 409, 302]
    assert (patient.allergies, patient.address) == ("Penicillin", "7 Orchard Lane")
    assert [
        w for w in ("Latex", "Penicillin", "7 Orchard Lane") if w not in late.content.decode()
    ] == []


def test_a_form_that_is_sent_twice_is_taken_once(client, house):
    sign_in(client, house.intake)
    person = {"site": house.site.pk, "key": uuid.uuid4(), "family_name": "Ash", "given_name": "Iris",
              "date_of_birth": "1979-02-03", "language": "en"}  # fmt: skip

    answers = [client.post(reverse("cases:register"), person).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert type(a_patient(house)).objects.filter(family_name="Ash").count() == 1
