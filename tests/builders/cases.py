"""People and cases, by the acts of intake staff."""

from datetime import date

from clinic.cases import actions, search
from clinic.cases.models import Case, Contact, Status
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
    alike = search.possible_duplicates(house.site, **{name: details[name] for name in names})
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


# The hand-overs by which the slices above lead a case from one stage to the next.
WALK = [
    (Status.SCREENING, "begin_screening", {}),
    (Status.ELIGIBLE, "decided", {"outcome": "eligible"}),
    (Status.PREPARING, "begin_preparing", {}),
    (Status.READY, "declare_ready", {}),
    (Status.IN_SESSION, "enter_session", {}),
    (Status.INTEGRATING, "leave_session", {}),
    (Status.AFTERCARE, "begin_aftercare", {}),
]
BESIDE = {
    Status.REFERRED: [],
    Status.DEFERRED: [WALK[0], (Status.DEFERRED, "decided", {"outcome": "deferred"})],
    Status.DECLINED: [WALK[0], (Status.DECLINED, "decided", {"outcome": "declined"})],
    Status.SUSPENDED: [(Status.SUSPENDED, "suspend", {"reason": "A letter came."})],
    Status.WITHDRAWN: [(Status.WITHDRAWN, "withdraw", {})],
    Status.LOST: [(Status.LOST, "lose", {"reason": "Called three times."})],
    Status.CLOSED: [
        (Status.WITHDRAWN, "withdraw", {}),
        (Status.CLOSED, "close", {"reason": "Nothing is left to do."}),
    ],
}


def a_case_in(house, status, *, at=NOON, case=None):
    """A case in any status, led there by the acts of cases alone; nothing above it exists."""
    case = case or a_referred_case(house)
    if status == Status.DIED:
        actions.died(case.patient, by=house.nurse, at=at)
        return Case.objects.get(pk=case.pk)
    stages = [stage for stage, _, _ in WALK]
    steps = BESIDE[status] if status in BESIDE else WALK[: stages.index(status) + 1]
    for _, act, facts in steps:
        getattr(actions, act)(case, by=house.medical_lead, at=at, **facts)
    return case
