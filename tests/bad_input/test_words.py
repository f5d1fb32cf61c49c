"""Words at the doors after registration: kept exactly as typed, or refused in words.

Documents, booking, the patient's own links, the way home, screening answers, preparation visits,
guardians, medicines, and where somebody is who is seen at a distance.
A few texts at each in every run, all of them where VIGIL_LOOK_EVERYWHERE is set.
"""

from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from clinic.booking.models import Visit, Whereabouts
from clinic.cases.models import Contact
from clinic.checklists.models import Answer
from clinic.context import every_site, set_context
from clinic.documents import queries as papers
from clinic.documents.models import SignedDocument
from clinic.links.tokens import token_of
from clinic.people.queries import system_user
from clinic.safety.concerns.models import Concern
from clinic.screening import queries as screening
from clinic.screening.medicines.models import ListedMedicine
from sessions.preparation import actions as preparation
from sessions.preparation import queries as preparations
from sessions.preparation.models import WayHome
from tests.bad_input.inputs import texts
from tests.bad_input.test_fields import sends, some
from tests.builders.booking import a_visit
from tests.builders.cases import a_contact, a_referred_case
from tests.builders.documents import a_signature
from tests.builders.house import DAY, HOUR, NOON, PASSWORD, a_house
from tests.builders.links import a_link
from tests.builders.packets import a_packet
from tests.builders.preparation import a_preparing_case
from tests.builders.screening import a_begun_screening
from tests.matrix.asking import undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
MOST = 2_621_440  # bytes a form may send


@dataclass(frozen=True)
class Door:
    """Who sends what where, which of its answers is bad, and what is kept of it."""

    user: Any
    address: str
    field: str
    kept: Any
    data: dict


def booking(house):
    visit = a_visit(house, a_preparing_case(house), starts_at=NOON + DAY)
    at = reverse("booking:cancel", args=[visit.key])
    return Door(house.intake, at, "reason", lambda: Visit.objects.get(pk=visit.pk).reason, {})


def way_home(house):
    case = a_preparing_case(house)
    data = {"kind": "adult_present", "escort_phone": "1", "will_not_drive": "on",
            "pickup_day": "2026-11-30", "pickup_time": "18:00"}  # fmt: skip
    at = reverse("preparation:way_home", args=[case.key])
    return Door(
        house.facilitator, at, "escort_name", lambda: WayHome.objects.last().escort_name, data
    )


def documents(house):
    signed = a_signature(house, a_preparing_case(house))
    at = reverse("documents:withdraw", args=[signed.key])
    rows = SignedDocument.objects.filter(pk=signed.pk)
    return Door(house.facilitator, at, "words", lambda: rows.get().withdrawn_words, {})


def telling_by_a_link(house):
    _, token = a_link(house, a_preparing_case(house))
    at = reverse("links:tell", args=[token])

    def kept():
        sites = every_site()
        set_context(user_id=house.safety_lead.pk, sites=sites, hears=sites, clock=NOON)
        return Concern.objects.get().words

    return Door(None, at, "words", kept, {})


def screening_answers(house):
    case = a_begun_screening(house, at=NOON - DAY)
    form = screening.current_form(case)
    at = reverse("screening:form", args=[case.key])
    data = {"revision": form.revision, "q_psychosis": "yes", "shown": "psychosis psychosis_detail"}
    return Door(house.intake, at, "q_psychosis_detail", lambda: _answer("psychosis_detail"), data)


def preparation_visits(house):
    case = a_preparing_case(house)
    visit = a_visit(house, case, starts_at=NOON - HOUR)
    preparation.open_content(visit, by=house.facilitator, at=NOON)
    form = preparations.content_form(visit)
    at = reverse("preparation:visit", args=[visit.key])
    data = {"revision": form.revision}
    return Door(house.facilitator, at, "q_note", lambda: _answer("note"), data)


def answers_of_a_packet(house):
    link = a_packet(house, a_referred_case(house))
    at = reverse("links:open", args=[token_of(link)])
    data = {"revision": "0", "q_psychosis": "yes", "shown": "psychosis psychosis_detail"}
    return Door(None, at, "q_psychosis_detail", lambda: _answer("psychosis_detail"), data)


def the_limits_of_a_consent(house):
    return _signing(house, "limits", {"choice": "limits", "printed_name": "Robin Marlow"})


