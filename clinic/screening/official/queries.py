"""What is signed when an authority's form is confirmed."""

from __future__ import annotations

from typing import Any

from clinic.checklists import engine
from clinic.protocols.queries import digest_of
from clinic.screening.official.models import OfficialFormConfirmation
from clinic.screening.queries import Screening


def what_is_confirmed(
    screening: Screening, confirmation: OfficialFormConfirmation
) -> dict[str, Any]:
    """The form as it is named, what is said of it, and the answers it was gone through beside."""
    items = engine.visible_items(screening.checklist, screening.answers)
    assert screening.official_form is not None  # the rules have refused otherwise
    return {
        "case": screening.case.key,
        "protocol version": digest_of(screening.case.protocol_version),
        "form": confirmation.title,
        "edition": confirmation.edition,
        "language or format": confirmation.language,
        "statement": screening.official_form.statement,
        "checklist": screening.form.definition_digest,
        "revision": confirmation.form_revision,
        "answers": [
            {
                "item": item.code,
                "asked": f"{item.number} {item.text}".strip(),
                "answered": engine.spoken(item, screening.answers.get(item.code)),
            }
            for item in items
        ],
    }
