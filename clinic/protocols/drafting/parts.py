"""A protocol's parts as an author meets them: what is typed in each, and what lies inside it.

Everything here is read off the models that validate a library file, so that a kind of rule is
described once. A draft is plain JSON and may be incomplete; nothing here asks whether it is right.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from clinic.audit.canonical import canonical, digest
from clinic.checklists.document import Part
from clinic.checklists.mistakes import Place
from clinic.protocols.sourced import Sourced

How = Literal["one", "many", "named"]
BLANK: tuple[Any, ...] = (None, "", [], {})
KEY = "key"  # under which a part stands in a group of named ones
# In a long list only these are typed; the rest is on the row's own page.
BRIEF = {"Item": ("number", "kind", "group", "text"), "Checklist": ("title", "version")}


@dataclass(frozen=True)
class Typed:
    """One thing that is typed: where in its part it stands, and what its model says of it."""

    path: tuple[str, ...]
    model: type[Part]
    info: FieldInfo

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def key(self) -> str:
        return "-".join(self.path)

    @property
    def default(self) -> Any:
        """What a file means by leaving it out, as it would be written."""
        default = self.info.get_default(call_default_factory=True, validated_data={})
        return None if default is PydanticUndefined else plain(default)


@dataclass(frozen=True)
class Inside:
    """A part, a list of parts or a group of named parts within a part."""

    name: str
    how: How
    model: type[Part]


def bare(annotation: Any) -> Any:
    """A type without "or nothing" and without what is said beside it."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        kinds = [each for each in get_args(annotation) if each is not NoneType]
        return bare(kinds[0]) if len(kinds) == 1 else annotation
    return annotation


def is_part(annotation: Any) -> bool:
    """Whether a type is a part of a document."""
    return isinstance(annotation, type) and issubclass(annotation, Part)


def plain(value: Any) -> Any:
    """A value as a document writes it: decimals as text, exactly."""
    return json.loads(canonical(value))


@cache
def inside(model: type[Part]) -> tuple[Inside, ...]:
    """The parts within a part, but for the small ones that are typed with it."""
    found = []
    for name, info in model.model_fields.items():
        within = within_field(name, info)
        if within and not (within.how == "one" and is_small(within.model)):
            found.append(within)
    return tuple(found)


@cache
def typed(model: type[Part]) -> tuple[Typed, ...]:
    """Everything that is typed of a part, with what its small parts hold."""
    found: list[Typed] = []
    for name, info in model.model_fields.items():
        within = within_field(name, info)
        if within is None:
            found.append(Typed((name,), model, info))
        elif within.how == "one" and is_small(within.model):
            found += [Typed((name, *t.path), t.model, t.info) for t in typed(within.model)]
    return tuple(found)


@cache
def is_small(model: type[Part]) -> bool:
    """Whether a part is only a few words or numbers with no authority of its own."""
    return not issubclass(model, Sourced) and not any(
        within_field(name, info) for name, info in model.model_fields.items()
    )


def within_field(name: str, info: FieldInfo) -> Inside | None:
    """What a field holds that is a part, or parts; None for what is typed."""
    kind = bare(info.annotation)
    if is_part(kind):
        return Inside(name, "one", kind)
    members = get_args(kind)
    if get_origin(kind) is tuple and is_part(bare(members[0])):
        return Inside(name, "many", bare(members[0]))
    if get_origin(kind) is dict and is_part(bare(members[1])):
        return Inside(name, "named", bare(members[1]))
    return None


def get(document: Any, place: Place) -> Any:
    """What stands at a place of a draft, or None."""
    part = document
    for step in place:
        if isinstance(part, Mapping):
            part = part.get(str(step))
        elif isinstance(part, list) and isinstance(step, int) and step < len(part):
            part = part[step]
        else:
            return None
    return part


@dataclass(frozen=True)
class Row:
    """One row as it was typed: which row it was, and what it says now."""

    was: int | None
    said: Mapping[str, Any]


Said = Mapping[str, Any] | Sequence[Row] | None


