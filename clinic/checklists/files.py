"""Reading a document from YAML: every mistake at once, each named by its place and line.

Only a plain part of YAML is read: no anchors, no tags, no key twice, `yes` and `12:30` stay words, and a
number is read exactly as it is written.
"""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.reader import ReaderError

from clinic.checklists.checker import Misplaced, Place, check_checklist
from clinic.checklists.document import Checklist
from clinic.checklists.mistakes import FileMistakes, Mistake
from clinic.checklists.salvage import Check, Model, salvage

INSTRUMENTS = Path(__file__).parent / "instruments"
LONGEST_FILE = 1_000_000
DEEPEST = 40


@dataclass(frozen=True)
class Written:
    """What a file holds, and the line on which each part of it begins."""

    content: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int | None:
        """Give the line of a place, or of the nearest part around it."""
        known = (
            self.lines[place[:end]]
            for end in range(len(place), -1, -1)
            if place[:end] in self.lines
        )
        return next(known, None)


def parse(source: str | bytes | Path) -> Written:
    """Read YAML into plain values, or refuse it with every mistake that can be seen."""
    text = _text(source)
    if len(text) > LONGEST_FILE:
        raise FileMistakes([Mistake("", None, "The file is longer than one megabyte.", "too_long")])
    try:
        node = yaml.compose(text, Loader=_PlainLoader)
    except ReaderError as wrong:
        line = text.count("\n", 0, wrong.position) + 1
        said = "A character stands here that no text has."
        raise FileMistakes([Mistake("", line, said, "syntax")]) from None
    except (yaml.YAMLError, RecursionError) as wrong:
        raise FileMistakes([_syntax(wrong)]) from None
    if node is None:
        raise FileMistakes([Mistake("", None, "The file is empty.", "empty")])
    mistakes: list[Mistake] = []
    lines: dict[Place, int] = {}
    content = _plain(node, (), lines, mistakes)
    if mistakes:
        raise FileMistakes(mistakes)
    return Written(content, lines)


def build(written: Written, model: type[Model], check: Check[Model]) -> Model:
    """Make the document of what was written, or name everything that is wrong with it."""
    try:
        document = model.model_validate(written.content)
    except ValidationError as wrong:
        misfits = [_misfit(error, written) for error in _without_echoes(wrong)]
        raise FileMistakes([*misfits, *_sense_of_the_rest(written, model, check)]) from None
    mistakes = located(check(document), written)
    if mistakes:
        raise FileMistakes(mistakes)
    return document


def read_checklist(source: str | bytes | Path) -> Checklist:
    """Read one checklist or instrument."""
    written = parse(source)
    return build(written, Checklist, lambda checklist: check_checklist(checklist, ()))


def located(misplaced: Iterable[Misplaced], written: Written | None) -> list[Mistake]:
    """Give mistakes in the sense of a document the place and line where they stand in its file."""
    return [
        Mistake(place_words(place), written.line(place) if written else None, message, code)
        for place, message, code in misplaced
    ]


def place_words(place: Place) -> str:
    """Write a place the way a person would point at it: screening.items[3].options[1].label."""
    words = ""
    for part in place:
        words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else str(part)
    return words


@cache
def instruments() -> dict[str, Checklist]:
    """List the shipped instruments by their code."""
    read = (read_checklist(path) for path in sorted(INSTRUMENTS.glob("*.yaml")))
    return {checklist.code: checklist for checklist in read}


def instrument(code: str) -> Checklist:
    """Find a shipped instrument; a code that is not shipped is a KeyError."""
    return instruments()[code]


class _PlainLoader(yaml.SafeLoader):
    """YAML without its surprises: only true, false, null and plain numbers are more than words."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse what makes a file mean something else than it shows."""
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _trick("anchors and aliases are not read here; write it out", event)
        if getattr(event, "tag", None):
            raise _trick("tags are not read here", event)
        if self.depth >= DEEPEST:
            raise _trick("too many parts inside parts", event)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def _trick(problem: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


for _tag, _pattern, _starts in [
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+$", "-+0123456789"),
]:
    _PlainLoader.add_implicit_resolver(_tag, re.compile(_pattern), list(_starts))


def _text(source: str | bytes | Path) -> str:
    content = source.read_bytes() if isinstance(source, Path) else source
    try:
        return content if isinstance(content, str) else content.decode("utf-8")
    except UnicodeDecodeError:
        raise FileMistakes([Mistake("", None, "The file is no UTF-8 text.", "syntax")]) from None


def _plain(node: yaml.Node, place: Place, lines: dict[Place, int], mistakes: list[Mistake]) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, lines, mistakes)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(child, (*place, number), lines, mistakes)
            for number, child in enumerate(node.value)
        ]
    return _scalar(node)


