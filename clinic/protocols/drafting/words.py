"""A part, a field or a row of a draft in the words its author reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clinic.protocols.drafting.parts import Group, Typed, get
from clinic.protocols.drafting.vocabulary import (
    AMOUNTS,
    ANSWERED_WITH,
    CHOICES,
    HELP,
)
from clinic.protocols.headings import LABELS, TITLES, unit_of_field
from clinic.protocols.spoken import say

AUTHORITY = ("basis", "confirm", "decider", "effective_from", "effective_to", "source", "citation")
NO_TITLE = ("", "", "")
# What a row is called by, the first of them that is said.
FIRST = ("title", "label", "text", "message", "subject", "instrument", "parameter", "words", "code",
         "item")  # fmt: skip
ANSWERS = ("equals", "answered")  # what is asked of an answer, where no is a word too
TELLING = FIRST[:5]  # these say enough by themselves


def title_of(group: Group) -> str:
    """What a part or a list is called; a row is called after its list."""
    if group.is_row:
        return one_of(group).capitalize()
    return _title(group)[0] or spoken(group.name)


def one_of(group: Group) -> str:
    """What one row of a list is called."""
    return _title(group)[1] or "row"


def lead_of(group: Group) -> str:
    """What an author should know before writing in it."""
    return "" if group.is_row else _title(group)[2]


def _title(group: Group) -> tuple[str, str, str]:
    return TITLES.get(group.model.__name__) or TITLES.get(group.name, NO_TITLE)


def label_of(each: Typed) -> str:
    """What a field is called."""
    return _said_of(LABELS, each) or spoken(each.name)


def help_of(each: Typed, unit: str = "") -> str:
    """What an author should know of a field, and its unit."""
    own = _said_of(HELP, each)
    words = (each.info.description or "") if own is None else own
    measured = unit_of(each, unit)
    said_already = measured and measured in label_of(each).lower()
    return f"In {measured}. {words}".strip() if measured and not said_already else words


def unit_of(each: Typed, unit: str) -> str:
    """The unit of a number: its own, or the one of all amounts of the protocol."""
    if (each.model.__name__, each.name) in AMOUNTS:
        return unit
    return unit_of_field(each.name)


def choices_said(each: Typed) -> dict[str, str] | None:
    """The choices of a field that have words of their own."""
    if (each.model.__name__, each.name) == ("Item", "kind"):
        return ANSWERED_WITH
    return _said_of(CHOICES, each)


def choice_said(each: Typed, value: str) -> str:
    """A choice in words; a unit is written as it is."""
    return value if each.name == "unit" else say(value).capitalize()


def spoken(name: str) -> str:
    """A name as a label."""
    return name.replace("_", " ").capitalize()


def a(noun: str) -> str:
    """A noun with its article."""
    return f"an {noun}" if noun[:1] in "aeio" else f"a {noun}"


def _said_of(words: dict, each: Typed) -> Any:
    own = f"{each.model.__name__}.{each.name}"
    return words[own] if own in words else words.get(each.name)


# -- A row in a few words ---------------------------------------------------------------------

Spoken = Callable[[Typed, Any], str]


def _spoken(each: Typed, value: Any) -> str:
    return say(value)


def summary(group: Group, row: Any, key: str = "", *, spoken_as: Spoken = _spoken) -> str:
    """A row in a few words, as it is listed."""
    row = row if isinstance(row, dict) else {}
    fields = {each.key: each for each in group.typed if each.name not in AUTHORITY}

    def said(name: str) -> str:
        value = get(row, tuple(name.split("-")))
        if isinstance(value, bool) and name in fields and fields[name].name not in ANSWERS:
            return label_of(fields[name]).lower() if value else ""
        word = spoken_as(fields[name], value) if name in fields else say(value)
        return "" if word == "–" else word

    if special := SPECIAL.get(group.model.__name__):
        return special(row, said) or "Nothing yet"
    first = next((name for name in FIRST if name in fields and said(name)), "")
    rest = [] if first in TELLING else [name for name in fields if name not in (first, "code")]
    names = [*(["number"] if "number" in fields else []), first, *rest[:3]]
    return " · ".join(filter(None, map(said, filter(None, names)))) or key or "Nothing yet"


def _reach(row: dict, low: str, high: str, *, below: str = "to below") -> str:
    start, end = (say(row[n]) if row.get(n) is not None else "" for n in (low, high))
    if start and end:
        return f"{start} {below} {end}"
    only_end = {"to": "up to", "to below": "below"}[below]
    return f"from {start}" if start else f"{only_end} {end}" if end else "any"


def _band(row: dict, said: Callable[[str], str]) -> str:
    reach = _reach(row, "starts", "below")
    return " · ".join(filter(None, [f"{said('name')}: {reach}", said("words")]))


def _limit(row: dict, said: Callable[[str], str]) -> str:
    return ", ".join(filter(None, [said("parameter"), said("phase").lower()]))


def _range(row: dict, said: Callable[[str], str]) -> str:
    return f"{_reach(row, 'minimum', 'maximum', below='to')} {said('per_kg')}".strip()


def _stay(row: dict, said: Callable[[str], str]) -> str:
    return f"{_total(row)}: {said('minutes') or '?'} minutes"


def _ratio(row: dict, said: Callable[[str], str]) -> str:
    return f"{_total(row)}: {said('clients_per_staff') or '?'} each"


def _total(row: dict) -> str:
    return f"Below {say(row['below'])}" if row.get("below") else "Any larger total"


SPECIAL: dict[str, Callable[[dict, Callable[[str], str]], str]] = {
    "Band": _band,
    "Limit": _limit,
    "DoseRange": _range,
    "StayRow": _stay,
    "RatioRow": _ratio,
}
