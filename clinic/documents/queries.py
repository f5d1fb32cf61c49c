"""Which texts bind, what was signed under them, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clinic.access import Permission, in_reach
from clinic.audit.models import Signature
from clinic.cases.models import Case
from clinic.cases.models import Status as CaseStatus
from clinic.cases.queries import Wanted
from clinic.documents.models import Reaffirmation, SignedDocument, Text
from clinic.documents.standing import Standing, Texts, standing_of
from clinic.protocols.queries import document_of

BEFORE_THE_DOSE = {CaseStatus.ELIGIBLE, CaseStatus.PREPARING, CaseStatus.READY}

# What makes a document needed lies above: answers, a group, who comes. Who sees it is added here when
# their app is ready: asked with cases and a moment, it answers with the codes needed, by case id.
ASK_WHAT_APPLIES: list[Callable[[list[Case], datetime], Mapping[int, set[str]]]] = []


def visible_documents(user: Any) -> QuerySet[SignedDocument]:
    """The signed documents of the cases this person may open."""
    return SignedDocument.objects.filter(
        in_reach(user, Permission.SEE_CASE)
    ).select_related("text", "witnessed_by", "withdrawn_by", "case__patient", "case__site",
                     "case__protocol_version")  # fmt: skip


def binding_texts(at: datetime, codes: Iterable[str] | None = None) -> Texts:
    """The version that binds at a moment, by code and language."""
    texts = Text.objects.filter(binding_from__lte=at).order_by("code", "language", "version")
    if codes is not None:
        texts = texts.filter(code__in=list(codes))
    return {(text.code, text.language): text for text in texts}


def binding_text(code: str, language: str, at: datetime) -> Text | None:
    """The text of one document that binds at a moment in one language."""
    return binding_texts(at, [code]).get((code, language))


def signed_of(cases: Iterable[Case]) -> dict[int, list[SignedDocument]]:
    """Everything signed in each case, oldest first, with what was re-affirmed."""
    found: dict[int, list[SignedDocument]] = {case.pk: [] for case in cases}
    rows = (
        SignedDocument.objects.filter(case_id__in=list(found))
        .select_related("text", "witnessed_by", "withdrawn_by")
        .prefetch_related("reaffirmations__by")
        .order_by("pk")
    )
    for row in rows:
        found[row.case_id].append(row)
    return found


def required_of(cases: Iterable[Case], at: datetime) -> dict[int, list[Standing]]:
    """How every document stands in each of many cases, in as many queries however many."""
    cases = list(cases)
    (texts, coming), signed = _texts(at), signed_of(cases)
    needed = _what_applies(cases, at)
    return {
        case.pk: [
            standing_of(
                rule, case, texts, coming, signed[case.pk], at, rule.code in needed[case.pk]
            )
            for rule in document_of(case.protocol_version).documents
        ]
        for case in cases
    }


def _texts(at: datetime) -> tuple[Texts, dict[tuple[str, str], list[Text]]]:
    """The version that binds at a moment, and those that will bind; by code and language."""
    texts: Texts = {}
    coming: dict[tuple[str, str], list[Text]] = {}
    for text in Text.objects.order_by("code", "language", "version"):
        of = text.code, text.language
        if text.binding_from <= at:
            texts[of] = text
        else:
            coming.setdefault(of, []).append(text)
    return texts, coming


def _what_applies(cases: list[Case], at: datetime) -> dict[int, set[str]]:
    """The codes of what each of these people needs, of what only some need."""
    found: dict[int, set[str]] = {case.pk: set() for case in cases}
    asked = [
        case
        for case in cases
        if any(
            rule.is_conditional and rule.may_stop_dose
            for rule in document_of(case.protocol_version).documents
        )
    ]
    for ask in ASK_WHAT_APPLIES if asked else ():
        for pk, codes in ask(asked, at).items():
            found[pk] |= codes
    return found


def required(case: Case, at: datetime) -> list[Standing]:
    """How every document the protocol asks for stands in this case."""
    return required_of([case], at)[case.pk]


def row_of(case: Case, code: str, at: datetime) -> Standing | None:
    """How one document stands in this case, or None where the protocol has no such document."""
    return next((row for row in required(case, at) if row.rule.code == code), None)


def standing(case: Case, code: str, at: datetime) -> SignedDocument | None:
    """The signature of one document that stands at a moment, if one does."""
    row = row_of(case, code, at)
    return row.document if row else None


def rows_for(case: Case, *, at: datetime) -> list[Standing]:
    """How every document stands, those that stop the dose first."""
    return sorted(required(case, at), key=lambda row: not row.stops_the_dose)


def history_of(case: Case) -> list[tuple[SignedDocument, str]]:
    """Everything ever signed in this case, the newest first, each as the version calls it today."""
    return [(each, called(each, case)) for each in reversed(signed_of([case])[case.pk])]


def called(document: SignedDocument, case: Case) -> str:
    """What the version of a case calls a document today; the text keeps what it was signed as."""
    rule = document_of(case.protocol_version).document(document.text.code)
    return rule.title if rule is not None else document.text.title


def texts_of(code: str) -> QuerySet[Text]:
    """Every version of one text: what was shown is told by its key, whether it binds or not."""
    return Text.objects.filter(code=code)


def signature_of(document: SignedDocument) -> Signature | None:
    """The witness's signature under a document."""
    return Signature.objects.filter(subject_key=document.key).order_by("pk").first()


def reaffirmations_of(document: SignedDocument) -> QuerySet[Reaffirmation]:
    """The days on which the person said that it still holds."""
    return document.reaffirmations.select_related("by").order_by("at")


def wanted_by(cases: list[Case], at: datetime) -> dict[int, list[Wanted]]:
    """What each case that is being prepared still needs signed; red until it is."""
    before = [case for case in cases if case.status in BEFORE_THE_DOSE]
    if not before:
        return {}
    found: dict[int, list[Wanted]] = {}
    for pk, missing in missing_of(before, at).items():
        if missing:
            number = len(missing)
            words = missing[0].rule.title if number == 1 else f"{number} documents"
            found[pk] = [Wanted(f"{words} not signed", "documents:index")]
    return found


def missing_of(cases: Iterable[Case], at: datetime) -> dict[int, list[Standing]]:
    """What is red in each case: documents without which there is no dose, and nothing stands."""
    return {
        pk: [row for row in rows if row.is_missing] for pk, rows in required_of(cases, at).items()
    }


def reaffirmed_about(document: SignedDocument, about_key: UUID) -> bool:
    """Whether a document was re-affirmed for this very session."""
    return Reaffirmation.objects.filter(document=document, about_key=about_key).exists()
