"""Why a visit is not booked as long as nobody has said who interprets."""

from __future__ import annotations

from collections.abc import Iterator

from clinic.booking.interpreting.queries import interpreting_of
from clinic.cases.models import Case, Contact
from clinic.workflow import Obstacle, gate

INTERPRETER = gate(
    "visit_interpreter", "Nobody is named who interprets at the visit.", clears="cases:contacts"
)


def obstacles_in_interpreting(
    case: Case, interpreter: Contact | None, no_interpreter: str
) -> Iterator[Obstacle]:
    """Who needs an interpreter has one named at every visit, or it is said why not."""
    asked = interpreting_of(case)
    if interpreter is not None:
        if interpreter not in asked.contacts:
            what = f"{asked.needed} for {case.patient}" if asked.needed else f"for {case.patient}"
            yield INTERPRETER(
                f"{interpreter.name} does not interpret {what}. Choose somebody else."
            )
    elif asked.needed and not no_interpreter.strip():
        yield INTERPRETER(
            f"{case.patient} needs an interpreter for {asked.needed}. "
            "Say who interprets, or why nobody does."
        )
