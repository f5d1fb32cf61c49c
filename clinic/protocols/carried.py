"""The errata that a protocol file carries beside what was published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from decimal import InvalidOperation
from typing import Literal

from pydantic import ValidationError

from clinic.checklists.document import Part, Words
from clinic.checklists.files import located, parse
from clinic.checklists.mistakes import FileMistakes, Misplaced
from clinic.protocols.corrected import ERRATA, Correction, in_force, lay_over
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import read


class Carried(Part):
    """One erratum as a file writes it."""

    number: int
    key: Words
    since: datetime
    kind: Literal["words", "basis", "number", "withdrawal"]
    place: Words
    about: Words
    says: str
    shall_say: Words
    withdraws: int | None = None
    reason: Words
    source: Words


def errata_in(text: str) -> tuple[Correction, ...]:
    """The errata a file carries, in the order of their approval, or every mistake in them."""
    written = parse(text)
    said = written.content.get(ERRATA, []) if isinstance(written.content, dict) else []
    found, wrong = [], []
    for number, each in enumerate(said if isinstance(said, list) else [said]):
        try:
            part = Carried.model_validate(each)
        except ValidationError as misfit:
            wrong += [((ERRATA, number, *e["loc"]), e["msg"], "misfit") for e in misfit.errors()]
            continue
        names = [field.name for field in fields(Correction)]
        found.append(Correction(**{name: getattr(part, name) for name in names}))
    if wrong:
        raise FileMistakes(located(wrong, written))
    return tuple(found)


def read_corrected(text: str) -> ProtocolDocument:
    """Read a file as it binds: what was published with its errata laid over, mistakes by place."""
    document = read(text)
    errata = in_force(errata_in(text))
    wrong = list(_misplaced(document, errata))
    if wrong:
        raise FileMistakes(located(wrong, parse(text)))
    return lay_over(document, errata)


def _misplaced(document: ProtocolDocument, errata: tuple[Correction, ...]) -> Iterator[Misplaced]:
    for number, each in enumerate(errata):
        try:
            lay_over(document, [each])
        except (LookupError, InvalidOperation, ValidationError):
            yield (ERRATA, number), f"“{each.shall_say}” cannot stand at {each.place}.", "misfit"
