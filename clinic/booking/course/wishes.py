"""What a booker wishes for a course, and the words for what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from clinic.people.hours.models import WEEKDAYS
from clinic.people.models import User


@dataclass(frozen=True)
class Wishes:
    """From when, for how many weeks and sessions; on which days, at what hours, with whom."""

    earliest: date
    weeks: int
    sessions: int
    weekdays: tuple[int, ...] = ()  # none: any day
    begins: time | None = None  # of talks
    ends: time | None = None
    interpreter_days: tuple[int, ...] = ()
    at_distance: bool = False
    people: Mapping[str, User] = field(default_factory=dict)  # by capacity

    @property
    def days(self) -> int:
        return self.weeks * 7


def listed(days: Iterable[int]) -> str:
    """Days of the week in a row of words."""
    return ", ".join(WEEKDAYS[day] for day in days)


def hours_wished(wishes: Wishes) -> str:
    """The hours a booker wishes talks to keep to."""
    begins = f" from {wishes.begins:%H:%M}" if wishes.begins else ""
    ends = f" until {wishes.ends:%H:%M}" if wishes.ends else ""
    return f"Your wish: talks{begins}{ends}."
