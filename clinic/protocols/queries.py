"""Which versions there are, and the document of one, read once and kept."""

from __future__ import annotations

from django.db.models import QuerySet

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


def newest_version(protocol: Protocol) -> ProtocolVersion | None:
    """The version with the highest number, whatever its status."""
    return protocol.versions.order_by("-number").first()


def uncertain_numbers(version: ProtocolVersion) -> tuple[NumberToConfirm, ...]:
    """Every number of a version that somebody must confirm before it is used."""
    return numbers_to_confirm(document_of(version))


def house_is_made_up() -> bool:
    """Whether this house's people and records are made up, for practice."""
    return Organisation.objects.filter(made_up=True).exists()
