"""Where a case can be moved, what that changes for it, and where it has been moved before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from clinic.cases.models import Case
from clinic.cases.moving.models import CaseMove
from clinic.people.models import Act, Licence
from clinic.protocols.comparing.queries import between
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import licence_for, published_versions

# Title and lines. Slices above know what a version means for a case: its documents, visits,
# washouts, gates, doses. Each appends itself, called with (case, version, at=…).
FOR_THE_CASE: list[Callable[..., Iterable[tuple[str, list[str]]]]] = []


def target_of(case: Case) -> ProtocolVersion | None:
    """The version in force of the case's protocol, where it is another than the case's own."""
    versions = published_versions().filter(protocol=case.protocol_version.protocol_id)
    return versions.exclude(pk=case.protocol_version_id).first()


def versions_of(case: Case) -> QuerySet[ProtocolVersion]:
    """Every version of the case's protocol."""
    return ProtocolVersion.objects.filter(protocol=case.protocol_version.protocol_id)


def moves_of(case: Case) -> QuerySet[CaseMove]:
    """Every move of a case, the newest first."""
    return CaseMove.objects.filter(case=case).select_related(
        "from_version__protocol", "to_version__protocol", "moved_by"
    ).defer("from_version__document", "to_version__document", "listed")  # fmt: skip


def changes_for(
    case: Case, version: ProtocolVersion, *, at: datetime
) -> list[tuple[str, list[str]]]:
    """What a version changes for this very case, in the words of every slice that knows."""
    return [
        (title, lines)
        for ask in FOR_THE_CASE
        for title, lines in ask(case, version, at=at)
        if lines
    ]


def listed(case: Case, version: ProtocolVersion, *, at: datetime) -> dict[str, Any]:
    """Everything that is read before a move is signed, as it is kept beside the signature."""
    return {
        "for this case": [[title, lines] for title, lines in changes_for(case, version, at=at)],
        "between the versions": [
            [section.title, [[d.word, d.about, d.old, d.new] for d in section.differences]]
            for section in between(case.protocol_version, version)
        ],
    }


def licence_to_decide(user: Any, case: Case, *, at: datetime) -> Licence | None:
    """The licence by which somebody decides about this case today, by its own version, or None."""
    on = at.astimezone(case.site.tz).date()
    return licence_for(user, Act.DECIDE, version=case.protocol_version, site=case.site, on=on)
