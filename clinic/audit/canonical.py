"""One spelling for every value, so that two copies of a record can be proved equal.

Digests, signatures and the chain of the trail are taken over this text, never over a database row
or a screen: it comes out the same after a restore, a re-import or a change of keys.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any
from uuid import UUID

from pydantic import BaseModel

MICROSECOND = timedelta(microseconds=1)


def canonical(value: Any) -> str:
    """Write a value as JSON in its one spelling: sorted keys, no spaces, decimals as text."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Any) -> str:
    """Give the SHA-256 of a value's one spelling, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


def decimal_text(number: Decimal) -> str:
    """Write a decimal without exponent or trailing zeros: 0.50 and 0.5 are the same dose."""
    if not number.is_finite():
        raise ValueError("Only a finite number can be recorded.")
    if not number:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(value: Any) -> Any:
    # A bool is an int too, so it has to be asked about first.
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(member) for member in value), key=canonical)
    return _written(value)


def _written(value: Any) -> Any:
    for kind, write in _SPELLINGS:
        if isinstance(value, kind):
            return write(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    raise TypeError(f"A {type(value).__name__} has no canonical spelling.")


def _instant(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError("A time without its zone cannot be recorded.")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _key(key: Any) -> str:
    plain = _plain(key)
    if isinstance(plain, bool) or not isinstance(plain, str | int):
        raise TypeError("Only a word or a whole number can name a part of a record.")
    return str(plain)


def _isoformat(value: date | time) -> str:
    return value.isoformat()


# A datetime is a date too, so it has to be asked about first.
_SPELLINGS: list[tuple[type | UnionType, Callable[[Any], Any]]] = [
    (Decimal, decimal_text),
    (float, lambda value: decimal_text(Decimal(repr(value)))),
    (datetime, _instant),
    (date | time, _isoformat),
    (timedelta, lambda value: decimal_text(Decimal(value // MICROSECOND) / 1_000_000)),
    (UUID, str),
    (BaseModel, lambda value: _plain(value.model_dump())),
]
