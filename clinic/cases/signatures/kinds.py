"""Which signed records take a second name and amendments, and who is entitled to give them.

The slice that owns a kind of record registers it when its app is ready.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from clinic.access import Permission
from clinic.people.models import Act


@dataclass(frozen=True)
class Kind:
    """One kind of signed record of a case."""

    label: str  # the model's, as a signature keeps it
    words: str
    permission: Permission  # what a role must allow, and
    act: Act  # a licence cover, to countersign it or to accept an amendment
    page: str = "casefile:show"
    page_takes_case: bool = True

    def address(self, signature: Any) -> str:
        """The page on which the record stands."""
        key = signature.case.key if self.page_takes_case else signature.subject_key
        return reverse(self.page, args=[key])


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let a kind of record be countersigned and amended."""
    if kind.label in KINDS:
        raise ValueError(f"{kind.label} is registered already")
    KINDS[kind.label] = kind


def kind_of(signature: Any) -> Kind | None:
    """What kind of record stands over a signature; None for one that takes nothing beside it."""
    return KINDS.get(signature.subject_kind) if signature.case_id else None
