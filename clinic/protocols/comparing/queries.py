"""Which versions a version is held against, and what is different in it."""

from __future__ import annotations

from django.db.models import QuerySet

from clinic.protocols import differences
from clinic.protocols.models import ProtocolVersion, Status
from clinic.protocols.queries import complete_document_of, digest_of


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
    """Everything in which the new version differs from the old one, in words, errata included."""
    was, is_now = complete_document_of(old), complete_document_of(new)
    if was is None or is_now is None or digest_of(old) == digest_of(new):
        return ()
    return differences.differences(was, is_now)


def can_be_compared(old: ProtocolVersion, new: ProtocolVersion) -> bool:
    """Whether both are complete: a draft in which something has yet to be said is not compared."""
    return None not in (complete_document_of(old), complete_document_of(new))
