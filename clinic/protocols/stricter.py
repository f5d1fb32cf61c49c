"""A site's own numbers laid over a version: stricter, never looser, each beside the protocol's.

Pure: a document and the house's values give a document, before any calculator reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError

from clinic.audit.canonical import decimal_text
from clinic.checklists.document import Checklist
from clinic.protocols.differences import label, name_of_row, unit_of, with_unit
from clinic.protocols.document import Limit, ProtocolDocument
from clinic.protocols.files import check, places

LESS, MORE = "at most", "at least"
# Which way each number is stricter; where there is no number yet, any number is.
STRICTER = {
    ("DoseRange", "maximum"): LESS,
    ("Supplementary", "at_most"): LESS,
    ("Supplementary", "earliest_minutes"): MORE,
    ("Supplementary", "latest_minutes"): LESS,
    ("Supplementary", "vitals_fresh_minutes"): LESS,
    ("StayRow", "minutes"): MORE,
    ("ShorterStay", "minutes"): MORE,
    ("RatioRow", "clients_per_staff"): LESS,
    ("GroupRule", "at_most"): LESS,
    ("TodayRule", "vitals_fresh_minutes"): LESS,
    ("TodayRule", "weight_fresh_days"): LESS,
    ("ReleaseRule", "criteria_fresh_minutes"): LESS,
    ("FreshTest", "fresh_days"): LESS,
    ("Measure", "fresh_days"): LESS,
    ("Enrolment", "fresh_days"): LESS,
    ("Interval", "min_days"): MORE,
    ("Washout", "days"): MORE,
    ("Washout", "half_lives"): MORE,
    ("AgeRule", "minimum"): MORE,
    ("AgeRule", "maximum"): LESS,
    ("OnCallRule", "hours"): MORE,
    ("MonitoringRow", "late_minutes"): LESS,
    ("MonitoringRow", "then_every"): LESS,
    ("VisitRule", "count_min"): MORE,
    ("Checklist", "freshness_days"): LESS,
}
GRAVER = ("normal", "hold", "alarming", "impossible")


@dataclass(frozen=True)
class Number:
    """A number a site may tighten: where it stands, what the protocol says, which way is stricter."""

    place: str
    words: str
    value: Decimal | None
    unit: str
    way: str

    @property
    def said(self) -> str:
        return with_unit(self.value, self.unit) if self.value is not None else "no number"

    def is_stricter(self, value: Decimal) -> bool:
        """Whether a value is stricter than the protocol's; the same one is not."""
        if self.value is None:
            return True
        return value < self.value if self.way == LESS else value > self.value


def numbers(document: ProtocolDocument) -> dict[str, Number]:
    """Every number of a version that a site may tighten, by its place."""
    found = [
        *(each for at, part in places(document) for each in _of_part(at, part, document)),
        *(each for at, part in places(document) if isinstance(part, Limit)
          for each in _of_limit(at, part, document)),
    ]  # fmt: skip
    return {each.place: each for each in found}


def _of_part(at: str, part: BaseModel, document: ProtocolDocument) -> Iterator[Number]:
    for (kind, name), way in STRICTER.items():
        if type(part).__name__ == kind and hasattr(part, name):
            value = getattr(part, name)
            if isinstance(part, Checklist) and value is None:
                continue  # answers of this one never grow old
            section = label(at.partition("[")[0].partition(".")[0])
            row = name_of_row(part, document.unit)
            words = ": ".join(word for word in (section, row, label(name)) if word)
            unit = unit_of(name, part, document.unit)
            yield Number(f"{at}.{name}", words, _decimal(value), unit, way)


def _of_limit(at: str, limit: Limit, document: ProtocolDocument) -> Iterator[Number]:
    """Where one band ends and a graver one begins: the graver may begin sooner."""
    for number, (low, high) in enumerate(zip(limit.bands, limit.bands[1:], strict=False)):
        if low.below is None or low.below != high.starts or low.name == high.name:
            continue
        rises = GRAVER.index(low.name) < GRAVER.index(high.name)
        graver = high if rises else low
        words = f"{name_of_row(limit, None)}: {graver.name.value} {'from' if rises else 'below'}"
        place = f"{at}.bands[{number}].below"
        yield Number(place, words, low.below, limit.unit, LESS if rises else MORE)


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def overlay(document: ProtocolDocument, values: Mapping[str, str]) -> ProtocolDocument:
    """The version as a site treats by it; beside each of its values stands the protocol's."""
    known, plain = numbers(document), json.loads(document.canonical())
    for place, value in values.items():
        # What is no stricter than what is published has no say.
        if place in known and known[place].is_stricter(Decimal(value)):
            said = with_unit(Decimal(value), known[place].unit)
            note = f"House: {said}, protocol: {known[place].said}"
            put(plain, known[place], Decimal(value), note, basis="house")
    return ProtocolDocument.model_validate(plain) if values else document


def why_not(document: ProtocolDocument, values: Mapping[str, str], place: str) -> str:
    """Why a site cannot have this value at this place among its others; "" where it can."""
    number, value = numbers(document)[place], Decimal(values[place])
    if not number.is_stricter(value):
        return f"{number.words}: {decimal_text(value)} is not stricter than {number.said}."
    try:
        stricter = overlay(document, values)
    except ValidationError as wrong:
        return f"{number.words}: {wrong.errors()[0]['msg']}."
    known = {(mistake.place, mistake.code) for mistake in check(document)}
    found = [each for each in check(stricter) if (each.place, each.code) not in known]
    if found:
        return f"With {decimal_text(value)} the protocol would contradict itself: {found[0]}"
    return hole(stricter)


def hole(document: ProtocolDocument) -> str:
    """A band or a range that has been tightened until nothing is left of it."""
    for limit in document.limits:
        for band in limit.bands:
            if band.starts is not None and band.below is not None and band.starts >= band.below:
                return f"{name_of_row(limit, None)}: nothing is left of a band."
    for each in (*document.doses.single, *document.doses.total):
        if each.minimum is not None and each.maximum is not None and each.minimum > each.maximum:
            return "No amount is left that may be given."
    return ""


def put(plain: Any, number: Number, value: Decimal, note: str, basis: str = "") -> None:
    """Write a stricter number into a plain document, with a note before its source."""
    *way, last = _steps(number.place)
    part = plain
    for step in way:
        part = part[step]
    _write(part, last, value, note, basis)
    if last == "count_min":  # who holds more at least holds no fewer as a rule
        part["count_typical"] = max(part["count_typical"], part["count_min"])
    if last == "below" and "name" in part:  # of two bands, where one ends the next begins
        bands = plain
        for step in way[:-1]:
            bands = bands[step]
        _write(bands[way[-1] + 1], "starts", value, note, basis)


def _write(part: dict[str, Any], field: Any, value: Decimal, note: str, basis: str) -> None:
    text = decimal_text(value)
    part[field] = int(text) if text.isdigit() else text
    if "basis" in part:  # a checklist has its source alone
        part["basis"] = basis or part["basis"]
    part["source"] = " · ".join(filter(None, [note, part["source"]]))


def _steps(place: str) -> list[Any]:
    """limits[0].bands[1].below as the keys that lead there."""
    words = place.replace("]", "").replace("[", ".").split(".")
    return [int(word) if word.isdigit() else word for word in words]
