"""Which instruments there are here, and which of them have their words."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.checklists import files
from clinic.checklists.document import Checklist
from clinic.checklists.wording.models import AcceptedTerms, InstrumentText

# By digest: words that stand never change, so a process reads them once.
_worded: dict[str, Checklist] = {}


@dataclass(frozen=True)
class Instrument:
    """One instrument as the clinic has it."""

    checklist: Checklist  # as it can be used here: with the loaded words, where there are any
    shipped: Checklist
    terms: AcceptedTerms | None
    text: InstrumentText | None

    @property
    def has_a_slot(self) -> bool:
        """Whether its words are the clinic's to load."""
        return self.shipped.waits_for_its_text

    @property
    def version(self) -> int:
        return self.text.version if self.text else 0

    @property
    def status(self) -> str:
        """The state of its words, as a code the pages colour."""
        if self.shipped.takes_a_result:
            return "result"
        if not self.has_a_slot:
            return "whole"
        return "loaded" if self.text else "accepted" if self.terms else "waiting"

    @property
    def state(self) -> str:
        return {
            "result": "Result only",
            "whole": "Whole",
            "loaded": "Text loaded",
            "accepted": "Terms accepted",
            "waiting": "Text not loaded",
        }[self.status]


def instruments() -> list[Instrument]:
    """Every instrument, by its code."""
    terms = {each.code: each for each in AcceptedTerms.objects.select_related("accepted_by")}
    texts = {each.code: each for each in _newest().select_related("loaded_by")}
    return [
        Instrument(
            _as_loaded(texts[code]) if code in texts else shipped,
            shipped,
            terms.get(code),
            texts.get(code),
        )
        for code, shipped in sorted(files.instruments().items())
    ]


def instrument(code: str) -> Instrument | None:
    """One instrument as the clinic has it, or None where there is none of this name."""
    return next((each for each in instruments() if each.checklist.code == code), None)


def in_use() -> dict[str, Checklist]:
    """Every instrument by its code, with the words the clinic loaded."""
    loaded = {text.code: _as_loaded(text) for text in _newest()}
    return {**files.instruments(), **loaded}


def waiting() -> set[str]:
    """The instruments nobody can be asked yet, for want of their words."""
    return {code for code, each in in_use().items() if each.waits_for_its_text}


def _newest():
    return InstrumentText.objects.order_by("code", "-version").distinct("code")


def _as_loaded(text: InstrumentText) -> Checklist:
    if text.digest not in _worded:
        _worded[text.digest] = Checklist.model_validate(text.definition)
    return _worded[text.digest]
