"""Days as people remember them: whole, or only the month or the year."""

import calendar
import re
from datetime import date

_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def latest_possible(text: str, answered_on: date) -> date:
    """Take an approximate date as the latest day it could mean, but no later than it was told."""
    found = _PARTIAL_DATE.fullmatch(text.strip())
    if not found:
        raise ValueError("Write a day as 2026-11-21, a month as 2026-11 or a year as 2026.")
    year, month = int(found[1]), int(found[2] or 12)
    try:
        day = int(found[3]) if found[3] else calendar.monthrange(year, month)[1]
        latest = date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        raise ValueError("There is no such day.") from None
    return latest if found[3] else min(latest, answered_on)


def in_words(text: str) -> str:
    """Write a day, a month or a year as the house writes days; what is none stays as it was typed."""
    try:
        day = latest_possible(text, date.max)
    except ValueError:
        return text
    parts = text.strip().count("-")
    if parts == 0:
        return f"{day.year}"
    return f"{day.day} {day:%b %Y}" if parts == 2 else f"{day:%b %Y}"


def part_of_a_day(text: str) -> bool:
    """Say whether only a month or a year was written; what is no day at all is a ValueError."""
    latest_possible(text, date.max)
    return text.strip().count("-") < 2
