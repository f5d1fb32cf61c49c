"""The papers of the house: signed when somebody stops, leaves or is moved, under any protocol."""

from __future__ import annotations

from functools import cache

from clinic.protocols.document import ProtocolDocument, RequiredDocument
from clinic.protocols.files import document_texts
from clinic.workflow import Basis


@cache
def papers() -> tuple[RequiredDocument, ...]:
    """What each paper is, as the shipped texts say. They narrow, so they stop no dose."""
    return tuple(
        RequiredDocument(
            code=text.code,
            title=text.title,
            kind="acknowledgement",
            needed_for_dose=False,
            revocable=False,
            needs_witness=text.needs_witness,
            basis=Basis.HOUSE,
            source=text.source,
        )
        for text in document_texts()
        if text.is_paper and text.language == "en"
    )


def takes_all_back(code: str) -> bool:
    """Whether who signs this paper takes back by it whatever they agreed to: it says so."""
    return any(text.code == code and text.is_paper and text.takes_back for text in document_texts())


def title_of(code: str, document: ProtocolDocument) -> str:
    """What a document is called: by the version, or by the house; an unknown one by its code."""
    rule = document.document(code) or next((each for each in papers() if each.code == code), None)
    return rule.title if rule is not None else code
