"""A draft from nothing or from a version, changed part by part, or given up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.audit.canonical import digest
from clinic.checklists.files import place_words
from clinic.protocols.drafting.parts import Written
from clinic.protocols.drafting.rules import (
    obstacles_to_begin,
    obstacles_to_change,
    obstacles_to_copy,
    obstacles_to_discard,
)
from clinic.protocols.drafting.words import title_of
from clinic.protocols.models import STEPS, PartChange, Protocol, ProtocolVersion, Status
from clinic.protocols.queries import digest_of, document_of, highest_number
from clinic.workflow import lock, move, refuse_unless_clear


@transaction.atomic
def begin(*, by: Any, at: datetime, code: str, title: str, **said: Any) -> ProtocolVersion:
    """Begin a protocol as an empty draft that says what it is and nothing more."""
    protocol, _ = Protocol.objects.get_or_create(code=code, defaults={"title": title})
    lock(protocol)
    standing = protocol.versions.exclude(status=Status.DISCARDED).first()
    refuse_unless_clear(obstacles_to_begin(standing, by=by, at=at))
    document = {"code": code, "title": title, "edition": f"{at:%Y-%m}", **said}
    version = _draft(protocol, document, by=by, at=at)
    record("protocol begun", version, by=by, at=at, **_name_of(version))
    return version


@transaction.atomic
def copy(version: ProtocolVersion, *, by: Any, at: datetime) -> ProtocolVersion:
    """Begin a new version as a draft that says what a published one says, its errata included."""
    protocol = version.protocol
    lock(protocol)
    lock(version)
    later = protocol.versions.filter(status=Status.DRAFT, number__gt=version.number)
    untouched = later.filter(digest=digest_of(version)).first()
    refuse_unless_clear(obstacles_to_copy(version, untouched, by=by, at=at))
    # What an erratum has put right is right in the next version from its first draft.
    document = json.loads(document_of(version).canonical()) if version.errata else version.document
    draft = _draft(protocol, document, by=by, at=at, made_up=version.is_made_up)
    record("protocol version begun", draft, by=by, at=at, copied=version.number, **_name_of(draft))
    return draft


@transaction.atomic
def change(version: ProtocolVersion, *, by: Any, at: datetime, written: Sequence[Written]) -> None:
    """Write parts of a draft anew, each over the very words its author had before them."""
    lock(version)
    refuse_unless_clear(obstacles_to_change(version, written, by=by, at=at))
    document = version.document
    for each in written:
        document = each.group.put(document, each.said)
    before, version.document, version.digest = version.document, document, digest(document)
    version.save(update_fields=["document", "digest"])
    for each in written:
        place = place_words(each.group.place) or each.group.code
        PartChange.objects.create(version=version, place=place, changed_at=at, changed_by=by)
        record(
            "protocol part changed",
            version,
            by=by,
            at=at,
            part=title_of(each.group),
            place=place,
            before=each.group.digest(before),
            after=each.group.digest(document),
            **_name_of(version),
        )


@transaction.atomic
def discard(version: ProtocolVersion, *, by: Any, at: datetime) -> None:
    """Give up a draft; it stays readable and is never sent to review."""
    lock(version.protocol)
    lock(version)
    refuse_unless_clear(obstacles_to_discard(version, by=by, at=at))
    move(version, Status.DISCARDED, table=STEPS, discarded_at=at, discarded_by=by)
    record("protocol draft discarded", version, by=by, at=at, **_name_of(version))


def _draft(
    protocol: Protocol, document: dict, *, by: Any, at: datetime, made_up: bool = False
) -> ProtocolVersion:
    return ProtocolVersion.objects.create(
        protocol=protocol,
        number=highest_number(protocol) + 1,
        document=document,
        digest=digest(document),
        is_made_up=made_up,
        drafted_at=at,
        drafted_by=by,
    )


def _name_of(version: ProtocolVersion) -> dict[str, Any]:
    return {
        "protocol": version.protocol.code,
        "number": version.number,
        "digest": version.digest,
    }
