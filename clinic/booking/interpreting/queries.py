"""Who could interpret for a person at their visits."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.cases.languages import named
from clinic.cases.models import Case, Contact


@dataclass(frozen=True)
class Interpreting:
    """The language somebody needs interpreted, by its name, and who of their contacts does that."""

    needed: str  # empty: nobody is needed
    contacts: tuple[Contact, ...]


def interpreters(case: Case) -> list[Contact]:
    """Who interprets for the person: where the language is known, who interprets that one."""
    found = case.patient.contacts.filter(role=Contact.Role.INTERPRETER, ended_at__isnull=True)
    needed = case.patient.interpreter_language
    return list(found.filter(language__in=["", needed]) if needed else found)


def interpreting_of(case: Case) -> Interpreting:
    """What a page asks about interpreting before a visit is booked."""
    return Interpreting(named(case.patient.interpreter_language), tuple(interpreters(case)))
