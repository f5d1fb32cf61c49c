"""Who clears what stands in the way, where that is not the reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import resolve

from clinic.access import ROLES, Permission, may
from clinic.cases.models import Case
from clinic.pages.templatetags.vigil import place_that_clears
from clinic.people.queries import roles_held_at
from clinic.workflow import Obstacle


def who_clears(
    obstacles: Iterable[Obstacle], *, case: Case, by: Any, at: datetime
) -> dict[str, str]:
    """In words, by the place that clears: whose it is, wherever this reader may not go there.

    Only roles somebody holds at the site are named: a place without prescribers has none.
    """
    shut: dict[str, set[Permission]] = {}
    for obstacle in obstacles:
        wanted = _permissions_of(place_that_clears(obstacle, case.key))
        if not _opens(wanted, case, by):
            shut[obstacle.clears] = wanted
    held = roles_held_at(case.site, at=at) if shut else set()
    return {place: _whose(wanted, held) for place, wanted in shut.items()}


def where_to_clear(obstacle: Obstacle, *, case: Case, by: Any) -> str:
    """The address at which an obstacle is cleared; nothing for a reader who may not go there."""
    address = place_that_clears(obstacle, case.key)
    return address if _opens(_permissions_of(address), case, by) else ""


def _permissions_of(address: str) -> set[Permission]:
    """The permissions any one of which opens a page."""
    asked = getattr(resolve(address).func, "requires", ()) if address else ()
    return {each for each in asked if isinstance(each, Permission)}


def _opens(wanted: set[Permission], case: Case, by: Any) -> bool:
    return not wanted or any(may(by, each, site=case.site_id) for each in wanted)


def _whose(wanted: set[Permission], held: set[str]) -> str:
    titles = [ROLES[code][0] for code in ROLES if code in held & _any(wanted)]
    return ", ".join(titles) or "somebody whose role allows it; nobody here has one"


def _any(wanted: set[Permission]) -> set[str]:
    return {code for code, (_, _, allowed) in ROLES.items() if allowed & wanted}
