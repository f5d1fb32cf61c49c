"""Which versions a version is held against, and what is different in it."""

from __future__ import annotations

from django.db.models import QuerySet

from clinic.protocols import differences
from clinic.protocols.models import ProtocolVersion, Status
from clinic.protocols.queries import document_of


def others(version: ProtocolVersion) -> QuerySet[ProtocolVersion]:
    """The other versions of the same protocol, the newest first."""
    return version.protocol.versions.exclude(pk=version.pk).order_by("-number")


def held_against(version: ProtocolVersion) -> ProtocolVersion | None:
    """What a version follows: the one in force, else the last in force before it, else the one before."""
    published = others(version).filter(status=Status.PUBLISHED).first()
    if published is not None and version.published_at is None:
        return published
    earlier = others(version).filter(number__lt=version.number)
    return earlier.filter(published_at__isnull=False).first() or earlier.first()


def between(old: ProtocolVersion, new: ProtocolVersion) -> tuple[differences.Section, ...]:
    """Everything in which the new version differs from the old one, in words."""
    if old.digest == new.digest:
        return ()
    return differences.differences(document_of(old), document_of(new))
