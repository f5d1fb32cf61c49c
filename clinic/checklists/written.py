"""A plain part of YAML, read without its surprises and with the line of everything in it.

No anchors, no tags, no key twice; `yes` and `12:30` stay words, and a number is read exactly as it is
written.
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from clinic.checklists.mistakes import FileMistakes, Mistake, Place, place_words

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
