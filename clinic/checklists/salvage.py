"""What can still be checked in a file of which some parts do not fit.

The parts that do not fit are left out, and what is checked of the rest is told at its original place.
Nothing is told that may be wrong only because something was left out.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from clinic.checklists.mistakes import Misplaced, Place

Model = TypeVar("Model", bound=BaseModel)
Check = Callable[[Model], Iterable[Misplaced]]

MOST_ROUNDS = 50
# What is not there may have been left out, not forgotten.
SILENT = {
    "gate_without_rule", "no_release", "no_total", "hole", "no_options", "no_form", "steps",
    "never_measured", "never_used", "never_due", "never_says_no", "unit_without_strength",
    "gate_nobody_clears", "nobody_does", "no_washout_days", "no_last_taken", "half_life", "piece_of_what",
    "amount_of_what", "field_without_source", "period_ends", "unreachable_amount", "beyond_course",
}  # fmt: skip


@dataclass(frozen=True)
class Salvaged(Generic[Model]):
    """The document of the parts that fit, and where each of them stood."""

    document: Model
    origins: dict[Place, Place]
    dropped: frozenset[Place]
    names: frozenset[str]
    nameless: bool

    def mistakes(self, check: Check[Model]) -> Iterator[Misplaced]:
        """List the contradictions of the rest, each at its original place."""
        for place, message, code in check(self.document):
            original = self._original(place)
            if not self._is_doubtful(original, message, code):
                yield original, message, code

    def _original(self, place: Place) -> Place:
        for end in range(len(place), -1, -1):
            if place[:end] in self.origins:
                return (*self.origins[place[:end]], *place[end:])
        return place

    def _is_doubtful(self, place: Place, message: str, code: str) -> bool:
        lists = [entry[:-1] for entry in self.dropped if isinstance(entry[-1], int)]
        if code in SILENT or any(place[: len(each)] == each for each in lists):
            return True
        named = re.findall(r"“([^”]*)”", message)
        return code.startswith(("unknown_", "no_such")) and (
            self.nameless or any(name in self.names for name in named)
        )


def salvage(
    content: Any, model: type[Model], in_file: Callable[[Place, Any], Place]
) -> Salvaged[Model] | None:
    """Leave out what does not fit until the rest makes a document; None if it never does."""
    dropped: set[Place] = set()
    for _ in range(MOST_ROUNDS):
        origins: dict[Place, Place] = {}
        rest = _without(content, (), (), dropped, origins)
        try:
            document = model.model_validate(rest)
        except ValidationError as wrong:
            places = [in_file(tuple(error["loc"]), rest) for error in wrong.errors()]
            more = {_smallest_entry(place, origins) for place in places} - {()}
            if more <= dropped:
                return None
            dropped |= more
        else:
            names = frozenset(_names(content)) if dropped else frozenset()
            nameless = any(_names_nothing(content, model, place) for place in dropped)
            return Salvaged(document, origins, frozenset(dropped), names, nameless)
    return None


def _names_nothing(content: Any, model: type[BaseModel], place: Place) -> bool:
    """Say whether a whole list or group was left out in which not even the names can be read."""
    field = model.model_fields.get(str(place[0]))
    empty = field.get_default(call_default_factory=True) if field else None
    return (
        len(place) == 1 and isinstance(empty, tuple | dict) and isinstance(content[place[0]], str)
    )


def _smallest_entry(place: Place, origins: dict[Place, Place]) -> Place:
    """Find the entry of a list, or else the field around a misfit, as it stood in the file."""
    numbered = [end for end in range(len(place), 0, -1) if isinstance(place[end - 1], int)]
    end = numbered[0] if numbered else max(1, len(place) - 1)
    return origins.get(place[:end], place[:end])


def _without(
    value: Any, old: Place, new: Place, dropped: set[Place], origins: dict[Place, Place]
) -> Any:
    origins[new] = old
    if isinstance(value, list):
        kept: list[Any] = []
        for number, child in enumerate(value):
            if (*old, number) not in dropped:
                kept.append(_without(child, (*old, number), (*new, len(kept)), dropped, origins))
        return kept
    if isinstance(value, dict):
        return {
            key: _without(child, (*old, key), (*new, key), dropped, origins)
            for key, child in value.items()
            if (*old, key) not in dropped
        }
    return value


def _names(value: Any) -> Iterator[str]:
    """List every name the file gives to something, whether that part fits or not."""
    if isinstance(value, dict):
        yield from (each for each in value if isinstance(each, str))
        yield from (str(value[field]) for field in ("code", "capacity") if field in value)
    children = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    for child in children:
        yield from _names(child)