def the_name_under_a_consent(house):
    return _signing(house, "printed_name", {"choice": "yes"})


def _signing(house, field, data):
    case = a_preparing_case(house)
    (row, *_) = [each for each in papers.rows_for(case, at=NOON) if each.rule.widens]
    at = reverse("documents:sign", args=[case.key, row.rule.code])
    data = {"text": row.text.key, "password": PASSWORD} | data
    signed = SignedDocument.objects.order_by("pk")
    return Door(house.facilitator, at, field, lambda: getattr(signed.last(), field), data)


def a_guardians_paper(house):
    return _guardianship(house, "document", {"scope": "Consent to treatment"})


def what_a_guardian_may_decide(house):
    return _guardianship(house, "scope", {"document": "Court order"})


def _guardianship(house, field, data):
    guardian = a_contact(house, a_referred_case(house).patient, role="guardian")
    at = reverse("cases:guardianship", args=[guardian.key])
    kept = Contact.objects.filter(pk=guardian.pk)
    return Door(house.intake, at, field, lambda: getattr(kept.get(), field), data)


def what_a_contact_is_to_the_person(house):
    at = reverse("cases:contacts", args=[a_referred_case(house).patient.key])
    data = {"role": "escort", "name": "Kim", "phone": "1"}
    rows = Contact.objects.order_by("pk")
    return Door(house.intake, at, "relation", lambda: rows.last().relation, data)


def the_name_of_a_medicine(house):
    return _medicine(house, "name", {})


def remarks_on_a_medicine(house):
    return _medicine(house, "words", {"name": "Sertraline"})


def _medicine(house, field, data):
    at = reverse("medicines:add", args=[a_begun_screening(house, at=NOON - DAY).key])
    rows = ListedMedicine.objects.order_by("pk")
    return Door(
        house.intake, at, field, lambda: getattr(rows.last(), field), {"state": "taken"} | data
    )


def where_to_ring_back(house):
    return _whereabouts(house, "ring_back")


def the_emergency_number_there(house):
    return _whereabouts(house, "emergency_number")


def _whereabouts(house, field):
    visit = a_visit(house, a_preparing_case(house), room=None)
    at = reverse("booking:whereabouts", args=[visit.key])
    rows = Whereabouts.objects.order_by("pk")
    data = {"place": "US-OR", "ring_back": "+1 201 555 0142", "emergency_number": "911"}
    return Door(house.facilitator, at, field, lambda: getattr(rows.last(), field), data)


def _answer(item):
    row = Answer.objects.filter(item=item).last()
    return row.value if row else ""


DOORS = [
    booking, way_home, documents, telling_by_a_link, screening_answers, preparation_visits,
    answers_of_a_packet, the_limits_of_a_consent, the_name_under_a_consent, a_guardians_paper,
    what_a_guardian_may_decide, what_a_contact_is_to_the_person, the_name_of_a_medicine,
    remarks_on_a_medicine, where_to_ring_back, the_emergency_number_there,
]  # fmt: skip


def wrong_with(door, typed):
    """What is wrong with what became of one text at one door, undone afterwards."""
    with undone():
        answer, is_untouched = sends(door.user, door.address, door.data, door.field, typed)
        shown = typed.sent.decode("utf-8", "replace").replace("\0", "")
        if answer.status_code == 302:
            set_context(user_id=system_user().pk, sites=every_site(), clock=NOON)
            kept = door.kept() or ""
            return "" if kept == typed.text.strip() else f"{typed}: became {kept[:60]!r}"
        if answer.status_code == 413 and len(typed.sent) > MOST and is_untouched:
            return ""
        if answer.status_code != 422 or not is_untouched:
            return f"{typed}: {answer.status_code}, untouched {is_untouched}"
        return "" if shown in _read(answer) else f"{typed}: what was typed is gone"


def _read(answer):
    return unescape(answer.content.decode()).replace("\0", "")


@pytest.mark.parametrize("build", DOORS, ids=lambda build: build.__name__)
def test_words_are_kept_exactly_or_refused_in_words(build):
    door = build(a_house())

    with time_machine.travel(NOON, tick=False):
        wrong = [wrong_with(door, typed) for typed in some(texts())]

    assert [each for each in wrong if each] == []
