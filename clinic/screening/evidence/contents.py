"""What a file is, by what stands in it: its name and what a browser says of it are not believed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from hashlib import sha256

from clinic.screening.evidence.models import Evidence

MOST = 10 * 1024 * 1024
MEDIA_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
ENDINGS = {"pdf": "pdf", "jpeg": "jpg", "png": "png"}
PNG = b"\x89PNG\r\n\x1a\n"
# Of a JPEG: where a frame begins, where its picture begins, and marks that have no length.
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
SCAN, END = 0xDA, b"\xff\xd9"
LONE = {0x01, *range(0xD0, 0xD9)}


@dataclass(frozen=True)
class Given:
    """A file as it was given, once it is known what it is."""

    kind: str
    content: bytes

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def read(content: bytes) -> Given:
    """Say what a file is; raises ValueError with a sentence for what it cannot be."""
    if content.startswith(b"%PDF-"):
        kind, is_whole = Evidence.Kind.PDF, _is_whole_pdf(content)
    elif content.startswith(b"\xff\xd8\xff"):
        kind, is_whole = Evidence.Kind.JPEG, _is_whole_jpeg(content)
    elif content.startswith(PNG):
        kind, is_whole = Evidence.Kind.PNG, _is_whole_png(content)
    else:
        raise ValueError(
            "This is no PDF, JPEG or PNG by what stands in it, whatever its name says."
            " Choose another file."
        )
    if not is_whole:
        raise ValueError(
            f"This {kind.label} is cut short or damaged. Save it again, or scan it anew."
        )
    return Given(str(kind), content)


def _is_whole_pdf(content: bytes) -> bool:
    """The last lines of a PDF say where its table begins."""
    _, start, said = content[-2048:].rpartition(b"startxref")
    place, end, _ = said.partition(b"%%EOF")
    where = place.strip()
    return bool(start and end) and where.isdigit() and int(where) < len(content)


def _is_whole_png(content: bytes) -> bool:
    """Each piece carries its length and a sum over what it holds."""
    place, seen = len(PNG), []
    while place + 12 <= len(content):
        length, name = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        held, place = content[place + 4 : place + 8 + length], place + 12 + length
        if place > len(content) or zlib.crc32(held) != int.from_bytes(content[place - 4 : place]):
            return False
        seen.append(name)
        if name == b"IEND":
            return seen[0] == b"IHDR" and b"IDAT" in seen
    return False


def _is_whole_jpeg(content: bytes) -> bool:
    """Marks with their lengths lead to the picture, which ends with a mark of its own."""
    place, has_frame = 2, False
    while place + 4 <= len(content) and content[place] == 0xFF:
        mark = content[place + 1]
        if mark == SCAN:
            return has_frame and content.find(END, place) > 0
        has_frame = has_frame or mark in FRAMES
        if mark == 0xFF:
            place += 1
        else:
            length = 0 if mark in LONE else int.from_bytes(content[place + 2 : place + 4])
            place += 2 + length
    return False
