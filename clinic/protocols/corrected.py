"""A version with its errata laid over it: what it says from the moment they were approved.

Pure: a document and the errata in force give a document, before any calculator reads it. Words and
authorities may be put right; a number only so that it is stricter; nothing is added or taken away.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel, ValidationError

from clinic.audit.canonical import canonical, decimal_text
from clinic.checklists.mistakes import Place, place_words
from clinic.protocols.differences import OVERVIEW, SECTIONS, label, name_of_row
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import check
from clinic.protocols.stricter import LESS, Number, hole, numbers, put
from clinic.workflow import Basis

WORDS, BASIS, NUMBER, WITHDRAWAL = "words", "basis", "number", "withdrawal"

# The words people read, part by part. A code, a unit, a jurisdiction, a name by which something is
# found again or a word that decides when a rule counts is none of them: it changes what is meant.
CORRECTABLE: dict[str, tuple[str, ...]] = {
    "ProtocolDocument": ("summary",),
    "OpenPoint": ("words",),
    "CoursePhase": ("title", "decision"),
    "OfficialForm": ("title", "statement"),
    "DenialReason": ("label",),
    "RequiredDocument": ("title",),
    "VisitRule": ("title",),
    "RoleRule": ("title",),
    "FreshTest": ("label", "expected"),
    "Washout": ("label", "half_life_source"),
    "Enrolment": ("label",),
    "Message": ("subject", "body"),
    "Touchpoint": ("title", "prompts"),
    "Report": ("title",),
    "ReportField": ("filled_from",),
    "Parameter": ("label", "short"),
    "Band": ("words",),
    "BaselineLimit": ("words",),
    "MissReason": ("label",),
    "OneTapEvent": ("label",),
    "AdverseEventTerm": ("label", "source"),
    "Grade": ("label", "help", "source"),
    "RescueStep": ("label", "detail"),
    "Pieces": ("name", "names"),
    "DoseStep": ("words",),
    "Checklist": ("title", "introduction", "attribution", "source"),
    "Item": ("text", "help", "group"),
    "Option": ("label",),
    "Consequence": ("message", "citation"),
    "ScoreBand": ("label", "flag"),
    "RedFlag": ("message", "citation"),
    "Subscale": ("title",),
    "Scoring": ("source",),
}
# The part of a file that holds them, and what it says of each.
ERRATA = "errata"
ERRATUM = (
    "number", "key", "since", "kind", "place", "about", "says", "shall_say", "withdraws", "reason",
    "source",
)  # fmt: skip
BASES = tuple(basis.value for basis in Basis)


@dataclass(frozen=True)
class Spot:
    """A place of a document that an erratum may touch, under the heading a reader finds it by."""

    place: str
    kind: str
    heading: str
    about: str
    says: str
    number: Number | None = field(default=None, compare=False)

    @property
    def section(self) -> str:
        """The heading as an address writes it."""
        return slug_of(self.heading)

    @property
    def where(self) -> str:
        """The place from its heading down, which is said once."""
        is_said = self.about.startswith(f"{self.heading}: ")
        return self.about if is_said else f"{self.heading}: {self.about}"


@dataclass(frozen=True)
class Correction:
    """An approved erratum as the version carries it."""

    key: str
    number: int
    since: datetime
    kind: str
    place: str
    about: str
    says: str
    shall_say: str
    reason: str
    source: str
    withdraws: int | None

    @property
    def is_withdrawal(self) -> bool:
        return self.kind == WITHDRAWAL


def slug_of(heading: str) -> str:
    """A heading as an address writes it."""
    return "-".join("".join(c if c.isalnum() else " " for c in heading.lower()).split())


def corrections(written: Iterable[dict[str, Any]], at: datetime | None = None) -> list[Correction]:
    """What a version carries, up to a moment: the earliest first."""
    found = [
        Correction(
            since=datetime.fromisoformat(each["from"]),
            **{name: value for name, value in each.items() if name != "from"},
        )
        for each in written
    ]
    return [each for each in found if at is None or each.since <= at]


def in_force(found: Iterable[Correction]) -> tuple[Correction, ...]:
    """Those that still count: none that a later one took back."""
    found = tuple(found)
    gone = {each.withdraws for each in found if each.is_withdrawal}
    return tuple(each for each in found if not each.is_withdrawal and each.number not in gone)


def spots(document: ProtocolDocument) -> dict[str, Spot]:
    """Every place of a document that an erratum may touch, in the order of the document."""
    found: dict[str, Spot] = {}
    tightened = numbers(document)
    for place, part, trail in _parts(document, (), ()):
        for spot in _in_part(place, part, trail):
            found[spot.place] = spot
    for number in tightened.values():
        heading = _heading(number.place.partition("[")[0].partition(".")[0])
        said = number.said
        found[number.place] = Spot(number.place, NUMBER, heading, number.words, said, number)
    return found


def _in_part(place: Place, part: BaseModel, trail: tuple[str, ...]) -> Iterator[Spot]:
    heading = _heading(str(place[0])) if place else OVERVIEW
    names = CORRECTABLE.get(type(part).__name__, ())
    if "source" in type(part).model_fields and "source" not in names:
        names = (*names, "source")
    for name in names:
        value = getattr(part, name)
        lines = enumerate(value) if isinstance(value, tuple) else [(None, value)]
        for number, words in lines:
            if not words:
                continue
            at = (*place, name) if number is None else (*place, name, number)
            title = label(name) if number is None else f"{label(name)} {number + 1}"
            about = ": ".join([*trail, title])
            yield Spot(place_words(at), WORDS, heading, about, str(words))
    if "basis" in type(part).model_fields:
        about = ": ".join([*trail, label("basis")])
        yield Spot(place_words((*place, "basis")), BASIS, heading, about, str(part.basis))  # type: ignore[attr-defined]


def _heading(name: str) -> str:
    return next((title for title, names in SECTIONS if name in names), OVERVIEW)


def _parts(
    part: Any, at: Place, trail: tuple[str, ...]
) -> Iterator[tuple[Place, BaseModel, tuple[str, ...]]]:
    """Every part with its place and the words a reader finds it by."""
    if isinstance(part, BaseModel):
        yield at, part, trail
    for name, child in _inside(part):
        if not isinstance(child, BaseModel | dict | tuple):
            continue
        said = name if isinstance(name, str) and isinstance(part, BaseModel) else ""
        own = name_of_row(child, None) if isinstance(child, BaseModel) else ""
        # A list is named once: by its field at the top, by the row inside it.
        words = [word for word in (label(said) if said and len(at) == 0 else "", own) if word]
        yield from _parts(child, (*at, name), (*trail, *words))


def _inside(part: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(part, BaseModel):
        return [(name, getattr(part, name)) for name in type(part).model_fields]
    if isinstance(part, dict):
        return list(part.items())
    return list(enumerate(part))


def lay_over(document: ProtocolDocument, errata: Iterable[Correction]) -> ProtocolDocument:
    """The document as it binds with these errata in force, one after the other."""
    for each in errata:
        document = _corrected(document, each.place, each.shall_say, each)
    return document


def _corrected(
    document: ProtocolDocument, place: str, shall_say: str, erratum: Correction | None
) -> ProtocolDocument:
    spot, plain = spots(document).get(place), json.loads(document.canonical())
    if spot is None:  # a version is frozen, so this is a file that was written elsewhere
        raise LookupError(place)
    if spot.number is not None:
        value = Decimal(shall_say)
        if not spot.number.is_stricter(value):  # what stands there by now is stricter still
            return document
        said = f"Erratum {erratum.number}: {erratum.source}" if erratum else "Erratum"
        put(plain, spot.number, value, f"{said}; printed: {spot.number.said}")
    else:
        *way, last = steps(place)
        part = plain
        for step in way:
            part = part[int(step) if isinstance(part, list) else step]
        part[int(last) if isinstance(part, list) else last] = shall_say
    return ProtocolDocument.model_validate(plain)


def why_not(document: ProtocolDocument, place: str, shall_say: str) -> tuple[str, str]:
    """Why a place cannot say this, as (kind, words): same, looser, unfit; ("", "") where it can."""
    spot = spots(document)[place]
    if not shall_say.strip():
        return "unfit", f"{spot.about}: an erratum takes nothing away."
    if spot.number is not None:
        value = number_of(shall_say)
        if value is None:
            return "unfit", f"{spot.about}: “{shall_say}” is no number."
        if not spot.number.is_stricter(value):
            way = "less" if spot.number.way == LESS else "more"
            return "looser", (
                f"{spot.about}: {decimal_text(value)} is not stricter than {spot.says} ({way} is"
                " stricter). An erratum binds every open case at once, so that it may only make"
                " the version stricter. Write a new version instead, and move the cases to it."
            )
    elif shall_say == spot.says:
        return "same", "It says that already."
    try:
        corrected = _corrected(document, place, shall_say, None)
    except ValidationError as wrong:
        return "unfit", f"{spot.about}: {wrong.errors()[0]['msg']}."
    known = {(mistake.place, mistake.code) for mistake in check(document)}
    found = [each for each in check(corrected) if (each.place, each.code) not in known]
    if found:
        return "unfit", f"With this the version would contradict itself: {found[0]}"
    gap = hole(corrected)
    return ("unfit", gap) if gap else ("", "")


def with_one_more(document: ProtocolDocument, place: str, shall_say: str) -> ProtocolDocument:
    """The document with one more correction, which `why_not` found nothing against."""
    return _corrected(document, place, shall_say, None)


def number_of(text: str) -> Decimal | None:
    """What was typed as a number, or None."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def steps(place: str) -> list[str]:
    """limits[0].bands[1].below as the names and numbers that lead there."""
    return place.replace("]", "").replace("[", ".").split(".")


def known_as(errata: Iterable[Correction]) -> str:
    """What tells one set of errata from another, for whoever keeps the document they make."""
    return canonical([each.key for each in errata])
