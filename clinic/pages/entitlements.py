"""Who may do what, read out of the very table the software asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clinic.access import BY_CARE, ROLES, WHAT_IT_ALLOWS, Permission


@dataclass(frozen=True)
class Role:
    """One role as people read it."""

    code: str
    name: str
    sentence: str
    reach: str
    is_mine: bool


@dataclass(frozen=True)
class Row:
    """One thing that may be done, and by which roles, in the order of the columns."""

    words: str
    cells: tuple[bool, ...]


@dataclass(frozen=True)
class Table:
    """Every role and every permission."""

    roles: tuple[Role, ...]
    rows: tuple[Row, ...]


def who_may_what(mine: Iterable[str] = ()) -> Table:
    """The whole table, with the reader's own roles marked."""
    held = set(mine)
    roles = tuple(
        Role(code, name, sentence, _reach(code, allowed), code in held)
        for code, (name, sentence, allowed) in ROLES.items()
    )
    rows = tuple(
        Row(words, tuple(permission in allowed for _, _, allowed in ROLES.values()))
        for permission, words in WHAT_IT_ALLOWS.items()
    )
    return Table(roles, rows)


def _reach(code: str, allowed: frozenset[Permission]) -> str:
    if Permission.SEE_CASE not in allowed:
        return "Opens no case file."
    if code in BY_CARE:
        return "Opens the case files of people in their care; of the whole site while on duty."
    return "Opens every case file of the site."
