"""Gates of people, cases and holds, each closed alone."""

import uuid

from django.urls import reverse

from clinic.cases import actions
from clinic.cases.models import Status
from clinic.protocols import actions as protocols
from tests.builders.attention import a_matter
from tests.builders.cases import a_case_in, a_known_patient, a_patient, a_referred_case
from tests.builders.house import HOUR, NOON
from tests.gates.harness import BY_THE_FORM, Situation, closed


def registering(house, says, **typed):
    data = {
        "family_name": "Marlow",
        "given_name": "Robin",
        "date_of_birth": "1985-07-14",
        "language": "en",
        "site": house.site.pk,
        "key": uuid.uuid4(),
    }
    return Situation(house.intake, reverse("cases:register"), data | typed, says)


def referring(house, patient, says, version=None):
    data = {
        "protocol_version": (version or house.version).pk,
        "referral_source": "self",
        "key": uuid.uuid4(),
    }
    return Situation(house.intake, reverse("cases:refer", args=[patient.key]), data, says)


def leaving(house, case, act, says, *, reason="For a reason.", page=True):
    return Situation(
        house.prescriber,
        reverse("cases:leave", args=[case.key, act]),
        {f"{act}-reason": reason},
        says,
        page=reverse("cases:lifecycle", args=[case.key]) if page else "",
    )


@closed("possible_duplicate")
def the_same_person_is_here(house):
    a_patient(house)
    return registering(house, "has the same name and birth date.")


@closed("birth_date")
def they_are_not_born_yet(house):
    return registering(house, "The birth date lies in the future.", date_of_birth="2026-12-01")


@closed("deceased")
def they_have_died(house):
    patient = actions.died(a_known_patient(house), by=house.nurse, at=NOON - HOUR)
    return referring(house, patient, "has died.")


@closed("version_not_published")
def the_version_was_retired_meanwhile(house):
    patient = a_known_patient(house)
    protocols.retire(house.version, by=house.approver, at=NOON - HOUR, reason="Old.")
    return referring(house, patient, "cases are opened on a published version.")


@closed("case_on_same_protocol")
def they_are_in_treatment(house):
    case = a_referred_case(house)
    return referring(house, case.patient, "has case 1 on this protocol, referred.")


@closed("reason_missing")
def no_reason_is_given(house):
    case = a_referred_case(house)
    return leaving(house, case, "suspend", "Say why.", reason="", page=False)


@closed("in_the_room")
def they_are_in_the_room(house):
    case = a_case_in(house, Status.IN_SESSION, at=NOON - HOUR)
    return leaving(house, case, "lose", "say there that they left unseen.")


@closed("open_matter")
def a_matter_waits(house):
    case = a_case_in(house, Status.WITHDRAWN, at=NOON - HOUR)
    matter = a_matter(house, case=case)
    return leaving(house, case, "close", f"Still open: {matter.words}")


@closed("patient_is_held")
def they_are_held(house):
    case = a_case_in(house, Status.SUSPENDED, at=NOON - HOUR)
    hold(house, "patient", case.patient)
    return leaving(house, case, "resume", "put a hold on this patient: A report is awaited.")


def hold(house, on, target):
    actions.place_hold(
        house.site,
        by=house.medical_lead,
        at=NOON - HOUR,
        on=on,
        target_key=target.key,
        words=str(target),
        reason="A report is awaited.",
    )


@closed("already_held")
def it_is_held_already(house):
    case = a_referred_case(house)
    hold(house, "room", house.room)
    url = reverse("cases:hold", args=[case.key])
    typed = {"target": f"room:{house.room.key}", "reason": "Another report."}
    return Situation(house.safety_lead, url, typed, "A hold lies on this already.")


@closed(
    "not_at_this_site",
    BY_THE_FORM,
    "tests/clinic/cases/test_views.py::test_only_who_opens_a_case_file_is_offered_for_its_team",
)
def a_colleague_opens_no_case_file(house):
    url = reverse("cases:team", args=[a_referred_case(house).key])
    typed = {"user": house.manager.pk, "capacity": "nurse"}
    return Situation(house.nurse, url, typed, "Select a valid choice.")


@closed("already_on_the_team")
def they_are_on_the_team(house):
    case = a_referred_case(house)
    actions.join_team(case, by=house.nurse, at=NOON - HOUR, user=house.nurse, capacity="nurse")
    url = reverse("cases:team", args=[case.key])
    typed = {"user": house.nurse.pk, "capacity": "nurse"}
    return Situation(house.nurse, url, typed, "is in the care team as ")


@closed("has_ended")
def the_contact_was_ended(house):
    contact = a_known_patient(house).contacts.get()
    actions.end_contact(contact, by=house.intake, at=NOON - HOUR)
    url = reverse("cases:end_contact", args=[contact.key])
    return Situation(house.intake, url, {}, "was ended already.")


@closed("channel_agreed_already")
def they_agreed_already(house):
    url = reverse("cases:agree", args=[a_patient(house, may_email=True).key])
    return Situation(house.intake, url, {"agree-channel": "email"}, "agreed to e-mail already.")
