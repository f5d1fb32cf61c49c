"""The protocols that come with the software, and what is here of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clinic.protocols.files import library
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import protocols


@dataclass(frozen=True)
class Shipped:
    """A file of the library, and what is here of it already."""

    code: str
    title: str
    versions: tuple[ProtocolVersion, ...]


def shipped() -> list[Shipped]:
    """The files of the library by title, with the versions that stand here of each."""
    here = {
        protocol.code: tuple(protocol.versions.all())
        for protocol in protocols().filter(code__in=library())
    }
    files = [Shipped(code, _title(path), here.get(code, ())) for code, path in library().items()]
    return sorted(files, key=lambda file: file.title)


def _title(path: Path) -> str:
    """The title a file gives itself; the file is read whole only when it is loaded."""
    lines = path.read_text("utf-8").splitlines()
    title = next((line for line in lines if line.startswith("title:")), path.stem)
    return title.removeprefix("title:").strip().strip("\"'")
