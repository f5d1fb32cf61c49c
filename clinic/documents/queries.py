"""Which texts bind, what was signed under them, and what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clinic.access import Permission, in_reach
from clinic.audit.models import Signature
from clinic.cases.models import Case, Contact
from clinic.cases.models import Status as CaseStatus
from clinic.cases.queries import Wanted, contacts_of
from clinic.documents.capacity.queries import assessed, lacking
from clinic.documents.models import DeclinedDocument, Reaffirmation, SignedDocument, Text
from clinic.documents.papers import papers, takes_all_back, title_of
from clinic.documents.standing import Known, Standing, Texts, standing_of
from clinic.protocols.queries import document_of

BEFORE_THE_DOSE = {CaseStatus.ELIGIBLE, CaseStatus.PREPARING, CaseStatus.READY}

# What makes a document needed lies above: answers, a group, who comes. Who sees it is added here when
# their app is ready: asked with cases and a moment, it answers with the codes needed, by case id.
ASK_WHAT_APPLIES: list[Callable[[list[Case], datetime], Mapping[int, set[str]]]] = []


def visible_documents(user: Any) -> QuerySet[SignedDocument]:
    """The signed documents of the cases this person may open."""
    return SignedDocument.objects.filter(
        in_reach(user, Permission.SEE_CASE)
    ).select_related("text", "witnessed_by", "withdrawn_by", "guardian", "case__patient",
                     "case__site", "case__protocol_version")  # fmt: skip


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
        .select_related("text", "witnessed_by", "withdrawn_by", "guardian")
        .prefetch_related("reaffirmations__by")
        .order_by("pk")
    )
    for row in rows:
        found[row.case_id].append(row)
    return found


def required_of(cases: Iterable[Case], at: datetime) -> dict[int, list[Standing]]:
    """How every document stands in each of many cases, in as many queries however many."""
    cases = list(cases)
    (texts, coming), needed, known = _texts(at), _what_applies(cases, at), known_of(cases)
    return {
        case.pk: [
            standing_of(
                rule, known[case.pk], texts, coming, at, applies=rule.code in needed[case.pk]
            )
            for rule in document_of(case.protocol_version).documents
        ]
        for case in cases
    }


def known_of(cases: list[Case]) -> dict[int, Known]:
    """What was signed, declined and found of capacity in each case, in a constant number of queries."""
    signed, declined, found = signed_of(cases), declined_of(cases), assessed(cases)
    return {
        case.pk: Known(case, signed[case.pk], declined[case.pk], found[case.pk]) for case in cases
    }


def declined_of(cases: Iterable[Case]) -> dict[int, list[DeclinedDocument]]:
    """What people declined to sign in each case, the oldest first."""
    found: dict[int, list[DeclinedDocument]] = {case.pk: [] for case in cases}
    rows = DeclinedDocument.objects.filter(case_id__in=list(found))
    for row in rows.select_related("text", "asked_by", "declined_by").order_by("declined_at", "pk"):
        found[row.case_id].append(row)
    return found


def papers_of(case: Case, at: datetime) -> list[Standing]:
    """The papers of the house for who stops, leaves or is moved: no protocol need name them."""
    texts, known = binding_texts(at, [rule.code for rule in papers()]), known_of([case])[case.pk]
    rows = [standing_of(rule, known, texts, {}, at) for rule in papers()]
    return [replace(row, is_paper=True) for row in rows]


def taken_back_by(code: str, case: Case, at: datetime) -> list[SignedDocument]:
    """What falls when the person signs this paper: the newest word under each revocable text."""
    if not takes_all_back(code):
        return []
    fixed = {row.rule.code for row in required(case, at) if not row.rule.revocable}
    fixed |= {rule.code for rule in papers()}
    newest = {each.code: each for each in signed_of([case])[case.pk]}
    return [
        each
        for code, each in newest.items()
        if code not in fixed and each.withdrawn_at is None and each.choice != "no"
    ]


def signed_since(document: SignedDocument) -> QuerySet[SignedDocument]:
    """What the person agreed to anew under the same text, the newest first; a no is no yes."""
    return SignedDocument.objects.filter(
        case=document.case_id, code=document.code, pk__gt=document.pk, withdrawn_at=None
    ).exclude(choice="no").order_by("-pk")  # fmt: skip


def guardians_for(row: Standing, case: Case, at: datetime) -> QuerySet[Contact] | None:
    """Who may sign for the person: a guardian, and only what the person cannot decide."""
    if row.rule.guardian_scope is None or lacking(row.assessments, at) is None:
        return None
    return contacts_of(case.patient).filter(role=Contact.Role.GUARDIAN)


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
    """How one document stands in this case, or None where neither protocol nor house has it."""
    rows = required(case, at)
    if code in {rule.code for rule in papers()}:
        rows = [*rows, *papers_of(case, at)]
    return next((row for row in rows if row.rule.code == code), None)


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


def refusals_of(case: Case) -> list[tuple[DeclinedDocument, str]]:
    """Everything the person declined to sign, the newest first, as the version calls it today."""
    document = document_of(case.protocol_version)
    rows = declined_of([case])[case.pk]
    return [(each, title_of(each.code, document)) for each in reversed(rows)]


def texts_of(code: str) -> QuerySet[Text]:
    """Every version of one text: what was shown is told by its key, whether it binds or not."""
    return Text.objects.filter(code=code)


def signature_of(document: SignedDocument) -> Signature | None:
    """The witness's signature under a document."""
    return Signature.objects.filter(subject_key=document.key).order_by("pk").first()


def guardian_as_signed(signature: Signature | None) -> dict[str, Any] | None:
    """The guardian who signed and the paper that let them, as both were then; nobody else's."""
    said = json.loads(signature.content).get("guardian") if signature else None
    if said is None:
        return None
    ends_on = said["ends_on"]
    return said | {"ends_on": date.fromisoformat(ends_on) if ends_on else None}


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
            declined = sum(row.declined is not None for row in missing)
            words += " declined" if declined == number else " not signed"
            words += f", {declined} of them declined" if 0 < declined < number else ""
            found[pk] = [Wanted(words, "documents:index")]
    return found


def missing_of(cases: Iterable[Case], at: datetime) -> dict[int, list[Standing]]:
    """What is red in each case: documents without which there is no dose, and nothing stands."""
    return {
        pk: [row for row in rows if row.is_missing] for pk, rows in required_of(cases, at).items()
    }


def reaffirmed_about(document: SignedDocument, about_key: UUID) -> bool:
    """Whether a document was re-affirmed for this very session."""
    return Reaffirmation.objects.filter(document=document, about_key=about_key).exists()
