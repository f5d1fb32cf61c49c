"""A protocol written out as a library file: read again it is the same document, to the digest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any

import yaml

from clinic.audit.canonical import decimal_text
from clinic.protocols.corrected import ERRATA, ERRATUM, Correction
from clinic.protocols.document import ProtocolDocument

WIDTH = 100
# Line ends of other alphabets: only between double quotes does YAML keep them as they are.
LINE_ENDS = ("\x85", "\u2028", "\u2029")
AUTHORITY = ("basis", "source", "citation", "confirm")


def write(
    document: ProtocolDocument, *, heading: str = "", errata: Iterable[Correction] = ()
) -> str:
    """Write a document as YAML: what differs from what goes without saying, in the fields' order.

    The errata of a version stand in a part of their own after what was published.
    """
    said = document.model_dump(exclude_defaults=True)
    for key, checklist in said.get("checklists", {}).items():
        if checklist.get("code") == key:  # in a file the key of a checklist is its code
            del checklist["code"]
    if listed := [_erratum(each) for each in errata]:
        said[ERRATA] = listed
    comment = "".join(f"# {line}\n" for line in heading.splitlines())
    body = yaml.dump(_plain(said), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=WIDTH)
    return f"{comment}\n{body}" if comment else body


def _erratum(each: Correction) -> dict[str, Any]:
    said = {name: getattr(each, name) for name in ERRATUM}
    said["since"] = each.since.isoformat()
    return {name: value for name, value in said.items() if value is not None}


class _Writer(yaml.SafeDumper):
    """YAML whose numbers stand as they were written, and in which nothing is said by reference."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def _number(writer: _Writer, value: Decimal) -> yaml.Node:
    text = decimal_text(value)
    kind = "float" if "." in text else "int"
    return writer.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


_Writer.add_representer(Decimal, _number)


def _text(writer: _Writer, value: str) -> yaml.Node:
    style = '"' if any(end in value for end in LINE_ENDS) else None
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Writer.add_representer(str, _text)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):  # what is said first, on whose authority last
        ordered = sorted(value, key=lambda key: key in AUTHORITY)
        return {key: _plain(value[key]) for key in ordered}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | time) else value
