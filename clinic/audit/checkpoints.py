"""The heads of the trail as they stood at a moment, signed, to be kept outside the database.

Somebody with the owner's role can rewrite a chain so that it fits again. It no longer fits what a
checkpoint said before, and a checkpoint is signed with a key the database does not hold. Each names
the one before it, so none can be taken out unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import Count, F, Sum

from clinic.audit import guards
from clinic.audit.canonical import canonical
from clinic.audit.models import ChainHead, Checkpoint
from clinic.workflow import alone

STILL_ALIVE = timedelta(hours=1)  # where nothing moves, a checkpoint says so this often


class CheckpointsAltered(ValueError):
    """The checkpoints are not as they were written."""


@dataclass(frozen=True)
class Head:
    """The last link of a stream."""

    stream: str
    sequence: int
    hash: str


@dataclass(frozen=True)
class Written:
    """One checkpoint as it stands outside."""

    number: int
    at: datetime
    previous: str
    heads: tuple[Head, ...]
    line: str
    guards_down: tuple[str, ...] | None = None  # None where it was taken before they were looked at


@transaction.atomic
def take(*, at: datetime) -> Checkpoint | None:
    """Write down the heads that have moved since the last checkpoint, which guards of the database
    are down at this moment, and sign it.

    A head in use at this moment is left for the next checkpoint: nobody waits for this one.
    """
    alone("checkpoint")
    last = Checkpoint.objects.order_by("number").last()
    moved = list(
        ChainHead.objects.select_for_update(skip_locked=True)
        .exclude(sequence=F("told"))
        .order_by("stream")
    )
    if not moved and last and at - last.at < STILL_ALIVE:
        return None
    number = last.number + 1 if last else 1
    body = {
        "number": number,
        "at": at,
        "previous": _digest(last.line) if last else "",
        **ChainHead.objects.aggregate(entries=Sum("sequence", default=0), streams=Count("stream")),
        "heads": [[head.stream, head.sequence, head.hash] for head in moved],
        "guards_down": _guards_down(),
    }
    signature = private_key().sign(canonical(body).encode()).hex()
    line = canonical(body | {"signature": signature})
    ChainHead.objects.filter(stream__in=[head.stream for head in moved]).update(told=F("sequence"))
    return Checkpoint.objects.create(number=number, at=at, line=line)


def read(paths: Iterable[Path]) -> list[Written]:
    """Every checkpoint in these files or folders of files, in order.

    Raises CheckpointsAltered, naming the place, where one was changed or is missing between others.
    """
    key = public_key()
    found: dict[int, Written] = {}
    for path in paths:
        for place, line in _lines(path):
            each = _understood(place, line, key)
            if found.setdefault(each.number, each).line != each.line:
                raise CheckpointsAltered(f"{place} and another copy of {each.number} differ.")
    written = [found[number] for number in sorted(found)]
    for before, after in pairwise(written):
        if after.number != before.number + 1 or after.previous != _digest(before.line):
            raise CheckpointsAltered(
                f"Checkpoint {after.number} does not follow from checkpoint {before.number}:"
                " what stood between them is missing."
            )
    return written


def private_key() -> Ed25519PrivateKey:
    """The key that signs, from the environment or the file kept at home: never in the database."""
    if not settings.CHECKPOINT_KEY:
        raise ImproperlyConfigured("CHECKPOINT_KEY is not set: checkpoints cannot be signed.")
    return Ed25519PrivateKey.from_private_bytes(
        hashlib.sha256(settings.CHECKPOINT_KEY.encode()).digest()
    )


def public_key() -> Ed25519PublicKey:
    """The key that checks; whoever verifies elsewhere needs only this one."""
    if settings.CHECKPOINT_PUBLIC_KEY:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(settings.CHECKPOINT_PUBLIC_KEY))
    return private_key().public_key()


def _guards_down() -> list[str]:
    with connection.cursor() as cursor:
        return [str(each) for each in guards.down(cursor)]


def _lines(path: Path) -> Iterable[tuple[str, str]]:
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    for file in files:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            yield f"{file}, line {number}", line


def _understood(place: str, line: str, key: Ed25519PublicKey) -> Written:
    try:
        body: dict[str, Any] = json.loads(line)
        signature = bytes.fromhex(body.pop("signature"))
        key.verify(signature, canonical(body).encode())
        down = body.get("guards_down")
        return Written(
            number=body["number"],
            at=datetime.fromisoformat(body["at"]),
            previous=body["previous"],
            heads=tuple(Head(*head) for head in body["heads"]),
            line=line,
            guards_down=None if down is None else tuple(down),
        )
    except InvalidSignature as wrong:
        raise CheckpointsAltered(f"{place} is not as it was written.") from wrong
    except (ValueError, KeyError, TypeError, AttributeError) as unreadable:
        raise CheckpointsAltered(f"{place} cannot be read.") from unreadable


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
