"""What ties a person to the work: registered by the slices above, asked by the door.

Each list holds functions, as upper slices append them when their app is ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Prompt:
    """Something due in a room, in words that name nobody."""

    room: str
    due_at: datetime
    is_late: bool


@dataclass(frozen=True)
class Holding:
    """Something that is still a person's, with the page on which it is handed over."""

    words: str
    url: str


# (user, resolver match) -> the record this request charts in, which no lock keeps shut, or None
CHARTING: list[Callable[[Any, Any], Any]] = []
# (user, at) -> whether the person is with somebody who has had a dose
IN_CARE: list[Callable[[Any, datetime], bool]] = []
# (user, at) -> what is due in the rooms of the sessions the person is in
PROMPTS: list[Callable[[Any, datetime], list[Prompt]]] = []
# (user, at) -> what is still theirs
HOLDINGS: list[Callable[[Any, datetime], list[Holding]]] = []


def charted_in(user: Any, match: Any) -> Any:
    """The record this request charts in although the sign-in is locked or over, or None."""
    return next((found for ask in CHARTING if (found := ask(user, match)) is not None), None)


def is_in_care(user: Any, at: datetime) -> bool:
    """Whether the person is with somebody between dose and release."""
    return any(ask(user, at) for ask in IN_CARE)


def prompts(user: Any, at: datetime) -> list[Prompt]:
    """What is due in the rooms this person looks after, the earliest first."""
    found = [prompt for ask in PROMPTS for prompt in ask(user, at)]
    return sorted(found, key=lambda prompt: (prompt.due_at, prompt.room))


def holdings(user: Any, at: datetime) -> list[Holding]:
    """Everything that is still this person's."""
    return [held for ask in HOLDINGS for held in ask(user, at)]
