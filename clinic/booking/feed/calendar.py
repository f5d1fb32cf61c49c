"""A diary as an iCalendar file: when, in which room, at which site, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta

from icalendar import Calendar, Event

from clinic.booking.feed.queries import Entry

TITLE = "Vigil: visit"
EVERY = timedelta(hours=1)  # house: how often a calendar is asked to look again


def as_calendar(entries: Iterable[Entry]) -> bytes:
    """The entries as a calendar program reads them; a visit keeps its UID through every change."""
    calendar = Calendar()
    calendar.add("prodid", "-//Vigil//Diary//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Vigil")
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    changed_at = entry.changed_at.astimezone(UTC)
    event.add("uid", f"{entry.key}@vigil")
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", entry.changes)
    event.add("summary", TITLE)
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("location", f"{entry.room or 'At a distance'}, {entry.site}")
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if entry.is_off else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.is_off else "OPAQUE")
    return event
