"""The columns of the trail: what each is called, and by what the database puts it in order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column, as a person reads it and as it is sorted."""

    label: str
    field: str


COLUMNS = {
    "when": Column("When", "received_at"),
    "who": Column("Who", "by__name"),
    "act": Column("What", "act"),
    "record": Column("Which record", "subject_kind"),
    "site": Column("Site", "site__name"),
    "from": Column("From where", "origin"),
}
NEWEST = "-when"


def ordering(sort: str) -> list[str]:
    """The order by one column, up or down; among equals the newest first."""
    name = sort or NEWEST
    down = "-" if name.startswith("-") else ""
    field = down + COLUMNS[name.removeprefix("-")].field
    if field.endswith("received_at"):
        return [field, f"{down}pk"]
    return [field, "-received_at", "-pk"]
