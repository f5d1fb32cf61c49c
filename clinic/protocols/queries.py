"""Which versions there are, and the document of one, read once and kept."""

from __future__ import annotations

from django.db.models import Max, QuerySet

from clinic.people.models import Organisation
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import NumberToConfirm, numbers_to_confirm
from clinic.protocols.models import Protocol, ProtocolVersion, Status

# By digest: a document in use never changes, so a process reads it once.
_documents: dict[str, ProtocolDocument] = {}
MOST_KEPT = 64


def document_of(version: ProtocolVersion) -> ProtocolDocument:
    """The document of a version, as the models of a library file read it."""
    if version.digest not in _documents:
        if len(_documents) >= MOST_KEPT:
            _documents.clear()
        _documents[version.digest] = ProtocolDocument.model_validate(version.document)
    return _documents[version.digest]


def published_versions() -> QuerySet[ProtocolVersion]:
    """The versions a case may be opened on: one a protocol."""
    return ProtocolVersion.objects.filter(status=Status.PUBLISHED).select_related("protocol")


def published_version(code: str) -> ProtocolVersion | None:
    """The published version of a protocol, or None."""
    return published_versions().filter(protocol__code=code).first()


def highest_number(protocol: Protocol) -> int:
    """The number of the newest version, whatever its status; nought where there is none."""
    return protocol.versions.aggregate(Max("number"))["number__max"] or 0


def is_loaded(digest: str) -> bool:
    """Whether this very document is a version already."""
    return ProtocolVersion.objects.filter(digest=digest).exists()


def uncertain_numbers(version: ProtocolVersion) -> tuple[NumberToConfirm, ...]:
    """Every number of a version that somebody must confirm before it is used."""
    return numbers_to_confirm(document_of(version))


def house_is_made_up() -> bool:
    """Whether this house's people and records are made up, for practice."""
    return Organisation.objects.filter(made_up=True).exists()
