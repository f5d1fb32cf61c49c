"""Texts come into force; people sign or decline them, take them back, say they still hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic.audit.actions import record
from clinic.audit.canonical import digest
from clinic.audit.signing import Proof
from clinic.audit.signing import sign as put_name_under
from clinic.cases.models import Case, Contact
from clinic.documents import signals
from clinic.documents.models import DeclinedDocument, Reaffirmation, SignedDocument, Text
from clinic.documents.queries import row_of, signed_since, taken_back_by
from clinic.documents.rules import (
    WITHDRAWN,
    is_live,
    obstacles_to_decline,
    obstacles_to_reaffirm,
    obstacles_to_sign_document,
    obstacles_to_withdraw,
)
from clinic.documents.texts.queries import codes_of, examples_left, newest
from clinic.documents.texts.rules import obstacles_to_add_examples, obstacles_to_add_text
from clinic.protocols.models import ProtocolVersion
from clinic.workflow import Refused, alone, refuse_unless_clear


@transaction.atomic
def add_text(
    *,
    by: Any,
    at: datetime,
    code: str,
    language: str,
    title: str,
    body: str,
    is_example: bool = False,
    binding_from: datetime | None = None,
    seen: int | None = None,
) -> Text:
    """Put a new version of a text in force; what was signed under the one before stands no longer."""
    alone(f"text {code} {language}")
    refuse_unless_clear(
        obstacles_to_add_text(
            by=by,
            at=at,
            code=code,
            language=language,
            title=title,
            body=body,
            is_example=is_example,
            binding_from=binding_from,
            seen=seen,
        )
    )
    before = newest(code, language)
    text = Text.objects.create(
        code=code,
        language=language,
        version=before.version + 1 if before else 1,
        title=title,
        body=body,
        digest=digest(_words_of(code, language, title, body)),
        is_example=is_example,
        binding_from=max(binding_from or at, at),
        added_at=at,
        added_by=by,
    )
    record(
        "text put in force",
        text,
        by=by,
        at=at,
        code=code,
        language=language,
        version=text.version,
        digest=text.digest,
        binding_from=text.binding_from,
    )
    return text


@transaction.atomic
def add_examples(version: ProtocolVersion | None = None, *, by: Any, at: datetime) -> list[Text]:
    """Put the shipped example texts in force where the house has none: a protocol's, or all."""
    alone("example texts")
    codes = codes_of(version) if version else None
    if version:
        refuse_unless_clear(obstacles_to_add_examples(version, by=by, at=at))
    for shipped in examples_left(codes):
        alone(f"text {shipped.code} {shipped.language}")
    # Whoever was writing one of them has finished: asked again, it is there.
    return [
        add_text(
            by=by,
            at=at,
            code=shipped.code,
            language=shipped.language,
            title=shipped.title,
            body=shipped.body,
            is_example=True,
        )
        for shipped in examples_left(codes)
    ]


@transaction.atomic
def sign(
    case: Case,
    *,
    by: Any,
    at: datetime,
    code: str,
    text: Text,
    printed_name: str,
    choice: str = "",
    limits: str = "",
    witness_name: str = "",
    witness_relation: str = "",
    guardian: Contact | None = None,
    proof: Proof | None,
) -> SignedDocument:
    """Keep that the person, or their guardian, signed this very text on screen.

    The staff member present signs under it; where the text asks for a witness they sign it too.
    Where the text says that by it everything agreed to is taken back, it is, with this signature.
    """
    case.lock()
    refuse_unless_clear(
        obstacles_to_sign_document(
            case,
            by=by,
            at=at,
            code=code,
            text=text,
            printed_name=printed_name,
            choice=choice,
            limits=limits,
            witness_name=witness_name,
            witness_relation=witness_relation,
            guardian=guardian,
            proof=proof,
        )
    )
    under_effects = is_live(case, at)
    shown = {
        "text": _words_of(text.code, text.language, text.title, text.body),
        "version": text.version,
        "text_digest": text.digest,
        "patient": case.patient.key,
        "case": case.key,
        "printed_name": printed_name.strip(),
        "choice": choice,
        "limits": limits.strip(),
        "witness": {"name": witness_name.strip(), "is": witness_relation.strip()},
        "guardian": _as_guardian(guardian),
        "under_effects": under_effects,
    }
    document = SignedDocument.objects.create(
        case=case,
        text=text,
        code=code,
        choice=choice,
        limits=limits.strip(),
        printed_name=printed_name.strip(),
        shown_digest=digest(shown),
        signed_at=at,
        witnessed_by=by,
        witness_name=witness_name.strip(),
        witness_relation=witness_relation.strip(),
        guardian=guardian,
        under_effects=under_effects,
    )
    put_name_under(
        document,
        by=by,
        at=at,
        meaning=_meaning(guardian, under_effects=under_effects),
        content=shown,
        proof=proof,
    )
    for each in taken_back_by(code, case, at):
        withdraw(each, by=by, at=at, words=f"Signed: {text.title}.")
    record(
        "document signed",
        document,
        by=by,
        at=at,
        code=code,
        version=text.version,
        language=text.language,
        digest=document.shown_digest,
        choice=choice,
        guardian=guardian and guardian.key,
        under_effects=under_effects,
    )
    return document


