"""Which texts bind, what was signed under them, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clinic.access import Permission, in_reach
from clinic.audit.models import Signature
from clinic.cases.models import Case
from clinic.cases.models import Status as CaseStatus
from clinic.cases.queries import Wanted
from clinic.documents.models import Reaffirmation, SignedDocument, Text
from clinic.protocols.document import RequiredDocument
from clinic.protocols.queries import document_of

BEFORE_THE_DOSE = {CaseStatus.ELIGIBLE, CaseStatus.PREPARING, CaseStatus.READY}
Texts = dict[tuple[str, str], Text]

# What makes a document needed lies above: answers, a group, who comes. Who sees it is added here when
# their app is ready: asked with cases and a moment, it answers with the codes needed, by case id.
ASK_WHAT_APPLIES: list[Callable[[list[Case], datetime], Mapping[int, set[str]]]] = []


@dataclass(frozen=True)
class Standing:
    """One document a protocol asks for, and how it stands for one case at one moment."""

    rule: RequiredDocument
    text: Text | None  # the one that binds now, in the person's language
    document: SignedDocument | None  # the signature that stands, if any does
    last: SignedDocument | None  # the newest signature, whether it stands or not
    why_not: str  # in words, why nothing stands
    until: date | None  # the last day on which it stands by itself
    reaffirmed_at: datetime | None
    reaffirmed_today: bool
    coming: tuple[Text, ...] = ()  # newer versions that will bind, in their order
    applies: bool = False  # where only some need it: whether this person does

    @property
    def word(self) -> str:
        """How it stands, in a word."""
        if self.document is not None:
            return {"no": "No", "limits": "Within limits", "yes": "Yes"}.get(
                self.document.choice, "Signed"
            )
        return "Missing" if self.stops_the_dose else "Not signed"

    @property
    def tone(self) -> str:
        if self.document is not None:
            return "good"
        return "danger" if self.stops_the_dose else "neutral"

    @property
    def stops_the_dose(self) -> bool:
        """Whether its absence keeps the dose away: what only permits more never does."""
        return self.rule.stops_dose or (self.rule.may_stop_dose and self.applies)

    def text_at(self, moment: datetime) -> Text | None:
        """The version that binds at this moment or a later one."""
        bound = [text for text in self.coming if text.binding_from <= moment]
        return bound[-1] if bound else self.text

    @property
    def is_missing(self) -> bool:
        return self.document is None and self.stops_the_dose

    @property
    def waits_for_today(self) -> bool:
        return bool(self.document and self.rule.reaffirm_on_day and not self.reaffirmed_today)


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
            _standing(rule, case, texts, coming, signed[case.pk], at, rule.code in needed[case.pk])
            for rule in document_of(case.protocol_version).documents
        ]
        for case in cases
    }


def why_not_at(row: Standing, case: Case, moment: datetime) -> str:
    """Why a document will not stand at a coming moment, if nobody does anything; else nothing."""
    return _why_not(row.rule, case, row.text_at(moment), row.last, row.until, moment)


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


def _standing(
    rule: RequiredDocument,
    case: Case,
    texts: Texts,
    coming: Mapping[tuple[str, str], list[Text]],
    signed: list[SignedDocument],
    at: datetime,
    applies: bool,
) -> Standing:
    text = texts.get((rule.code, case.patient.language))
    of_this = [row for row in signed if row.code == rule.code]
    last = of_this[-1] if of_this else None
    until = _until(rule, last, case)
    why_not = _why_not(rule, case, text, last, until, at)
    today = at.astimezone(case.site.tz).date()
    said = [each.at for each in last.reaffirmations.all()] if last else []
    # A signature given today is as good as a word given today.
    counted = said + ([last.signed_at] if last else [])
    return Standing(
        rule=rule,
        text=text,
        document=None if why_not else last,
        last=last,
        why_not=why_not,
        until=until,
        reaffirmed_at=max(said, default=None),
        reaffirmed_today=any(each.astimezone(case.site.tz).date() == today for each in counted),
        coming=tuple(coming.get((rule.code, case.patient.language), ())),
        applies=applies,
    )


def _until(rule: RequiredDocument, last: SignedDocument | None, case: Case) -> date | None:
    if last is None or rule.valid_days is None:
        return None
    return last.signed_at.astimezone(case.site.tz).date() + timedelta(days=rule.valid_days)


def _why_not(
    rule: RequiredDocument,
    case: Case,
    text: Text | None,
    last: SignedDocument | None,
    until: date | None,
    at: datetime,
) -> str:
    if text is None:
        return f"There is no text of it in the person's language ({case.patient.language})."
    if last is None:
        return "Not signed."
    if last.withdrawn_at is not None:
        return f"Taken back on {last.withdrawn_at.astimezone(case.site.tz):%d %B %Y, %H:%M}."
    if last.text_id != text.pk:
        return (
            f"Signed on version {last.text.version} ({last.text.language}); "
            f"version {text.version} ({text.language}) binds from {_moment(text, case)}."
        )
    if until is not None and at.astimezone(case.site.tz).date() > until:
        return f"It stood until {until:%d %B %Y}."
    return ""


def _moment(text: Text, case: Case) -> str:
    return f"{text.binding_from.astimezone(case.site.tz):%d %B %Y, %H:%M}"
