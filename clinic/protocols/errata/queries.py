"""The errata of a version, what they may touch, and what a document says with one more of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet

from clinic.people.models import Site
from clinic.protocols import differences as words
from clinic.protocols.corrected import (
    Correction,
    Spot,
    in_force,
    lay_over,
    slug_of,
    spots,
)
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.errata.models import Erratum, Status
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import document_of, errata_of, published_document_of
from clinic.protocols.stricter import hole, overlay

# From which a version is in use, so that its mistakes are errata and no longer a draft's.
IN_USE = ("published", "retired")


@dataclass(frozen=True)
class Heading:
    """A part of the document as its reader finds it, with the places an erratum may touch there."""

    title: str
    spots: tuple[Spot, ...]

    @property
    def slug(self) -> str:
        return slug_of(self.title)


def errata() -> QuerySet[Erratum]:
    """Every erratum with its version and whoever brought it where it stands."""
    return Erratum.objects.select_related(
        "version__protocol", "withdraws", "proposed_by", "approved_by", "refused_by"
    )


def errata_on(version: ProtocolVersion) -> QuerySet[Erratum]:
    """The errata of a version, whatever became of them, the newest first."""
    return errata().filter(version=version)


def next_number(version: ProtocolVersion) -> int:
    """The number of the next erratum; one that was refused keeps its own."""
    return (version.corrections.aggregate(Max("number"))["number__max"] or 0) + 1


def headings(version: ProtocolVersion) -> list[Heading]:
    """What may be corrected in a version, under the headings of its reader."""
    found: dict[str, list[Spot]] = {title: [] for title in (words.OVERVIEW, *dict(words.SECTIONS))}
    for spot in spots(document_of(version)).values():
        found[spot.heading].append(spot)
    return [Heading(title, tuple(each)) for title, each in found.items() if each]


def heading(version: ProtocolVersion, slug: str) -> Heading | None:
    """One heading of a version by its address."""
    return next((each for each in headings(version) if each.slug == slug), None)


def spot_of(version: ProtocolVersion, place: str) -> Spot | None:
    """A place of a version that an erratum may touch, as the document stands now."""
    return spots(document_of(version)).get(place)


def proposed_at(version: ProtocolVersion, place: str) -> Erratum | None:
    """The erratum that waits for its second person at this very place."""
    return errata_on(version).filter(place=place, status=Status.PROPOSED).first()


def counts(version: ProtocolVersion, number: int) -> bool:
    """Whether an erratum binds: approved, and no later one took it back."""
    return number in {each.number for each in in_force(errata_of(version))}


def withdrawn_by(erratum: Erratum) -> Correction | None:
    """The later erratum that took this one back."""
    found = errata_of(erratum.version)
    return next((each for each in found if each.withdraws == erratum.number), None)


def document_with(erratum: Erratum) -> ProtocolDocument:
    """What the version says once this erratum is approved."""
    standing = in_force(errata_of(erratum.version)[::-1])
    if erratum.withdraws is not None:
        left = (each for each in standing if each.number != erratum.withdraws.number)
        return lay_over(published_document_of(erratum.version), left)
    return lay_over(document_of(erratum.version), [as_correction(erratum)])


def as_correction(erratum: Erratum) -> Correction:
    """An erratum as the version will carry it."""
    return Correction(
        key=str(erratum.key),
        number=erratum.number,
        since=erratum.approved_at or erratum.proposed_at,
        kind=erratum.kind,
        place=erratum.place,
        about=erratum.about,
        says=erratum.says,
        shall_say=erratum.shall_say,
        reason=erratum.reason,
        source=erratum.source,
        withdraws=erratum.withdraws.number if erratum.withdraws else None,
    )


def changes_by(erratum: Erratum) -> tuple[words.Section, ...]:
    """What an erratum that waits changes in the document, in the words of a reader."""
    if erratum.status != Status.PROPOSED:
        return ()
    return words.differences(document_of(erratum.version), document_with(erratum))


def house_holes(version: ProtocolVersion, document: ProtocolDocument) -> Iterator[tuple[Any, str]]:
    """The sites whose own values would leave nothing of this document, and what."""
    for site in Site.objects.filter(house__has_key=str(version.key)):
        if gap := hole(overlay(document, site.house[str(version.key)])):
            yield site, gap
