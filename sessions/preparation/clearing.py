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
        address = place_that_clears(obstacle, case.key)
        wanted = {p for p in _asked_by(address) if isinstance(p, Permission)}
        if wanted and not any(may(by, p, site=case.site_id) for p in wanted):
            shut[obstacle.clears] = wanted
    held = roles_held_at(case.site, at=at) if shut else set()
    return {place: _whose(wanted, held) for place, wanted in shut.items()}


def _asked_by(address: str) -> tuple[Any, ...]:
    """The permissions any one of which opens a page."""
    return getattr(resolve(address).func, "requires", ()) if address else ()


def _whose(wanted: set[Permission], held: set[str]) -> str:
    titles = [ROLES[code][0] for code in ROLES if code in held & _any(wanted)]
    return ", ".join(titles) or "somebody whose role allows it; nobody here has one"


def _any(wanted: set[Permission]) -> set[str]:
    return {code for code, (_, _, allowed) in ROLES.items() if allowed & wanted}
