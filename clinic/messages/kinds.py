"""What each kind of message says, and whether it is still wanted: registered by whoever owns it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Kind:
    """One kind of message. A low slice sends it without knowing the slice that wrote it."""

    code: str
    still_wanted: Callable[[Any, datetime], bool]
    words: Callable[[Any], tuple[str, str]]
    label: str
    keeps_quiet_hours: bool = True
    may_be_stopped: bool = True
    prepare: Callable[..., None] | None = None


KINDS: dict[str, Kind] = {}


def register(
    code: str,
    *,
    still_wanted: Callable[[Any, datetime], bool],
    words: Callable[[Any], tuple[str, str]],
    label: str = "",
    keeps_quiet_hours: bool = True,
    may_be_stopped: bool = True,
    prepare: Callable[..., None] | None = None,
) -> Kind:
    """Make a kind of message known; a code means one thing in the whole house.

    `prepare(message, by=…, at=…)` makes, right before sending, what the words need: a form, a link.
    It is called again at each try. `may_be_stopped` is False for what only its outcome may end.
    """
    if code in KINDS:
        raise ValueError(f"the kind of message '{code}' is taken")
    KINDS[code] = Kind(
        code=code,
        still_wanted=still_wanted,
        words=words,
        label=label or code.replace("_", " ").capitalize(),
        keeps_quiet_hours=keeps_quiet_hours,
        may_be_stopped=may_be_stopped,
        prepare=prepare,
    )
    return KINDS[code]


def kind_of(message: Any) -> Kind:
    """The kind of a message, or a KeyError that names it: an unknown kind is never sent."""
    return KINDS[message.kind]
