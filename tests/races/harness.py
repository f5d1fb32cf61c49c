"""Two people do the same act at the same moment, each on their own connection."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from clinic.context import set_context
from tests.builders.house import a_house
from tests.faults.two_at_once import at_once

RACES: list["Race"] = []


@dataclass
class Start:
    """Both stand ready: what each does, and what must be there once, whoever came first."""

    first: tuple[Any, Callable[[], Any]]
    second: tuple[Any, Callable[[], Any]]
    rows: Callable[[], int]  # counts what the act leaves; it must be `leaves`
    leaves: int = 1
    # Acts that may both stand (two different observations) or give the same answer twice (the
    # same key) say so here; everything else has exactly one winner.
    both_done: bool = False


@dataclass(frozen=True)
class Race:
    act: str
    build: Callable[[Any], Start]


def race(act: str) -> Callable:
    """Name the act (module.function) that two people do at once."""

    def keep(build: Callable) -> Callable:
        RACES.append(Race(act, build))
        return build

    return keep


def run(each: Race) -> None:
    """Let both go at once; exactly one wins, the other is told, and one act stands."""
    with transaction.atomic():
        house = a_house()
        start = each.build(house)
    endings = at_once(start.first, start.second, site=house.site)
    done = [ending for ending in endings if ending == "done"]
    assert None not in endings, f"somebody never came back: {endings}"
    assert len(done) == (2 if start.both_done else 1), endings
    with transaction.atomic():
        set_context(user_id=house.nurse.pk, sites=[house.site.pk])
        assert start.rows() == start.leaves
