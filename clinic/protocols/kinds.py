"""What a version brings to the slices below it: the forms of its tests and of its registers."""

from __future__ import annotations

from typing import Any

from clinic.checklists import queries as checklists
from clinic.checklists.document import Checklist
from clinic.protocols.queries import document_of


def form_of_version(case: Any, code: str) -> Checklist | None:
    """The form of a test or a register that the version of a case asks for."""
    document = document_of(case.protocol_version)
    asked = {each.code for each in document.tests} | {
        each.checklist for each in document.enrolments
    }
    return document.checklists.get(code) if code in asked else None


checklists.ASK_THE_VERSION.append(form_of_version)
