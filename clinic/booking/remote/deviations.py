"""A visit at a distance that was held though something stood open, told to whoever leads safety."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clinic.booking.models import Visit, Whereabouts
from clinic.booking.queries import whereabouts_at
from clinic.booking.remote.rules import obstacles_at_a_distance
from clinic.safety.incidents import actions as incidents
from clinic.workflow import Obstacle


def open_deviation(visit: Visit, *, by: Any, at: datetime) -> list[str]:
    """Open the incident of what stands open against a planned visit; say which gates those are.

    Nothing is refused: the visit was held, and what was held is written down.
    """
    stood_open = list(obstacles_at_a_distance(visit, at=at))
    if stood_open:
        incidents.open_incident(
            visit.case,
            by=by,
            at=at,
            about_key=visit.key,
            act="visit at a distance",
            words=_words(stood_open, whereabouts_at(visit, at)),
            stated_at=visit.starts_at,
        )
    return [obstacle.code for obstacle in stood_open]


def _words(stood_open: list[Obstacle], where: Whereabouts | None) -> str:
    """What stood open, and the place: whoever leads safety has to know whose law it was."""
    place = [f"The person was in {where.place}."] if where else []
    return "\n".join([*(obstacle.message for obstacle in stood_open), *place])
