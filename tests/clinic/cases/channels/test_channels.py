"""How somebody may be reached: agreed to, taken back, and kept to by what the clinic sends."""

from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.audit.actions import record
from clinic.booking.interpreting.queries import interpreters
from clinic.cases import queries as people
from clinic.cases.channels import actions, queries
from clinic.cases.channels.models import ChannelConsent
from clinic.cases.models import Contact, Patient
from clinic.messages import actions as messages
from clinic.messages.models import Status
from clinic.people.queries import system_user
from clinic.workflow import Refused
from tests.builders.cases import a_contact, a_patient, a_referred_case
from tests.builders.house import DAY, NOON, a_house, sign_in, trail
from tests.builders.messages import a_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


def sent_to(house, case, occurrence):
    message = a_message(house, case=case, patient=case.patient, occurrence=occurrence)
    messages.claim_next(by=system_user(), at=NOON)
    return messages.deliver(message, by=system_user(), at=NOON)


def test_what_was_agreed_at_registration_is_a_consent_of_that_day(house):
    patient = a_patient(house, at=NOON - DAY)

    consent = patient.channel_consents.get()

    assert (consent.channel, consent.given_at, consent.given_by, consent.withdrawn_at) == (
        "email", NOON - DAY, house.intake, None,
    )  # fmt: skip


def test_who_was_marked_before_there_were_consents_agreed_when_they_were_marked(house):
    at_first = a_patient(house, may_email=False, at=NOON - 9 * DAY)
    later = a_patient(house, may_email=False, at=NOON - 9 * DAY)
    for days, by in ((5, house.nurse), (2, house.second_nurse)):  # taken back, and marked again
        record("details corrected", later, by=by, at=NOON - days * DAY, changed=["may_email"])
    record("details corrected", later, by=house.intake, at=NOON, changed=["phone"])
    marked = SimpleNamespace(objects=SimpleNamespace(filter=lambda **_: Patient.objects.all()))
    earlier = SimpleNamespace(
        get_model=lambda app, name: marked if name == "Patient" else apps.get_model(app, name)
    )

    import_module("clinic.migrations.0031_who_may_be_written_to_agreed").agreed_since_marked(
        earlier, None
    )

    found = {each.patient: (each.given_at, each.given_by) for each in ChannelConsent.objects.all()}
    assert found == {
        at_first: (NOON - 9 * DAY, house.intake), later: (NOON - 2 * DAY, house.second_nurse),
    }  # fmt: skip


def test_a_consent_is_taken_back_once_and_both_acts_are_in_the_trail(house):
    patient = a_patient(house, may_email=False)
    consent = actions.agree(patient, by=house.intake, at=NOON - DAY, channel="text")

    actions.take_back(consent, by=house.nurse, at=NOON)
    with pytest.raises(Refused) as refusal:
        actions.take_back(consent, by=house.nurse, at=NOON)

    assert refusal.value.codes == ["has_ended"]
    assert (consent.given_by, consent.withdrawn_by) == (house.intake, house.nurse)
    assert trail()[-2:] == ["agreed to a channel", "channel taken back"]


def test_nothing_goes_by_e_mail_until_it_is_agreed_nor_after_it_is_taken_back(house):
    case = a_referred_case(house, patient=a_patient(house, may_email=False))
    before = sent_to(house, case, "before")
    actions.agree(case.patient, by=house.intake, at=NOON, channel="text")
    other = sent_to(house, case, "agreed to another channel")
    consent = actions.agree(case.patient, by=house.intake, at=NOON, channel="email")
    agreed = sent_to(house, case, "agreed")
    actions.take_back(consent, by=house.intake, at=NOON)
    after = sent_to(house, case, "after")

    assert [each.status for each in (before, other, agreed, after)] == [
        Status.CANCELLED, Status.CANCELLED, Status.SENT, Status.CANCELLED,
    ]  # fmt: skip
    assert len(mail.outbox) == 1


def test_who_wishes_no_contact_is_not_written_to_whatever_they_agreed_to_before(house):
    case = a_referred_case(house, patient=a_patient(house, channel="none"))

    message = sent_to(house, case, "unwished")

    assert (message.status, mail.outbox) == (Status.CANCELLED, [])


