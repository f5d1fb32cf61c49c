"""People and cases, by the acts of intake staff."""

from datetime import date

from clinic.cases import actions, queries
from clinic.cases.models import Contact

from tests.builders.house import DAY, NOON

BORN = date(1985, 7, 14)


def a_patient(house, *, at=NOON - 40 * DAY, **details):
    """A person registered at the house, knowingly where somebody looks alike; nothing seen yet."""
    details = {
        "family_name": "Marlow",
        "given_name": "Robin",
        "date_of_birth": BORN,
        "email": "robin@example.org",
        "phone": "+1 212 555 0123",
        "may_email": True,
    } | details
    names = ("family_name", "given_name", "date_of_birth", "email", "phone")
    alike = queries.possible_duplicates(house.site, **{name: details[name] for name in names})
    details.setdefault("despite", [patient.key for patient, _ in alike])
    return actions.register(by=house.intake, at=at, site=house.site, **details)


def a_known_patient(house, *, at=NOON - 40 * DAY, **details):
    """A person whose document was seen and for whom there is somebody to call."""
    patient = a_patient(house, at=at, **details)
    actions.see_identity(patient, by=house.intake, at=at, document="Passport")
    a_contact(house, patient, at=at)
    return patient


def a_contact(house, patient, *, at=NOON - 40 * DAY, role=Contact.Role.EMERGENCY, **details):
    """Somebody near a patient."""
    details = {"name": "Kim Marlow", "relation": "sister", "phone": "+1 212 555 0199"} | details
    return actions.add_contact(patient, by=house.intake, at=at, role=role, **details)


def a_referred_case(house, *, at=NOON - 40 * DAY, patient=None, **details):
    """A case that has just been opened."""
    return actions.refer(
        patient or a_known_patient(house, at=at, **details),
        by=house.intake,
        at=at,
        protocol_version=house.version,
        referral_source="Dr Harbour, usual doctor",
        referral_reason="Depression that did not answer to two antidepressants.",
    )