@dataclass(frozen=True)
class Group:
    """What is shown, changed and compared as one: a part's own words, or the rows of a list."""

    place: Place
    how: How
    model: type[Part]
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        return "-".join(map(str, self.place))

    @property
    def code(self) -> str:
        return self.prefix or self.only[0]

    @property
    def name(self) -> str:
        names = [step for step in self.place if isinstance(step, str)]
        return names[-1] if names else self.only[0]

    @property
    def typed(self) -> tuple[Typed, ...]:
        return tuple(
            each
            for each in typed(self.model)
            if each.path[0] not in self.but and (not self.only or each.path[0] in self.only)
        )

    @property
    def is_row(self) -> bool:
        """Whether this is one row of a list, on its own page."""
        return self.how == "one" and (
            bool(self.but) or any(isinstance(step, int) for step in self.place[-1:])
        )

    @property
    def rows_have_pages(self) -> bool:
        return self.how != "one" and bool(self.only or inside(self.model))

    def rows(self, document: Any) -> list[tuple[str | int, dict]]:
        """The rows of a draft with what each is found under; the same order every time."""
        found = get(document, self.place)
        if self.how == "named":
            return sorted(found.items()) if isinstance(found, dict) else []
        return list(enumerate(found)) if isinstance(found, list) else []

    def shown(self, document: Any) -> Any:
        """What a page shows of this, and nothing of what lies deeper."""
        if self.how == "one":
            return self._shown(get(document, self.place))
        return [[key if self.how == "named" else "", self._shown(row)]
                for key, row in self.rows(document)]  # fmt: skip

    def digest(self, document: Any) -> str:
        """What a form carries, to notice that the part was changed meanwhile."""
        return digest(self.shown(document))

    def put(self, document: dict, said: Said) -> dict:
        """The draft with this part as it was typed; what lies deeper stays with its row."""
        if self.how == "one":
            part = None if said is None else self._merged(get(document, self.place), said)
            return _set(document, self.place, part)
        rows = self.rows(document)
        written = [
            (row.said.get(KEY), self._merged(self._former(rows, row), row.said))
            for row in said or ()
        ]
        if self.how == "named":
            named = {str(key): self._under(str(key), part) for key, part in written}
            return _set(document, self.place, named)
        return _set(document, self.place, [part for _, part in written])

    def _former(self, rows: list, row: Row) -> dict:
        return rows[row.was][1] if row.was is not None and row.was < len(rows) else {}

    def _under(self, key: str, part: dict) -> dict:
        """A part that has a code stands under that code."""
        return {**part, "code": key} if "code" in self.model.model_fields else part

    def _shown(self, part: Any) -> dict:
        values = {each.key: get(part, each.path) for each in self.typed}
        return {key: value for key, value in values.items() if value not in BLANK}

    def _merged(self, former: Any, said: Mapping[str, Any]) -> dict:
        known = self.model.model_fields
        kept = former if isinstance(former, dict) else {}
        part = {name: value for name, value in kept.items() if name in known or not self.place}
        if "code" in said and "code" in known:  # made for a new row that does not show it
            part["code"] = said["code"]
        for each in self.typed:
            value, stood = said.get(each.key), get(part, each.path)
            if value in BLANK:
                if stood not in BLANK:
                    part = _set(part, each.path, None)
            elif value != stood and not (value == each.default and _goes_without(part, each.path)):
                part = _set(part, each.path, value)
        return part


def _goes_without(part: dict, path: Place) -> bool:
    """Whether a value is left out of a part that is there: then its default is meant."""
    return get(part, path) is None and (len(path) == 1 or get(part, path[:-1]) is not None)


def _set(part: dict, path: Place, value: Any) -> dict:
    """A copy with a value at a path; None takes it away, and the hollow it leaves."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    kept: Any = part.copy()
    if rest:
        below = get(part, (first,))
        hollow: Any = [] if isinstance(rest[0], int) else {}
        value = _set(below if isinstance(below, dict | list) else hollow, rest, value)
        value = None if value == {} else value
    if value is not None and isinstance(kept, list) and first >= len(kept):
        kept.append(value)  # the row was taken away meanwhile, and is put back knowingly
    elif value is not None:
        kept[first] = value
    elif isinstance(kept, dict):
        kept.pop(first, None)
    return kept


@dataclass(frozen=True)
class Written:
    """One part as somebody typed it, and the digest of what they had before them."""

    group: Group
    seen: str
    said: Said
