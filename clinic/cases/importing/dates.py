"""Birth dates as people write them: read where they can mean one day alone, else refused."""

from __future__ import annotations

import re
from datetime import date, datetime

SPELLED = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")
SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", re.ASCII)
SAFE = "Write it as 1985-07-14."


def day_of(text: str) -> date:
    """The one day these words mean.

    Raises ValueError, with a sentence, where they mean none or may mean two.
    """
    text = " ".join(text.split()).rstrip(".")
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]00:00(:00(\.0+)?)?", text, re.ASCII):
        text = text[:10]  # how some programs write a day
    if re.fullmatch(r"\d{4,6}(\.\d+)?", text, re.ASCII):
        raise ValueError(f"“{text}” is a number of a spreadsheet or a year, not a day. {SAFE}")
    if written := SLASHED.fullmatch(text):
        return _of_two_readings(text, *map(int, written.groups()))
    if text.isascii():
        for spelling in SPELLED:
            try:
                return datetime.strptime(text.replace(",", ""), spelling).date()  # noqa: DTZ007
            except ValueError:
                continue
    raise ValueError(f"“{text[:40]}” is not a day that can be read without doubt. {SAFE}")


def _of_two_readings(text, first, second, year):
    found = set()
    for month, day in ((second, first), (first, second)):
        try:
            found.add(date(year, month, day))
        except ValueError:
            continue
    if len(found) == 1:
        return found.pop()
    if not found:
        raise ValueError(f"“{text}” is no day of the calendar. {SAFE}")
    early, late = sorted(found)
    raise ValueError(f"“{text}” may be {early:%d %B %Y} or {late:%d %B %Y}. {SAFE}")