def test_what_a_contact_agreed_to_is_not_the_patients_consent(house):
    patient = a_patient(house, may_email=False)
    contact = a_contact(house, patient, email="kim@example.org", zone="Asia/Tokyo")

    actions.agree(patient, by=house.intake, at=NOON, channel="email", contact=contact)

    own, kim = queries.reached(patient)
    assert ([each.channel for each in own.agreed], [each.channel for each in kim.agreed]) == (
        [], ["email"],
    )  # fmt: skip
    assert not patient.agrees_to("email")


def test_a_guardians_document_says_what_who_saw_it_and_when_it_ends(house):
    case = a_referred_case(house)
    guardian = a_contact(house, case.patient, role="guardian", name="Gil Guard")
    paper = {"document": "Court order", "scope": "Consents to treatment"}

    actions.see_guardianship(
        guardian, by=house.intake, at=NOON - DAY, ends_on=date(2026, 11, 19),
        covers=["records", "care"], **paper,
    )  # fmt: skip

    guardian.refresh_from_db()
    assert guardian.covers_in_words == "care and what is given, who may have what is written"
    assert (guardian.document_seen_by, guardian.document_seen_at) == (house.intake, NOON - DAY)
    assert not guardian.is_over_on(date(2026, 11, 19))
    assert guardian.is_over_on(date(2026, 11, 20))


def test_the_case_file_tells_that_a_guardianship_has_ended(client, house):
    case = a_referred_case(house)
    guardian = a_contact(house, case.patient, role="guardian", name="Gil Guard")
    paper = {"document": "Court order", "scope": "Consents to treatment"}
    actions.see_guardianship(
        guardian, by=house.intake, at=NOON - DAY, ends_on=date(2020, 1, 31), **paper
    )
    sign_in(client, house.prescriber)

    for place in ("casefile:show", "cases:contacts"):
        page = client.get(reverse(place, args=[case.key])).content.decode()

        assert "The guardianship ended on 31 Jan 2020." in page
        assert "may decide: Consents to treatment" in page


def test_only_a_guardian_has_a_guardians_document(client, house):
    contact = a_contact(house, a_patient(house))
    sign_in(client, house.intake)

    assert client.get(reverse("cases:guardianship", args=[contact.key])).status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(
            document_seen_at=NOON, document_seen_by=house.intake
        )


def test_a_missing_interpreter_is_on_the_worklist_until_one_of_that_language_is_there(house):
    patient = a_patient(house, interpreter_language="uk")
    case = a_referred_case(house, patient=patient)
    a_contact(house, patient, role="interpreter", name="Pia", language="pl")
    assert interpreters(case) == []
    assert "no interpreter for Ukrainian" in [each.words for each in people.wants_of(case)]

    found = a_contact(house, patient, role="interpreter", name="Oksana", language="uk")

    assert interpreters(case) == [found]
    assert "no interpreter for Ukrainian" not in [each.words for each in people.wants_of(case)]


def test_an_interpreter_from_before_languages_were_asked_is_there(house):
    patient = a_patient(house, interpreter_language="uk")
    case = a_referred_case(house, patient=patient)

    found = a_contact(house, patient, role="interpreter", name="Oksana", language="")

    assert interpreters(case) == [found]
    assert "no interpreter for Ukrainian" not in [each.words for each in people.wants_of(case)]


def test_an_interpreter_is_of_a_language(client, house):
    patient = a_patient(house)
    sign_in(client, house.intake)
    typed = {"role": "interpreter", "name": "Oksana", "phone": "1"}

    answer = client.post(reverse("cases:contacts", args=[patient.key]), typed)

    assert "Say which language they interpret." in answer.content.decode()
    assert (answer.status_code, patient.contacts.count()) == (422, 0)


def test_agreed_and_taken_back_on_the_page_of_contacts(client, house):
    patient = a_patient(house, may_email=False)
    place = reverse("cases:contacts", args=[patient.key])
    sign_in(client, house.intake)

    client.post(reverse("cases:agree", args=[patient.key]), {"agree-channel": "phone"})
    consent = patient.channel_consents.get()
    client.post(reverse("cases:take_back", args=[consent.key]))
    again = client.post(reverse("cases:take_back", args=[consent.key]))

    consent.refresh_from_db()
    assert (consent.withdrawn_by, again.status_code) == (house.intake, 422)
    assert "Telephone: agreed" in client.get(place).content.decode()
