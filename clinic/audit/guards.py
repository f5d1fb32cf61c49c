"""The database's own guards that are down: switched off, or gone from a table that was sealed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_SWITCHED_OFF = """
    SELECT tgrelid::regclass::text, tgname FROM pg_trigger
    WHERE tgname LIKE 'vigil\\_%%' AND tgenabled NOT IN ('O', 'A') ORDER BY 1, 2
"""
_UNSEALING = """
    SELECT DISTINCT shape."table" FROM clinic_sealshape shape WHERE NOT EXISTS (
        SELECT FROM pg_trigger WHERE tgname = 'vigil_seal'
        AND tgrelid = to_regclass(quote_ident(shape."table"))) ORDER BY 1
"""


@dataclass(frozen=True)
class Down:
    """One guard that does not stand, by its table and its own name, and what became of it."""

    table: str
    guard: str
    words: str

    def __str__(self) -> str:
        return f"{self.table} {self.guard}"


def down(cursor: Any) -> list[Down]:
    """Triggers of ours that are switched off, and tables that have lost the one that seals."""
    cursor.execute(_SWITCHED_OFF)
    found = [
        Down(table, guard, f"its guard {guard} is switched off.")
        for table, guard in cursor.fetchall()
    ]
    cursor.execute(_UNSEALING)
    gone = "its rows are no longer sealed: the guard vigil_seal was removed."
    return found + [Down(table, "vigil_seal", gone) for (table,) in cursor.fetchall()]
