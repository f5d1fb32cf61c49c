"""Whether a run sheet still looks as it did: its trail, and the moment at which it changes by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from clinic.audit.canonical import digest
from clinic.audit.models import ChainHead
from sessions.supervised.models import SupervisedSession

DRAWN = "2"  # grows when the template of the moving part changes


def of(user: Any, session: SupervisedSession, changes_at: datetime) -> str:
    """The tag of a sheet drawn for this person, good until it changes by itself."""
    moment = int(changes_at.timestamp())
    return f'"{_digest(user, session, moment)}.{moment}"'


def still_stands(tag: str, user: Any, session: SupervisedSession, at: datetime) -> bool:
    """Whether nothing was written since, and the moment has not come."""
    held = tag.removeprefix("W/").strip('"')
    known, _, moment = held.rpartition(".")
    if not moment.isdigit() or len(moment) > 12:
        return False
    changes_at = datetime.fromtimestamp(int(moment), UTC)
    return at < changes_at and known == _digest(user, session, int(moment))


def _digest(user: Any, session: SupervisedSession, moment: int) -> str:
    # Every act on a case adds to its chain, so the head's number says whether anything happened.
    head = ChainHead.objects.filter(stream=f"case:{session.case.key}").first()
    return digest(
        {
            "user": user.key,
            "session": session.key,
            "status": session.status,
            "zone": session.site.zone,
            "sequence": head.sequence if head else 0,
            "moment": moment,
            "drawn": DRAWN,
        }
    )[:32]
