"""How one document stands for one case at one moment: signed, taken back, grown old, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from clinic.cases.languages import named
from clinic.cases.models import Case, Contact, Decides
from clinic.documents.capacity.models import CapacityAssessment
from clinic.documents.capacity.queries import lacking
from clinic.documents.models import DeclinedDocument, SignedDocument, Text
from clinic.protocols.document import RequiredDocument

Texts = dict[tuple[str, str], Text]
WHO_WRITES = "A clinic manager or a protocol approver writes it."


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
    declined: DeclinedDocument | None = None  # asked since the newest signature, and declined
    assessments: tuple[CapacityAssessment, ...] = ()  # of the capacity to decide this
    is_paper: bool = False  # the house's own, for who stops, leaves or is moved: it only narrows

    @property
    def word(self) -> str:
        """How it stands, in a word."""
        if self.document is not None:
            return {"no": "No", "limits": "Within limits", "yes": "Yes"}.get(
                self.document.choice, "Signed"
            )
        if self.declined is not None:
            return "Declined"
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
    def may_be_taken_back(self) -> bool:
        """Whether the newest signature is still there: what does not stand today may tomorrow."""
        return self.rule.revocable and self.last is not None and self.last.withdrawn_at is None

    @property
    def waits_for_today(self) -> bool:
        return bool(self.document and self.rule.reaffirm_on_day and not self.reaffirmed_today)


@dataclass(frozen=True)
class Known:
    """What is known in one case: what was signed and declined, what was found of capacity."""

    case: Case
    signed: list[SignedDocument]
    declined: list[DeclinedDocument]
    assessments: Mapping[str, tuple[CapacityAssessment, ...]]


def standing_of(
    rule: RequiredDocument,
    known: Known,
    texts: Texts,
    coming: Mapping[tuple[str, str], list[Text]],
    at: datetime,
    *,
    applies: bool = False,
) -> Standing:
    """How one document stands, from what is known in the case and the texts that bind."""
    case, of = known.case, (rule.code, known.case.patient.language)
    of_this = [row for row in known.signed if row.code == rule.code]
    last = of_this[-1] if of_this else None
    today = at.astimezone(case.site.tz).date()
    said = [each.at for each in last.reaffirmations.all()] if last else []
    # A signature given today is as good as a word given today.
    counted = said + ([last.signed_at] if last else [])
    row = Standing(
        rule=rule,
        text=texts.get(of),
        document=None,
        last=last,
        why_not="",
        until=_until(rule, last, case),
        reaffirmed_at=max(said, default=None),
        reaffirmed_today=any(each.astimezone(case.site.tz).date() == today for each in counted),
        coming=tuple(coming.get(of, ())),
        applies=applies,
        declined=_declined(rule, known, last),
        assessments=known.assessments.get(rule.code, ()),
    )
    why_not = why_not_at(row, case, at)
    return replace(row, why_not=why_not, document=None if why_not else last)


def _declined(
    rule: RequiredDocument, known: Known, last: SignedDocument | None
) -> DeclinedDocument | None:
    """The newest refusal to sign it, unless it was signed after all."""
    refused = [each for each in known.declined if each.code == rule.code]
    if refused and (last is None or last.signed_at <= refused[-1].declined_at):
        return refused[-1]
    return None


def _until(rule: RequiredDocument, last: SignedDocument | None, case: Case) -> date | None:
    if last is None or rule.valid_days is None:
        return None
    return last.signed_at.astimezone(case.site.tz).date() + timedelta(days=rule.valid_days)


def why_not_at(row: Standing, case: Case, moment: datetime) -> str:
    """Why a document will not stand at a coming moment, if nobody does anything; else nothing."""
    text, last = row.text_at(moment), row.last
    if text is None:
        language = named(case.patient.language)
        return f"There is no text of it in the person's language ({language}). {WHO_WRITES}"
    if last is None:
        return _why_not_signed(row, case, moment)
    if last.withdrawn_at is not None:
        return f"Taken back on {_moment(last.withdrawn_at, case)}."
    if last.text_id != text.pk:
        return (
            f"Signed on version {last.text.version} ({last.text.language}); "
            f"version {text.version} ({text.language}) binds from "
            f"{_moment(text.binding_from, case)}."
        )
    if row.until is not None and moment.astimezone(case.site.tz).date() > row.until:
        return f"It stood until {row.until:%d %B %Y}."
    return _why_not_by_who_signed(row, case, last, moment)


def _why_not_signed(row: Standing, case: Case, at: datetime) -> str:
    if row.declined is not None:
        return f"Declined to sign on {_moment(row.declined.declined_at, case)}."
    found = lacking(row.assessments, at)
    return "Not signed." if found is None else lacks_in_words(row.rule, case, found)


def _why_not_by_who_signed(row: Standing, case: Case, last: SignedDocument, at: datetime) -> str:
    """Who signs can decide it then and now; a guardian, as long as they are one of who cannot.

    Where a witness is asked for by now, one signed beside them; a no holds without.
    """
    if row.rule.needs_witness and not last.witness_name and last.choice != "no":
        return "Signed without the witness that it asks for now."
    if last.guardian is not None:
        why_not = why_no_guardian(row.rule, case, last.guardian, at)
        if not why_not and lacking(row.assessments, at) is None:
            why_not = "the person has been found able to decide it since"
        return f"Signed by the guardian {last.guardian.name}: {why_not}." if why_not else ""
    found = lacking(row.assessments, at) or lacking(row.assessments, last.signed_at)
    # A no holds, whoever says it.
    return lacks_in_words(row.rule, case, found) if found and last.choice != "no" else ""


def why_no_guardian(rule: RequiredDocument, case: Case, guardian: Contact, at: datetime) -> str:
    """Why a guardian may not sign a document at a moment, in words; nothing where they may."""
    if rule.guardian_scope is None:
        return "nobody signs this for somebody else"
    if guardian.patient_id != case.patient_id:  # as after two merged records have parted
        return "they are a contact of somebody else"
    why_not = guardian.why_no_guardian_on(at.astimezone(case.site.tz).date())
    if not why_not and rule.guardian_scope not in guardian.covers:
        kind = Decides(rule.guardian_scope).label.lower()
        return f"the guardian's document is not written down as covering decisions on {kind}"
    return why_not


def lacks_in_words(rule: RequiredDocument, case: Case, found: CapacityAssessment) -> str:
    """That the person lacks the capacity to decide this, since when, and who signs then."""
    who = "A guardian signs." if rule.guardian_scope else "Nobody signs this for somebody else."
    since = _moment(found.assessed_at, case)
    return f"Found on {since} to lack the capacity to decide this. {who}"


def _moment(moment: datetime, case: Case) -> str:
    return f"{moment.astimezone(case.site.tz):%d %B %Y, %H:%M}"
