"""Protocols and texts as files: read whole or refused with every mistake named by its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from clinic.audit.canonical import canonical
from clinic.checklists.document import Consequence
from clinic.checklists.files import build, instruments, located, parse, place_words
from clinic.checklists.mistakes import FileMistakes, Misplaced, Mistake, Place
from clinic.checklists.written import Written
from clinic.protocols.checker import check_protocol
from clinic.protocols.document import ProtocolDocument, Sourced
from clinic.protocols.slots import check_slots
from clinic.protocols.stand_ins import filled, told_of_the_rest

__all__ = [
    "DocumentText",
    "FileMistakes",
    "Mistake",
    "NumberToConfirm",
    "check",
    "document_text",
    "document_texts",
    "library",
    "mistakes_in",
    "numbers_to_confirm",
    "places",
    "read",
    "write",
]

LIBRARY = Path(__file__).parent / "library"
TEXTS = Path(__file__).parent.parent / "documents" / "library"


@dataclass(frozen=True)
class NumberToConfirm:
    """Something in a protocol that its approver must confirm before it is used."""

    place: str
    words: str
    source: str


@dataclass(frozen=True)
class DocumentText:
    """The example text of a document, to be replaced by the clinic's own."""

    code: str
    title: str
    version: int
    language: str
    is_example: bool
    body: str
    is_paper: bool = False  # any case has it, whatever its protocol: it only narrows
    needs_witness: bool = False
    takes_back: bool = False  # who signs it takes back by it whatever they agreed to
    source: str = ""


def read(source: str | bytes | Path) -> ProtocolDocument:
    """Read a protocol from YAML, or refuse it with every mistake named by its place and line.

    What was published is read: the errata a file carries leave the digest what it was.
    """
    return _read(source.read_bytes() if isinstance(source, Path) else source)


# Reading takes a second, and the same few files are read again and again: by the loader and then
# by whoever confirms their numbers, by every rehearsal. A document never changes once it is read.
@lru_cache(maxsize=16)
def _read(source: str | bytes) -> ProtocolDocument:
    written = parse(source)
    if isinstance(written.content, dict):
        written.content.pop("errata", None)  # beside what was published; see `carried`
    return build(
        written,
        ProtocolDocument,
        _everything_wrong,
    )


def write(document: ProtocolDocument) -> str:
    """Write a document in the file format of the library; read again it has the same digest."""
    content = document.model_dump(mode="json", exclude_defaults=True)
    for checklist in content.get("checklists", {}).values():
        del checklist["code"]  # said once, by its key
    return yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, indent=2
    )


class _Dumper(yaml.SafeDumper):
    """No anchors, which the reader refuses: what stands twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def check(document: ProtocolDocument) -> tuple[Mistake, ...]:
    """List what is missing or contradictory in a document that was not read from a file."""
    return tuple(located(_everything_wrong(document), None))


def _everything_wrong(document: ProtocolDocument) -> Iterator[Misplaced]:
    yield from check_protocol(document, set(instruments()))
    yield from check_slots(document, instruments())


def mistakes_in(content: dict[str, Any]) -> tuple[Mistake, ...]:
    """List what is missing, misfits or contradicts in a draft, complete or not, all at once."""
    found = _mistakes(content)
    whole, stands = filled(content)
    if stands:
        known = {(mistake.place, mistake.code) for mistake in found}
        rest = told_of_the_rest(_mistakes(whole), stands)
        found += tuple(each for each in rest if (each.place, each.code) not in known)
    return found


def _mistakes(content: dict[str, Any]) -> tuple[Mistake, ...]:
    try:
        build(
            Written(content, {}),
            ProtocolDocument,
            _everything_wrong,
        )
    except FileMistakes as wrong:
        return wrong.mistakes
    return ()


def numbers_to_confirm(document: ProtocolDocument) -> tuple[NumberToConfirm, ...]:
    """List everything the approver must tick, because no source for it has been read."""
    return tuple(
        NumberToConfirm(place_words(place), _words(part), _source(part))
        for place, part in _parts(document, ())
        if isinstance(part, Sourced | Consequence) and part.confirm
    )


def places(document: ProtocolDocument) -> Iterator[tuple[str, BaseModel]]:
    """Name the place of every part of a document."""
    for place, part in _parts(document, ()):
        if isinstance(part, BaseModel):
            yield place_words(place), part


@cache
def library() -> dict[str, Path]:
    """List the shipped protocols by their code."""
    return {path.stem: path for path in sorted(LIBRARY.glob("*.yaml"))}


@cache
def document_texts() -> tuple[DocumentText, ...]:
    """List the shipped example texts."""
    return tuple(_text(path) for path in sorted(TEXTS.glob("*.md")))


def document_text(code: str, language: str = "en") -> DocumentText:
    """Find an example text; one that is not shipped is a KeyError."""
    found = {(text.code, text.language): text for text in document_texts()}
    return found[code, language]


def _text(path: Path) -> DocumentText:
    _, head, body = path.read_text("utf-8").split("---\n", 2)
    said: dict[str, Any] = parse(head).content
    return DocumentText(
        code=said["code"],
        title=said["title"],
        version=said["version"],
        language=said["language"],
        is_example=said["example"],
        body=body.strip() + "\n",
        is_paper=said.get("paper", False),
        needs_witness=said.get("witness", False),
        takes_back=said.get("takes_back", False),
        source=said.get("source", ""),
    )


def _parts(part: Any, at: Place) -> Iterator[tuple[Place, Any]]:
    yield at, part
    inside: list[tuple[str | int, Any]] = []
    if isinstance(part, BaseModel):
        inside = [(name, getattr(part, name)) for name in type(part).model_fields]
    elif isinstance(part, dict):
        inside = list(part.items())
    elif isinstance(part, tuple):
        inside = list(enumerate(part))
    for name, child in inside:
        if isinstance(child, BaseModel | dict | tuple):
            yield from _parts(child, (*at, name))


def _source(part: Sourced | Consequence) -> str:
    return part.citation if isinstance(part, Consequence) else part.source


def _words(part: BaseModel) -> str:
    """Say what stands there in the fields' own names, without what is said beside it anyway."""
    silent = {"basis", "source", "citation", "confirm", "decider"}
    said = [
        f"{name.replace('_', ' ')}: {_said(getattr(part, name))}"
        for name, field in type(part).model_fields.items()
        if name not in silent and getattr(part, name) != field.default
    ]
    return "; ".join(said)


def _said(value: Any) -> str:
    if isinstance(value, BaseModel):
        given = value.model_dump(exclude_defaults=True)
        return ", ".join(f"{name.replace('_', ' ')} {_said(each)}" for name, each in given.items())
    if isinstance(value, tuple | list):
        return ", ".join(_said(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(each)}" for name, each in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else canonical(value).strip('"')