@transaction.atomic
def decline(
    case: Case, *, by: Any, at: datetime, code: str, asked_by: Any, words: str
) -> DeclinedDocument:
    """Keep that the person was asked to sign and declined: who asked, and what they said."""
    case.lock()
    row = row_of(case, code, at)
    refuse_unless_clear(
        obstacles_to_decline(case, by=by, at=at, code=code, words=words, asked_by=asked_by, row=row)
    )
    declined = DeclinedDocument.objects.create(
        case=case,
        text=row.text if row else None,
        code=code,
        words=words.strip(),
        asked_by=asked_by,
        declined_at=at,
        declined_by=by,
        under_effects=is_live(case, at),
    )
    record(
        "declined to sign",
        declined,
        by=by,
        at=at,
        code=code,
        words=declined.words,
        asked_by=asked_by.key,
        under_effects=declined.under_effects,
    )
    return declined


@transaction.atomic
def withdraw(document: SignedDocument, *, by: Any, at: datetime, words: str = "") -> None:
    """Take a document back for the person, in one act and at once, whatever is going on.

    Was it signed anew behind this page's back, that falls too: they take back the thing itself.
    """
    document.case.lock()
    document.refresh_from_db(fields=["withdrawn_at", "withdrawn_by", "withdrawn_words"])
    refuse_unless_clear(obstacles_to_withdraw(document, by=by, at=at))
    for newer in signed_since(document):
        withdraw(newer, by=by, at=at, words=words)
    under_effects = is_live(document.case, at)
    changed = SignedDocument.objects.filter(pk=document.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=at,
        withdrawn_by=by,
        withdrawn_words=words,
        withdrawn_under_effects=under_effects,
    )
    if not changed:
        raise Refused([WITHDRAWN("This has just been taken back.")])
    document.withdrawn_at, document.withdrawn_by, document.withdrawn_words = at, by, words
    document.withdrawn_under_effects = under_effects
    signals.withdrawn.send(SignedDocument, document=document, by=by, at=at)
    record("document withdrawn", document, by=by, at=at, code=document.code, words=words,
           under_effects=under_effects)  # fmt: skip


@transaction.atomic
def reaffirm(
    document: SignedDocument, *, by: Any, at: datetime, about_key: UUID | None = None
) -> Reaffirmation:
    """Keep that the person said today that what they signed still holds."""
    document.case.lock()
    refuse_unless_clear(obstacles_to_reaffirm(document, by=by, at=at))
    word = Reaffirmation.objects.create(document=document, at=at, by=by, about_key=about_key)
    record("document re-affirmed", document, by=by, at=at, code=document.code, about=about_key)
    return word


def _words_of(code: str, language: str, title: str, body: str) -> dict[str, str]:
    """What is shown of a text, and what its digest is taken of."""
    return {"code": code, "language": language, "title": title, "body": body}


def _as_guardian(guardian: Contact | None) -> dict[str, Any] | None:
    """Who signed for the person, and the paper that let them."""
    if guardian is None:
        return None
    return {
        "contact": guardian.key,
        "name": guardian.name,
        "document": guardian.document,
        "scope": guardian.scope,
        "covers": guardian.covers,
        "ends_on": guardian.ends_on,
    }


def _meaning(guardian: Contact | None, *, under_effects: bool) -> str:
    """What the staff member present puts their name to."""
    words = "saw the person read and sign this text"
    if guardian is not None:
        words = "saw the guardian read and sign this text for the person"
    return f"{words}, under the effects of a dose" if under_effects else words
