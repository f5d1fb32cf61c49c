"""How a gate of the dose says no: with the authority and the decider the version gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clinic.protocols.document import Gate as GateOfVersion
from clinic.workflow import Basis, Decider, Gate, Obstacle, gate
from sessions.preparation.facts import Facts


@dataclass(frozen=True)
class Barred(Obstacle):
    """An obstacle to the dose; `role` is the named role that may decide past it."""

    role: str = ""

    @property
    def is_decidable(self) -> bool:
        return self.decider != Decider.NOBODY


def decider_of(words: str) -> tuple[Decider, str]:
    """Read who may decide as a version writes it: nobody, prescriber, role:…, sponsor_ethics."""
    if words.startswith("role:"):
        return Decider.NAMED_ROLE, words.removeprefix("role:")
    return Decider(words), ""


def barred(
    which: Gate,
    facts: Facts,
    message: str,
    *,
    decider: str = "",
    basis: Any = None,
    citation: str = "",
    subject: Any = "",
    clears: str = "",
) -> Barred:
    """Say no at a gate, as this version words its authority; a finer rule may say its own."""
    rule = facts.document.gate(which.code) or _unnamed(which)
    who, role = decider_of(decider or rule.decider)
    return Barred(
        code=which.code,
        message=message,
        basis=Basis(str(basis or rule.basis)),
        citation=citation or rule.source,
        decider=who,
        clears=clears or which.clears,
        subject=str(subject) if subject else "",
        role=role,
    )


def _unnamed(which: Gate) -> GateOfVersion:
    return GateOfVersion(
        code=which.code, decider="nobody", basis="house", source=which.citation or "house"
    )


def _gate(code: str, meaning: str, **facts: Any) -> Gate:
    # A version that names the gate says its own basis, citation and decider; these stand behind.
    return gate(code, meaning, **({"basis": Basis.PROTOCOL} | facts))


LAW, HOUSE = Basis.LAW, Basis.HOUSE
BY_PRESCRIBER, BY_ROLE = Decider.PRESCRIBER, Decider.NAMED_ROLE
HERE = "preparation:ready"

CONSENT = _gate(
    "consent", "A required document is not signed, not in force or not re-affirmed today.",
    basis=LAW, citation="Informed consent before treatment", clears="documents:index",
)  # fmt: skip
SCREENING_SIGNED = _gate(
    "screening_signed", "No entitled person has signed the screening as it stands now.",
    clears="screening:decide",
)  # fmt: skip
EXCLUSIONS = _gate(
    "exclusions", "A finding of the screening is open; not known counts as the finding.",
    decider=BY_ROLE, clears="screening:findings",
)  # fmt: skip
WASHOUTS = _gate(
    "washouts", "Something has not been left off for long enough on the day.",
    decider=BY_PRESCRIBER, clears="screening:findings",
)  # fmt: skip
TESTS_FRESH = _gate(
    "tests_fresh", "A test or a measure is missing or too old on the day.",
    decider=BY_PRESCRIBER, clears="preparation:show",
)  # fmt: skip
PREPARATION_VISITS = _gate(
    "preparation_visits", "Too few preparation visits, or outside their window.",
    decider=BY_ROLE, clears="preparation:show",
)  # fmt: skip
AGE = _gate(
    "age", "The age on the day does not fit, or no identity document has been seen.",
    clears="cases:identity",
)  # fmt: skip
LICENCE = _gate(
    "licence", "Somebody's licence does not hold on the day, in the place, for the act.",
    basis=LAW, clears="people:staff",
)  # fmt: skip
ROLES_PRESENT = _gate(
    "roles_present", "A required role is not with the person, on the premises or reachable.",
    clears="supervised:presence",
)  # fmt: skip
RATIO = _gate("ratio", "Too few staff are with the people in the room.", decider=BY_ROLE)
TODAYS_CHECKS = _gate("todays_checks", "One of today's checks is open.", decider=BY_PRESCRIBER)
CAPACITY = _gate(
    "capacity", "The person's capacity to consent today is not established.", basis=LAW
)
VITALS = _gate(
    "vitals", "A vital sign is missing, too old or outside its limits.", decider=BY_PRESCRIBER
)
WAY_HOME = _gate(
    "way_home", "There is no plan for the way home that the protocol accepts.",
    clears="preparation:way_home",
)  # fmt: skip
EMERGENCY_CONTACT = _gate(
    "emergency_contact", "Nobody is named whom to call.", decider=BY_ROLE,
    clears="cases:contacts",
)  # fmt: skip
INTERVAL = _gate("interval", "An earlier dose of the person lies too near.", decider=BY_PRESCRIBER)
NO_OTHER_LIVE_SESSION = _gate(
    "no_other_live_session", "The person is in another session.", basis=HOUSE
)
AMOUNT = _gate("amount", "The amount is not ordered, or outside its limits.", decider=BY_ROLE)
LOT = _gate(
    "lot", "The lot is not the right one, out of date, recalled or too small.", basis=LAW,
    citation="21 CFR 1304.21", clears="stock:index",
)  # fmt: skip
SECOND_PERSON = _gate(
    "second_person", "No second entitled person, who is not the first, has checked the dose."
)
ON_CALL = _gate(
    "on_call", "Nobody is on call for the time that follows.", decider=BY_ROLE,
    clears="people:rota",
)  # fmt: skip
HOLD = _gate("hold", "Something behind this dose is held.", clears="cases:hold")
EXTERNAL_ENROLMENT = _gate(
    "external_enrolment",
    "An entry in a register outside is missing, not as it must be, or looked up too long ago.",
    clears="preparation:show",
)
