"""The heads of the trail written down outside the database, line by line, each signed.

Somebody with the owner's role can rewrite a chain so that it fits again; it no longer fits what
was written down here before. Copy this file off the machine.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from clinic.audit.canonical import canonical
from clinic.audit.queries import Head


class AnchorsAltered(ValueError):
    """The file of anchors is not as it was written."""


def read(path: Path) -> list[Head]:
    """Every head ever anchored; raises AnchorsAltered naming the first line that was changed."""
    found, signature = [], ""
    for number, line in enumerate(_lines(path), start=1):
        try:
            written = json.loads(line)
            said = written.pop("signature")
            head = Head(written["stream"], written["sequence"], written["hash"])
        except (ValueError, KeyError) as unreadable:
            raise AnchorsAltered(f"{path}, line {number} cannot be read.") from unreadable
        signature = _sign(signature, written)
        if not hmac.compare_digest(signature, said):
            raise AnchorsAltered(f"{path}, line {number} is not as it was written.")
        found.append(head)
    return found


def add(path: Path, heads: Iterable[Head], *, at: datetime) -> int:
    """Write down the heads that have moved since the last time; say how many."""
    lines = _lines(path)
    signature = json.loads(lines[-1])["signature"] if lines else ""
    known = {head.stream: head.sequence for head in read(path)}
    moved = [head for head in heads if known.get(head.stream) != head.sequence]
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        for head in moved:
            written = {"at": at.isoformat(), **vars(head)}
            signature = _sign(signature, written)
            file.write(canonical(written | {"signature": signature}) + "\n")
    return len(moved)


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []


def _sign(before: str, written: dict) -> str:
    key = b"vigil-anchor:" + settings.SECRET_KEY.encode()
    return hmac.new(key, (before + canonical(written)).encode(), sha256).hexdigest()
