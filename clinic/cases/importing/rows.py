"""What a row of a file says of one person, and by which words its columns are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

IDENTIFIER = "identifier"
# By the name of the answer in the registration form; the first word is the template's.
COLUMNS: dict[str, tuple[str, ...]] = {
    IDENTIFIER: ("Identifier", "ID", "Patient number"),
    "family_name": ("Family name", "Surname", "Last name"),
    "given_name": ("Given name", "First name", "Given names"),
    "known_as": ("Likes to be called", "Preferred name", "Known as"),
    "date_of_birth": ("Birth date", "Date of birth"),
    "phone": ("Telephone", "Phone", "Telephone number", "Phone number"),
    "email": ("E-mail", "Email", "E-mail address", "Email address"),
    "may_email": ("May be written to by e-mail",),
    "address": ("Address",),
    "language": ("Language",),
    "zone": ("Time zone",),
    "allergies": ("Allergies",),
}
NEEDED = ("family_name", "date_of_birth")
LONGEST_IDENTIFIER = 200
MOST_ROWS = 500
LARGEST = 1_000_000


class Unreadable(ValueError):
    """A file of which no row can be read, with the sentence why."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one cell of a row, or with the row."""

    column: str
    sentence: str


@dataclass
class Row:
    """One person as a file has them."""

    place: int  # as whoever opens the file counts: the row of the sheet, the entry of the bundle
    typed: dict[str, str]
    wrong: list[Wrong] = field(default_factory=list)
    not_taken: list[str] = field(default_factory=list)  # what the file says beyond the columns
    details: dict[str, Any] = field(default_factory=dict)  # as the registration takes them

    @property
    def identifier(self) -> str:
        """What the file itself calls this person, or nothing."""
        return self.typed.get(IDENTIFIER, "")

    @property
    def shown(self) -> str:
        """The person's name as the file writes it."""
        family, given = self.typed.get("family_name", ""), self.typed.get("given_name", "")
        return f"{family}, {given}" if family and given else family or given


def title_of(name: str) -> str:
    """The plain word of a column."""
    return COLUMNS[name][0] if name in COLUMNS else name
