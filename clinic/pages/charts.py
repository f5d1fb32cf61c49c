"""The geometry of charts: pure functions from what was measured to where it stands on the paper.

One SVG serves page and PDF, so nothing here knows a colour or a screen. Time is proportional; a set of
blood pressure is one upright bar between two short strokes; other series are points joined by thin
straight lines, each with a symbol of its own. Every number comes with its unit, every gap stays a gap.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from clinic.pages.scales import Scale, ladder, local, time_marks

WIDTH = 780
LEFT, RIGHT = 118, 104
TOP, PLOT, GAP, AXIS = 30, 104, 24, 40
SCORE_PLOT = 180
SYMBOLS = ("circle", "square", "diamond", "triangle", "cross", "plus")
MARKS = {"on_time": "", "late": "late", "back_filled": "back-filled"}


@dataclass(frozen=True)
class Point:
    at: datetime
    value: float | Decimal | None
    high: float | Decimal | None = None
    mark: str = "on_time"
    note: str = ""


@dataclass(frozen=True)
class Series:
    name: str
    unit: str
    points: list[Point]
    kind: str = "line"  # line | bar
    symbol: str = ""


@dataclass(frozen=True)
class Band:
    series_name: str
    low: float | None
    high: float | None
    label: str
    tone: str = "neutral"


@dataclass(frozen=True)
class Dose:
    at: datetime
    label: str


@dataclass
class Plot:
    """One strip of a chart: a series with its own scale, on the time axis all strips share."""

    name: str
    unit: str
    number: int
    top: float
    bottom: float
    kind: str
    symbol: str
    latest: str = ""
    previous: str = ""
    ticks: list[dict] = field(default_factory=list)
    bands: list[dict] = field(default_factory=list)
    path: str = ""
    marks: list[dict] = field(default_factory=list)


@dataclass
class Chart:
    """Everything the template needs, in user units; and the same facts as rows for a reader."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    times: list[dict]
    doses: list[dict]
    plots: list[Plot]
    rows: list[dict]
    is_empty: bool


def vitals_chart(series, bands=(), doses=(), start=None, end=None):
    """Vital signs over one session: stacked strips on one time axis, newest at the right."""
    start, end = _span(series, doses, start, end)
    return _chart(list(series), bands, doses, start, end, PLOT)


def score_chart(series, doses=()):
    """Scores over months against the doses given."""
    start, end = _span(series, doses, None, None)
    return _chart(list(series), (), doses, start, end, SCORE_PLOT)


def _span(series, doses, start, end):
    moments = [point.at for one in series for point in one.points]
    if start is None:
        moments += [dose.at for dose in doses]
    if not moments:
        return start, end
    first, last = min(moments), max(moments)
    if start is None:
        room = max((last - first) * 0.04, timedelta(minutes=5))
        return first - room, max(end or last, last + room)
    # Wider than asked rather than hiding what was measured before or after.
    start = min(start, first)
    return start, max(end or last, last, start + timedelta(minutes=30))


def _chart(series, bands, doses, start, end, height):
    right = WIDTH - RIGHT
    if start is None or not any(one.points for one in series):
        return Chart(WIDTH, 0, LEFT, right, 0, 0, [], [], [], [], is_empty=True)
    across = Scale(start.timestamp(), end.timestamp(), LEFT, right)
    plots = [
        _plot(one, number, [b for b in bands if b.series_name == one.name], across, height)
        for number, one in enumerate(series)
    ]
    bottom = TOP + len(plots) * (height + GAP) - GAP
    return Chart(
        width=WIDTH,
        height=bottom + AXIS,
        left=LEFT,
        right=right,
        top=TOP,
        bottom=bottom,
        times=time_marks(start, end, across),
        doses=[_dose(dose, across) for dose in doses if start <= dose.at <= end],
        plots=plots,
        rows=_rows(series),
        is_empty=False,
    )


def _plot(series, number, bands, across, height):
    top = TOP + number * (height + GAP)
    low, high, rungs = ladder(_values(series, bands))
    up = Scale(low, high, top + height, top)
    recorded = sorted((p for p in series.points if p.value is not None), key=lambda p: p.at)
    return Plot(
        name=series.name,
        unit=series.unit,
        number=number % 5 + 1,
        top=top,
        bottom=top + height,
        kind=series.kind,
        symbol=series.symbol or SYMBOLS[number % len(SYMBOLS)],
        latest=_words(recorded[-1]) if recorded else "not recorded",
        previous=_words(recorded[-2]) if len(recorded) > 1 else "",
        ticks=[{"y": up(rung), "label": _number(rung)} for rung in rungs],
        bands=[_band(band, up, low, high, top + 46 + 16 * n) for n, band in enumerate(bands)],
        path="" if series.kind == "bar" else _line(series.points, across, up),
        marks=[_mark(point, across, up) for point in recorded],
    )


def _values(series, bands):
    values = [v for p in series.points for v in (p.value, p.high)]
    values += [v for band in bands for v in (band.low, band.high)]
    return [float(v) for v in values if v is not None]


def _line(points, across, up):
    """Straight pieces between neighbours; a missed point breaks the line instead of bridging it."""
    pieces, pen_down = [], False
    for point in sorted(points, key=lambda p: p.at):
        if point.value is None:
            pen_down = False
            continue
        pieces.append(f"{'L' if pen_down else 'M'}{across(point.at.timestamp())} {up(point.value)}")
        pen_down = True
    return " ".join(pieces)


def _mark(point, across, up):
    return {
        "x": across(point.at.timestamp()),
        "y": up(point.value),
        "high": up(point.high) if point.high is not None else None,
        "late": point.mark == "late",
        "open": point.mark == "back_filled",
        "note": point.note,
        "title": " ".join(
            filter(None, [_clock(point.at), _words(point), MARKS[point.mark], point.note])
        ),
    }


def _band(band, up, low, high, key_y):
    top = up(high if band.high is None else min(high, float(band.high)))
    bottom = up(low if band.low is None else max(low, float(band.low)))
    height = round(bottom - top, 1)
    return {"y": top, "height": height, "label": band.label, "tone": band.tone, "key_y": key_y}


def _dose(dose, across):
    return {"x": across(dose.at.timestamp()), "label": dose.label, "clock": _clock(dose.at)}


def _rows(series):
    """The same readings as a table: the chart's words for who does not see it."""
    found = [
        {"at": p.at, "name": one.name, "value": _words(p), "unit": one.unit, "mark": MARKS[p.mark]}
        for one in series
        for p in one.points
    ]
    return sorted(found, key=lambda row: row["at"])


def _words(point):
    if point.value is None:
        return "not recorded"
    low = _number(point.value)
    return f"{_number(point.high)}/{low}" if point.high is not None else low


def _number(value):
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # as it was measured, to the last digit
    return f"{float(value):.10g}"


def _clock(at):
    return f"{local(at):%H:%M}"