def _mapping(
    node: yaml.MappingNode, place: Place, lines: dict[Place, int], mistakes: list[Mistake]
) -> dict[Hashable, Any]:
    content: dict[Hashable, Any] = {}
    for key_node, child in node.value:
        line = key_node.start_mark.line + 1
        key = _scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str | int) or isinstance(key, bool):
            mistakes.append(Mistake(place_words(place), line, "A name has to be a word.", "key"))
            continue
        inner = (*place, key)
        if key in content:
            said = f"“{key}” is said twice, first in line {lines[inner]}."
            mistakes.append(Mistake(place_words(inner), line, said, "said_twice"))
            continue
        lines[inner] = line
        content[key] = _plain(child, inner, lines, mistakes)
    return content


def _scalar(node: yaml.Node) -> Any:
    kind, text = node.tag.rpartition(":")[2], node.value
    if kind == "bool":
        return text == "true"
    if kind == "null":
        return None
    if kind == "int":
        return int(text) if len(text) < 19 else Decimal(text)
    return Decimal(text) if kind == "float" else text


def _syntax(wrong: Exception) -> Mistake:
    mark = getattr(wrong, "problem_mark", None) or getattr(wrong, "context_mark", None)
    said = getattr(wrong, "problem", None) or str(wrong) or "too many parts inside parts"
    line = mark.line + 1 if mark else None
    return Mistake("", line, f"This is not readable as YAML: {said}.", "syntax")


def _sense_of_the_rest(written: Written, model: type[Model], check: Check[Model]) -> list[Mistake]:
    """Check what is left without the parts that do not fit, so that an author sees it all at once."""
    rest = salvage(written.content, model, _in_file)
    return located(rest.mistakes(check), written) if rest else []


def _without_echoes(wrong: ValidationError) -> list[Any]:
    """A list is not too short because its only entry does not fit."""
    errors: list[Any] = wrong.errors(include_url=False)
    places = [error["loc"] for error in errors]
    return [
        error
        for error in errors
        if error["type"] != "too_short"
        or not any(place[: len(error["loc"])] == error["loc"] != place for place in places)
    ]


def _misfit(error: Any, written: Written) -> Mistake:
    place: Place = tuple(error["loc"])
    return Mistake(
        place_words(_in_file(place, written.content)),
        written.line(place),
        _misfit_words(error),
        error["type"],
    )


def _in_file(place: Place, content: Any) -> Place:
    """Leave out what pydantic adds to a place for itself, such as which kind of value it tried."""
    kept: list[str | int] = []
    for number, part in enumerate(place):
        last = number == len(place) - 1
        inside = isinstance(content, dict) and part in content
        numbered = isinstance(content, list) and isinstance(part, int) and part < len(content)
        if inside or numbered:
            content = content[part]
        elif not (last and isinstance(content, dict)):
            break
        kept.append(part)
    return tuple(kept)


def _misfit_words(error: Any) -> str:
    context, kind = error.get("ctx", {}), error["type"]
    words = {
        "missing": "This has to be said.",
        "extra_forbidden": "There is no such field here.",
        "enum": f"This has to be {context.get('expected')}.",
        "literal_error": f"This has to be {context.get('expected')}.",
        "string_type": "This has to be words.",
        "string_too_short": "This has to be said.",
        "bool_parsing": "This has to be true or false.",
        "bool_type": "This has to be true or false.",
        "int_parsing": "This has to be a whole number.",
        "int_type": "This has to be a whole number.",
        "decimal_parsing": "This has to be a number.",
        "decimal_type": "This has to be a number.",
        "tuple_type": "This has to be a list.",
        "model_type": "This has to be a group of fields.",
        "dict_type": "This has to be a group of fields.",
        "string_pattern_mismatch": f"This does not fit the pattern {context.get('pattern')}.",
        "greater_than_equal": f"This has to be {context.get('ge')} or more.",
        "less_than_equal": f"This has to be {context.get('le')} or less.",
        "too_short": "This needs at least one entry.",
    }
    return words.get(kind, f"{error['msg']}.")
