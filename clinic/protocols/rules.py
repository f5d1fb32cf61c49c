"""Why a protocol may not be loaded, submitted, published or retired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may_anywhere
from clinic.audit.canonical import digest
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.checklists.wording.queries import in_use
from clinic.protocols.drafting.told import told
from clinic.protocols.files import Mistake
from clinic.protocols.models import STEPS, ProtocolVersion, Status
from clinic.protocols.queries import (
    complete_document_of,
    has_written_in,
    house_is_made_up,
    uncertain_numbers,
)
from clinic.protocols.slots import forms_asked
from clinic.workflow import ROLE, Obstacle, gate, obstacles_in_status

MISTAKE = gate(
    "file_mistake", "A protocol has a mistake; nothing comes of it before that is mended."
)
SAME_DOCUMENT = gate("same_document", "A version of this protocol says the same, to the letter.")
SECOND_PERSON = gate(
    "published_by_author", "A protocol is published by somebody who did not write it."
)
UNCONFIRMED = gate("unconfirmed_number", "A number that was not read in a source is not confirmed.")
ALTERED = gate("document_altered", "The document is not the one its digest was taken of.")
MADE_UP = gate("made_up_protocol", "A protocol made up for practice stays out of a real clinic.")
NO_TEXT = gate(
    "protocol_text_not_loaded",
    "The protocol asks a form whose text the clinic has not loaded.",
    clears="wording:show",
)
NO_REASON = gate(
    "protocol_without_reason", "A decision that others must understand later has no reason."
)


def mistakes_as_obstacles(mistakes: Iterable[Mistake]) -> Iterator[Obstacle]:
    """Every mistake of a file, named by its place and line."""
    for mistake in mistakes:
        yield MISTAKE(str(mistake))


def obstacles_to_load(same: ProtocolVersion | None, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Only an author loads a file, and none that is a version already."""
    if not by.is_system and not may_anywhere(by, Permission.WRITE_PROTOCOLS):
        yield ROLE("Only a protocol author may load a protocol.")
    if same is not None:
        words = same.get_status_display().lower()
        yield SAME_DOCUMENT(f"This file is version {same.number} ({words}) already, to the letter.")


def obstacles_to_submit(version: ProtocolVersion, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Only an author sends a draft to review."""
    yield from obstacles_in_status(version, Status.IN_REVIEW, STEPS)
    if not may_anywhere(by, Permission.WRITE_PROTOCOLS):
        yield ROLE("Only a protocol author may send a draft to review.")
    yield from _obstacles_in_document(version, by=by)


def obstacles_to_publish(
    version: ProtocolVersion,
    *,
    by: Any,
    at: datetime,
    confirmed: Iterable[str] | None = None,
    proof: Proof | None = None,
) -> Iterator[Obstacle]:
    """A second person, who proves who they are and ticks every uncertain number, publishes.

    Asked without `confirmed`, as a page does before the form, it leaves out what the form answers.
    """
    yield from obstacles_in_status(version, Status.PUBLISHED, STEPS)
    if not may_anywhere(by, Permission.PUBLISH_PROTOCOLS):
        yield ROLE("Only a protocol approver may publish a protocol.")
    if by.pk in (version.drafted_by_id, version.submitted_by_id) or has_written_in(by, version):
        yield SECOND_PERSON(
            "You wrote this version or sent it to review. A second person publishes it."
        )
    yield from _obstacles_in_document(version, by=by)
    if version.is_made_up and not house_is_made_up():
        yield MADE_UP("This version is made up, for practice only.")
    if confirmed is not None:
        ticked = set(confirmed)
        for number in uncertain_numbers(version):
            if number.place not in ticked:
                yield UNCONFIRMED(f"Not confirmed: {number.words} ({number.place}).")
        yield from obstacles_to_sign(by, proof, at)


def obstacles_to_send_back(
    version: ProtocolVersion, *, by: Any, at: datetime, reason: str = "-"
) -> Iterator[Obstacle]:
    """An author or an approver takes a version out of review, saying why."""
    yield from obstacles_in_status(version, Status.DRAFT, STEPS)
    may_write = may_anywhere(by, Permission.WRITE_PROTOCOLS)
    if not may_write and not may_anywhere(by, Permission.PUBLISH_PROTOCOLS):
        yield ROLE("Only a protocol author or approver may send a version back.")
    yield from _obstacles_in_reason(reason)


def obstacles_to_retire(
    version: ProtocolVersion, *, by: Any, at: datetime, reason: str = "-"
) -> Iterator[Obstacle]:
    """An approver retires a published version, saying why; open cases stay on it."""
    yield from obstacles_in_status(version, Status.RETIRED, STEPS)
    if not may_anywhere(by, Permission.PUBLISH_PROTOCOLS):
        yield ROLE("Only a protocol approver may retire a protocol.")
    yield from _obstacles_in_reason(reason)


def obstacles_in_mistakes(version: ProtocolVersion, *, by: Any) -> Iterator[Obstacle]:
    """Every mistake of a version in the draft's own words; who may mend it is led there."""
    may_mend = version.status == Status.DRAFT and may_anywhere(by, Permission.WRITE_PROTOCOLS)
    for mistake in told(version):
        yield MISTAKE(str(mistake), clears=mistake.url if may_mend else "")


def obstacles_in_text(version: ProtocolVersion) -> Iterator[Obstacle]:
    """A form is asked only where the clinic has loaded its text."""
    document, forms = complete_document_of(version), in_use()
    if document is None:
        return
    for code in sorted(forms_asked(document) & set(forms)):
        if forms[code].waits_for_its_text:
            said = f"The text of {forms[code].title} is not loaded, so nobody could be asked it."
            yield NO_TEXT(said, subject=code)


def _obstacles_in_document(version: ProtocolVersion, *, by: Any) -> Iterator[Obstacle]:
    if digest(version.document) != version.digest:
        yield ALTERED("The document was changed after it was loaded. Load the file again.")
        return
    yield from obstacles_in_mistakes(version, by=by)
    yield from obstacles_in_text(version)


def _obstacles_in_reason(reason: str) -> Iterator[Obstacle]:
    if not reason.strip():
        yield NO_REASON("Say why, for those who read it later.")
