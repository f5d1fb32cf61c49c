"""How one document stands for one case at one moment: signed, taken back, grown old, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic.cases.models import Case
from clinic.documents.models import SignedDocument, Text
from clinic.protocols.document import RequiredDocument

Texts = dict[tuple[str, str], Text]


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


def why_not_at(row: Standing, case: Case, moment: datetime) -> str:
    """Why a document will not stand at a coming moment, if nobody does anything; else nothing."""
    return _why_not(row.rule, case, row.text_at(moment), row.last, row.until, moment)


def standing_of(
    rule: RequiredDocument,
    case: Case,
    texts: Texts,
    coming: Mapping[tuple[str, str], list[Text]],
    signed: list[SignedDocument],
    at: datetime,
    applies: bool,
) -> Standing:
    """How one document stands, from what was signed in the case and the texts that bind."""
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
