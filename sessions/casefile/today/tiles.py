"""One list of the day: its rows, how many there are, and whose it is to look after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from clinic.access import Permission, may_anywhere
from sessions.casefile.places import address

SHOWN = 6  # on a tile; the page behind it shows them all
COUNTED_TO = 200


@dataclass(frozen=True)
class Row:
    """One line of a list: what, about whom, and where it is dealt with."""

    title: str
    url: str
    note: str = ""
    at: datetime | None = None
    tone: str = ""
    word: str = ""
    wants: Sequence[Any] = ()


@dataclass(frozen=True)
class Tile:
    """One list of the day: how many there are, the first of them, and where all of them stand."""

    code: str
    title: str
    none: str
    rows: list[Row]
    url: str

    @property
    def first(self) -> list[Row]:
        return self.rows[:SHOWN]

    @property
    def count(self) -> str:
        more = len(self.rows) > COUNTED_TO
        return f"{COUNTED_TO}+" if more else str(len(self.rows))

    @property
    def is_cut(self) -> bool:
        return len(self.rows) > SHOWN


def first_of(rows: QuerySet) -> list[Any]:
    """As many as are ever counted, and one more to know that there are more."""
    return list(rows[: COUNTED_TO + 1])


def list_of(code: str) -> str:
    return address("casefile:list", code)


@dataclass(frozen=True)
class Question:
    """A tile, and who is asked to look after it."""

    ask: Callable[..., Tile]
    permissions: tuple[Permission, ...]

    def is_for(self, user: Any) -> bool:
        return any(may_anywhere(user, permission) for permission in self.permissions)
