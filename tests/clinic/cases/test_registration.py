from datetime import date

import pytest

from clinic.cases import actions, queries
from clinic.cases.digests import email_digest, phone_digest
from clinic.workflow import CHANGED, Refused
from tests.builders.cases import BORN, a_known_patient, a_patient
from tests.builders.house import NOON, a_house, codes, trail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


def register(house, *, by=None, **details):
    details = {"family_name": "Nobody", "date_of_birth": date(1960, 1, 1)} | details
    return actions.register(by=by or house.intake, at=NOON, site=house.site, **details)


def test_a_person_is_registered_with_the_next_identifier_of_the_site(house):
    before = trail()

    patients = [register(house), register(house, family_name="Other")]

    assert [patient.number for patient in patients] == ["000001", "000002"]
    assert trail() == [*before, "patient registered", "patient registered"]


def test_somebody_with_one_name_and_nothing_else_is_registered(house):
    patient = register(house, family_name="Suharto")

    assert (str(patient), patient.zone) == ("Suharto", "America/New_York")


def test_only_intake_staff_of_the_site_register(house):
    before = trail()

    with pytest.raises(Refused) as refusal:
        register(house, by=house.nurse)

    assert codes(refusal) == ["role"]
    assert trail() == before


@pytest.mark.parametrize("born", [date(2026, 11, 19), date(1900, 1, 1)])
def test_a_birth_date_must_be_one(house, born):
    with pytest.raises(Refused) as refusal:
        register(house, date_of_birth=born)

    assert codes(refusal) == ["birth_date"]


@pytest.mark.parametrize(
    "like",
    [
        {"family_name": "Marlow", "given_name": "Robin", "date_of_birth": BORN},
        {"family_name": "Robin", "given_name": "Marlow", "date_of_birth": BORN},
        {"family_name": "MARLÓW", "given_name": "robin", "date_of_birth": BORN},
        {"family_name": "Marlowe", "given_name": "Robyn", "date_of_birth": BORN},
        {"phone": "(212) 555-0123"},
        {"phone": "٢١٢٥٥٥٠١٢٣"},
        {"email": " Robin@Example.org"},
    ],
    ids=[
        "same",
        "turned round",
        "accent",
        "misheard",
        "telephone",
        "digits of another script",
        "mail",
    ],
)
def test_who_may_be_the_same_person_is_named_before(house, like):
    there = a_patient(house)

    with pytest.raises(Refused) as refusal:
        register(house, **like)

    (obstacle,) = refusal.value.obstacles
    assert (obstacle.code, obstacle.subject) == ("possible_duplicate", str(there.key))


@pytest.mark.parametrize(
    "unlike",
    [
        {"family_name": "Marlow", "given_name": "Robin", "date_of_birth": date(1985, 7, 15)},
        {"family_name": "Quist", "given_name": "Ada", "date_of_birth": BORN},
        {"email": "", "phone": ""},
    ],
)
def test_nobody_is_named_who_is_not_alike(house, unlike):
    a_patient(house)

    assert register(house, **unlike).number == "000002"


def test_whoever_is_named_is_passed_knowingly(house):
    there = a_patient(house)

    second = register(house, email="robin@example.org", despite=[str(there.key)])

    assert second.number == "000002"


def test_patients_of_another_site_are_not_named(house):
    a_patient(house)

    there = actions.register(
        by=_intake_elsewhere(house),
        at=NOON,
        site=house.other_site,
        family_name="Marlow",
        given_name="Robin",
        date_of_birth=BORN,
    )

    assert there.number == "000001"


def _intake_elsewhere(house):
    house.stranger.roles.create(site=house.other_site, role="intake", valid_from=house.at)
    house.stranger.__dict__.pop("roles_now", None)
    return house.stranger


def test_what_was_corrected_is_named_in_the_trail_without_its_words(house):
    patient = a_patient(house)
    before = trail()

    actions.correct(patient, by=house.intake, at=NOON, email="new@example.org", phone="030 1234567")

    patient.refresh_from_db()
    assert (patient.email, patient.email_digest) == (
        "new@example.org",
        email_digest("new@example.org"),
    )
    assert patient.phone_digest == phone_digest("+49 30 1234567")
    assert trail() == [*before, "details corrected"]


def test_a_corrected_name_has_to_be_seen_again(house):
    patient = a_known_patient(house)

    actions.correct(patient, by=house.intake, at=NOON, family_name="Marlowe")

    patient.refresh_from_db()
    assert (patient.identity_seen_at, patient.sort_name) == (None, "marlowe robin")


def test_a_corrected_telephone_needs_no_document(house):
    patient = a_known_patient(house)

    actions.correct(patient, by=house.intake, at=NOON, phone="1")

    patient.refresh_from_db()
    assert patient.identity_seen_at is not None


def test_nobody_writes_over_what_they_have_not_seen(house):
    patient = a_patient(house)
    seen = queries.details_as_seen(patient)
    actions.correct(patient, by=house.intake, at=NOON, known_as="Rob", seen=seen)

    with pytest.raises(Refused) as refusal:
        actions.correct(patient, by=house.intake, at=NOON, known_as="Bobby", seen=seen)

    assert codes(refusal) == [CHANGED.code]


@pytest.mark.parametrize("act", ["correct", "see_identity", "add_contact"])
def test_a_manager_changes_nothing_of_a_patient(house, act):
    patient = a_patient(house)
    before = trail()
    facts = {
        "correct": {"known_as": "Rob"},
        "see_identity": {"document": "Passport"},
        "add_contact": {"role": "escort", "name": "Kim", "phone": "1"},
    }[act]

    with pytest.raises(Refused) as refusal:
        getattr(actions, act)(patient, by=house.manager, at=NOON, **facts)

    assert codes(refusal) == ["role"]
    assert trail() == before


def test_a_document_is_seen_by_somebody(house):
    patient = a_patient(house)

    actions.see_identity(patient, by=house.nurse, at=NOON, document="Passport")

    patient.refresh_from_db()
    assert (patient.identity_seen_by, patient.identity_document) == (house.nurse, "Passport")
    assert trail()[-1] == "identity document seen"


def test_a_contact_ends_once(house):
    patient = a_known_patient(house)
    contact = patient.contacts.get()
    actions.end_contact(contact, by=house.intake, at=NOON)

    with pytest.raises(Refused) as refusal:
        actions.end_contact(contact, by=house.intake, at=NOON)

    assert codes(refusal) == ["has_ended"]
    assert trail()[-2:] == ["contact added", "contact ended"]
