"""Who approved what of a version: the names a copy of it carries (21 CFR 11.50)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q

from clinic.audit.models import Signature
from clinic.protocols.errata.models import Erratum
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import errata_of


@dataclass(frozen=True)
class Approval:
    """One signature under a version, or under an erratum of it."""

    key: str
    name: str
    at: datetime
    meaning: str
    erratum: int | None = None

    @property
    def says(self) -> str:
        """What was approved, and what the name under it means."""
        return f"Erratum {self.erratum}: {self.meaning}" if self.erratum else self.meaning

    def __str__(self) -> str:
        """Name, time and meaning on one line, whatever was typed as a name."""
        name = "".join(each for each in " ".join(self.name.split()) if each.isprintable())
        # A version is of no site: its times stand in the one zone every reader knows.
        return f"{name}, {self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC: {self.says}"


def approvals_of(version: ProtocolVersion) -> list[Approval]:
    """The signatures under a version and under its errata in force, the earliest first."""
    errata = {each.key: each.number for each in errata_of(version)}
    under = Q(subject_kind=ProtocolVersion._meta.label, subject_key=version.key)
    under |= Q(subject_kind=Erratum._meta.label, subject_key__in=list(errata))
    return [
        Approval(
            key=str(each.key),
            name=each.printed_name,
            at=each.at,
            meaning=each.meaning,
            erratum=errata.get(str(each.subject_key)),
        )
        for each in Signature.objects.filter(under).order_by("at", "pk")
    ]
