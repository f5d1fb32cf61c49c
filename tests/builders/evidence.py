"""Results with their papers, by the acts of who screens."""

import struct
import zlib

from clinic.screening.evidence import actions
from clinic.screening.evidence.contents import read
from clinic.screening.evidence.models import Evidence
from tests.builders.house import DAY, NOON

SHOWS = Evidence.Shows


def a_png(pixels=b"\x00\x00"):
    """A picture of one grey dot."""

    def piece(name, held):
        return (
            struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pieces = [(b"IHDR", head), (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(piece(*each) for each in pieces)


def a_pdf(words=b"QTc 412 ms"):
    """A paper of one line."""
    body = b"%PDF-1.7\n% " + words + b"\n"
    return body + b"xref\n0 1\n0000000000 65535 f \nstartxref\n%d\n%%%%EOF\n" % len(body)


def a_jpeg(pixels=b"\x00"):
    """A picture with a frame and a scan."""
    frame = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04\x4a\x46" + frame + b"\xff\xda\x00\x02" + pixels + b"\xff\xd9"


def a_result(house, case, *, code="escort", at=NOON, by=None, content=None, **facts):
    """A result that somebody who screens has entered, with a paper unless `content` is empty."""
    content = a_pdf() if content is None else content
    said = {
        "result": "The sister drives.",
        "shows": SHOWS.AS_ASKED,
        "done_on": (at - DAY).date(),
        "done_by": "Dr Fir, family doctor",
    }
    return actions.enter(
        case,
        by=by or house.intake,
        at=at,
        code=code,
        file=read(content) if content else None,
        **(said | facts),
    )
