"""From what is measured to where it is drawn: straight scales, round rungs, usual times."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from math import ceil, floor, log10

from django.utils.timezone import is_aware, localtime

DAY_IN_MINUTES = 1440
STEPS_IN_MINUTES = (
    5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080, 20160, 43200, 86400,
    172800, 345600,
)  # fmt: skip
MARKS_AT_MOST = 8


@dataclass(frozen=True)
class Scale:
    """A straight line from a value to its place in user units."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value):
        share = (float(value) - self.low) / ((self.high - self.low) or 1)
        return round(self.start + share * (self.end - self.start), 1)


def ladder(values):
    """Round bounds that hold every value, and the rungs between them."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    step = _round_step((high - low or abs(high) or 1) / 3)
    bottom, top = floor(low / step), ceil(high / step)
    if bottom == top:
        bottom, top = bottom - 1, top + 1
    rungs = [round(n * step, 6) for n in range(bottom, top + 1)]
    return rungs[0], rungs[-1], rungs


def _round_step(rough):
    power = 10.0 ** floor(log10(max(rough, 1e-3)))
    return next(n * power for n in (1, 2, 5, 10) if rough <= n * power * 1.0000001)


def time_marks(start, end, across):
    """At most nine marks, at whole and usual intervals of the site's own day."""
    minutes = (end - start).total_seconds() / 60
    usual = (s for s in STEPS_IN_MINUTES if minutes / s <= MARKS_AT_MOST)
    step = timedelta(minutes=next(usual, STEPS_IN_MINUTES[-1]))
    midnight = local(start).replace(hour=0, minute=0, second=0, microsecond=0)
    by_day = step >= timedelta(minutes=DAY_IN_MINUTES)
    # Hours are counted in UTC, so that the night the clocks change has no hour drawn twice; days
    # are counted on the calendar, so that each mark is a midnight.
    moment = midnight if by_day or not is_aware(midnight) else midnight.astimezone(UTC)
    marks = []
    while moment <= end:
        if moment >= start:
            shown = local(moment)
            label = f"{shown.day} {shown:%b}" if by_day else f"{shown:%H:%M}"
            marks.append({"x": across(moment.timestamp()), "label": label})
        moment += step
    return marks


def local(at):
    """A time in the site's zone."""
    return localtime(at) if is_aware(at) else at
