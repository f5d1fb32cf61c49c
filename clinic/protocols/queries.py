"""Which versions there are, and the document of one, read once and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Prefetch, QuerySet
from django.urls import reverse
from pydantic import ValidationError

from clinic.access import Permission, may_anywhere
from clinic.audit.canonical import canonical
from clinic.people.models import Licence, Organisation
from clinic.protocols import reading
from clinic.protocols.corrected import Correction, corrections, in_force, known_as, lay_over
from clinic.protocols.course import professions_for
from clinic.protocols.differences import name_of_row
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import NumberToConfirm, numbers_to_confirm, places
from clinic.protocols.models import Protocol, ProtocolVersion, Status
from clinic.protocols.sourced import Sourced
from clinic.protocols.stricter import overlay

# By digest: a document in use never changes, so a process reads it once.
_documents: dict[str, ProtocolDocument] = {}
MOST_KEPT = 64


def document_of(version: ProtocolVersion, at: datetime | None = None) -> ProtocolDocument:
    """The document of a version as it binds: with its errata, all of them or those of a moment."""
    if not version.errata:
        return published_document_of(version)
    errata = in_force(corrections(version.errata, at))
    return _kept(
        f"{version.digest} {known_as(errata)}",
        lambda: lay_over(published_document_of(version), errata),
    )


def published_document_of(version: ProtocolVersion) -> ProtocolDocument:
    """The document of a version to the letter of its publishing, whatever was found wrong since."""
    return _kept(
        version.digest, lambda: ProtocolDocument.model_validate(version.document)
    )  # fmt: skip


def document_at(
    version: ProtocolVersion, site: Any, at: datetime | None = None
) -> ProtocolDocument:
    """The document of a version as one site treats by it: its own stricter values laid over.

    Where an erratum and the house touch the same number, the stricter of the two holds.
    """
    document = document_of(version, at)
    stated = site.house.get(str(version.key))
    if not stated:
        return document
    errata = in_force(corrections(version.errata, at))
    return _kept(
        f"{version.digest} {known_as(errata)} {canonical(stated)}",
        lambda: overlay(document, stated),
    )


def licence_for(
    user: Any, act: str, *, version: ProtocolVersion, site: Any, on: date
) -> Licence | None:
    """The licence by which somebody may do an act of a version at a site on a day, or None.

    It is of a profession the version names for the act in that place. Where it names none there,
    any licence of the place that covers the act is right.
    """
    named = professions_for(document_of(version), act, site.jurisdiction)
    fitting = {profession.casefold() for profession in named}
    return next(
        (
            each
            for each in user.licences.all()
            if each.covers(act, site.jurisdiction, on)
            and (not fitting or each.profession.casefold() in fitting)
        ),
        None,
    )


def digest_of(version: ProtocolVersion, at: datetime | None = None) -> str:
    """The digest of the document as it binds: what is kept beside a signature."""
    return document_of(version, at).digest() if version.errata else version.digest


def errata_of(version: ProtocolVersion) -> list[Correction]:
    """The approved errata of a version, the newest first; the version carries them."""
    return corrections(version.errata)[::-1]


def _kept(name: str, made: Callable[[], ProtocolDocument]) -> ProtocolDocument:
    if name not in _documents:
        document = made()
        if len(_documents) >= MOST_KEPT:
            _documents.clear()
        _documents[name] = document
    return _documents[name]


def complete_document_of(version: ProtocolVersion) -> ProtocolDocument | None:
    """The document of a version, or None of a draft in which something has yet to be said."""
    try:
        return document_of(version)
    except ValidationError:
        return None


def has_written_in(user: Any, version: ProtocolVersion) -> bool:
    """Whether somebody changed a part of a version while it was a draft."""
    return version.changes.filter(changed_by=user).exists()


def protocols() -> QuerySet[Protocol]:
    """Every protocol with its versions, the newest first. Templates hold nothing of patients."""
    versions = ProtocolVersion.objects.defer("document", "confirmed").select_related(
        "drafted_by", "submitted_by", "published_by", "retired_by"
    )
    return Protocol.objects.prefetch_related(Prefetch("versions", versions))


def versions() -> QuerySet[ProtocolVersion]:
    """Every version with its protocol and whoever brought it where it stands."""
    return ProtocolVersion.objects.select_related(
        "protocol", "drafted_by", "submitted_by", "published_by", "retired_by"
    )


def newest_by(user: Any) -> ProtocolVersion:
    """The version somebody has loaded last."""
    return versions().filter(drafted_by=user).latest("pk")


@dataclass(frozen=True)
class Act:
    """Something that may be done with a version as it stands, and where."""

    label: str
    url: str
    is_main: bool


# What may come of each status, and whose permission asks for it; the page of the act says why not.
ACTS = {
    Status.DRAFT: [
        ("Write in it", "write", Permission.WRITE_PROTOCOLS),
        ("Send to review", "submit", Permission.WRITE_PROTOCOLS),
        ("Discard", "discard", Permission.WRITE_PROTOCOLS),
    ],
    Status.IN_REVIEW: [
        ("Publish", "publish", Permission.PUBLISH_PROTOCOLS),
        ("Send back", "send_back", Permission.PUBLISH_PROTOCOLS),
        ("Take back", "send_back", Permission.WRITE_PROTOCOLS),
    ],
    Status.PUBLISHED: [
        ("New version from this one", "copy", Permission.WRITE_PROTOCOLS),
        ("Retire", "retire", Permission.PUBLISH_PROTOCOLS),
    ],
    Status.RETIRED: [("New version from this one", "copy", Permission.WRITE_PROTOCOLS)],
}


def acts_on(version: ProtocolVersion, user: Any) -> list[Act]:
    """What this person's roles let them do next with a version, the main act first."""
    found: list[Act] = []
    for label, name, permission in ACTS.get(Status(version.status), []):
        url = reverse(f"admin:clinic_protocolversion_{name}", args=[version.key])
        if may_anywhere(user, permission) and url not in [act.url for act in found]:
            found.append(Act(label, url, is_main=not found))
    return found


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
    document = complete_document_of(version)
    return numbers_to_confirm(document) if document else ()


def rules_of(version: ProtocolVersion) -> list[tuple[str, str]]:
    """Every rule of a version with an authority of its own: its place, and its words."""
    document = document_of(version)
    found = []
    for place, part in places(document):
        if isinstance(part, Sourced):
            section = place.partition("[")[0].partition(".")[0]
            words = name_of_row(part, document.unit)
            found.append((place, f"{reading.label(section)}: {words}".removesuffix(": ")))
    return found


def house_is_made_up() -> bool:
    """Whether this house's people and records are made up, for practice."""
    return Organisation.objects.filter(made_up=True).exists()
