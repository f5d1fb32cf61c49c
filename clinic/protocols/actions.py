"""From a file to a frozen document that a second person published."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.audit.signing import Proof, sign
from clinic.protocols.carried import read_corrected
from clinic.protocols.files import FileMistakes
from clinic.protocols.models import STEPS, Protocol, ProtocolVersion, Status
from clinic.protocols.queries import document_of, highest_number, house_is_made_up
from clinic.protocols.rules import (
    mistakes_as_obstacles,
    obstacles_to_load,
    obstacles_to_publish,
    obstacles_to_retire,
    obstacles_to_send_back,
    obstacles_to_submit,
)
from clinic.workflow import Refused, lock, move, refuse_unless_clear


@transaction.atomic
def load(text: str, *, by: Any, at: datetime, made_up: bool = False) -> ProtocolVersion:
    """Load a file as a draft: whole, or refused with every mistake named by its place.

    The errata a file carries are put right in the draft.
    """
    try:
        document = read_corrected(text)
    except FileMistakes as wrong:
        raise Refused(mistakes_as_obstacles(wrong.mistakes)) from wrong
    protocol, _ = Protocol.objects.get_or_create(
        code=document.code, defaults={"title": document.title}
    )
    lock(protocol)
    made_up = made_up or document.made_up
    same = (
        protocol.versions.filter(digest=document.digest(), is_made_up=made_up)
        .exclude(status=Status.DISCARDED)
        .first()
    )
    refuse_unless_clear(obstacles_to_load(same, by=by, at=at))
    version = ProtocolVersion.objects.create(
        protocol=protocol,
        number=highest_number(protocol) + 1,
        document=json.loads(document.canonical()),
        digest=document.digest(),
        is_made_up=made_up,
        drafted_at=at,
        drafted_by=by,
    )
    record("protocol loaded", version, by=by, at=at, **_name_of(version))
    return version


@transaction.atomic
def submit(version: ProtocolVersion, *, by: Any, at: datetime) -> None:
    """Send a draft to review; from here its document is frozen, in its one spelling."""
    _lock(version)
    refuse_unless_clear(obstacles_to_submit(version, by=by, at=at))
    document = document_of(version)
    move(
        version,
        Status.IN_REVIEW,
        table=STEPS,
        document=json.loads(document.canonical()),
        digest=document.digest(),
        submitted_at=at,
        submitted_by=by,
        is_made_up=version.is_made_up or house_is_made_up(),
    )
    record("protocol sent to review", version, by=by, at=at, **_name_of(version))


@transaction.atomic
def send_back(version: ProtocolVersion, *, by: Any, at: datetime, reason: str) -> None:
    """Make a version in review a draft again, saying why."""
    _lock(version)
    refuse_unless_clear(obstacles_to_send_back(version, by=by, at=at, reason=reason))
    answer = {"sent_back_at": at, "sent_back_by": by, "sent_back_reason": reason}
    move(version, Status.DRAFT, table=STEPS, submitted_at=None, submitted_by=None, **answer)
    record("protocol sent back", version, by=by, at=at, reason=reason, **_name_of(version))


@transaction.atomic
def publish(
    version: ProtocolVersion, *, by: Any, at: datetime, confirmed: Iterable[str], proof: Proof
) -> None:
    """Publish a reviewed version as a second person; the former published version retires."""
    _lock(version)
    confirmed = sorted(confirmed)
    refuse_unless_clear(
        obstacles_to_publish(version, by=by, at=at, confirmed=confirmed, proof=proof)
    )
    former = version.protocol.versions.filter(status=Status.PUBLISHED).first()
    if former:
        move(former, Status.RETIRED, table=STEPS, retired_at=at, retired_by=by)
    move(
        version,
        Status.PUBLISHED,
        table=STEPS,
        published_at=at,
        published_by=by,
        confirmed=confirmed,
    )
    type(version.protocol).objects.filter(pk=version.protocol_id).update(
        title=version.document["title"]
    )
    shown = {"document": version.document, "confirmed": confirmed, **_name_of(version)}
    sign(version, by=by, at=at, meaning="read, confirmed and published", content=shown, proof=proof)
    record(
        "protocol published",
        version,
        by=by,
        at=at,
        confirmed=confirmed,
        retires=former.number if former else None,
        **_name_of(version),
    )


@transaction.atomic
def retire(version: ProtocolVersion, *, by: Any, at: datetime, reason: str) -> None:
    """Take a published version out of use for new cases; open cases stay on it."""
    _lock(version)
    refuse_unless_clear(obstacles_to_retire(version, by=by, at=at, reason=reason))
    why = {"retired_at": at, "retired_by": by, "retired_reason": reason}
    move(version, Status.RETIRED, table=STEPS, **why)
    record("protocol retired", version, by=by, at=at, reason=reason, **_name_of(version))


def _lock(version: ProtocolVersion) -> None:
    # The protocol first: two of its versions are never published side by side.
    lock(version.protocol)
    lock(version)


def _name_of(version: ProtocolVersion) -> dict[str, Any]:
    return {
        "protocol": version.protocol.code,
        "number": version.number,
        "digest": version.digest,
    }
