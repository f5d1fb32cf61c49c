"""Quiet hours: when a patient's night ends, in their own zone, through every change of clocks."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def is_quiet(at: datetime, zone: tzinfo, quiet_from: time, quiet_until: time) -> bool:
    """Whether the clock on the patient's wall stands inside the quiet hours."""
    clock = at.astimezone(zone).time()
    if quiet_from <= quiet_until:
        return quiet_from <= clock < quiet_until
    return clock >= quiet_from or clock < quiet_until


def next_waking(at: datetime, zone: tzinfo, quiet_from: time, quiet_until: time) -> datetime:
    """The moment itself outside quiet hours, else the next moment they end."""
    if not is_quiet(at, zone, quiet_from, quiet_until):
        return at
    today = at.astimezone(zone).date()
    return min(
        moment
        for day in (today, today + timedelta(days=1))
        for moment in _moments(day, quiet_until, zone)
        if moment > at
    )


def _moments(day: date, clock: time, zone: tzinfo) -> list[datetime]:
    """Every instant at which the wall shows this time: two in the hour that is repeated.

    A time that is skipped comes as much later as the clocks were moved.
    """
    first, second = (
        datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    return [first] if second <= first else [first, second]
