"""What was decided past obstacles, per month and gate: counted by the slice that lets it be decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Decided:
    """One gate in one month: how often it was decided past, and for which cases."""

    month: date
    meaning: str
    cases: tuple[Any, ...]


COUNTS: list[Callable[[Any, date], Iterable[Decided]]] = []


def register(count: Callable[[Any, date], Iterable[Decided]]) -> None:
    """Have one slice's decisions counted; said once, when its app is ready."""
    COUNTS.append(count)


def decided_past(user: Any, *, on: date) -> list[Decided]:
    """Every gate decided past in the last twelve months that this person may know of."""
    return [each for count in COUNTS for each in count(user, on)]
