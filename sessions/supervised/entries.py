"""An entry carries a key its device made: sent twice, it is one row; changed, it is a conflict."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from clinic.audit.canonical import digest
from clinic.workflow import CHANGED, Refused


def digest_of(content: Any) -> str:
    """The digest of what was typed."""
    return digest(content)


def already_here(model: Any, client_key: UUID, content: Any) -> Any:
    """The row this entry made when it came the first time, or None.

    Raises Refused where the key came before with other content.
    """
    seen = model.objects.filter(client_key=client_key).first()
    if seen is not None and seen.content_digest != digest_of(content):
        raise Refused(
            [
                CHANGED(
                    "This entry was saved before with other content. Nothing was overwritten:"
                    " look at what stands, then enter it again or correct it."
                )
            ]
        )
    return seen
