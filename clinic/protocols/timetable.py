"""Which checks are due when. Computed from document, doses, entries and time; stored nowhere.

Screen, board, PDF and worker ask this one function, so a dead worker cannot hide an overdue check.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from clinic.protocols.document import MonitoringRow, ProtocolDocument
from clinic.protocols.doses import DoseGiven, in_order

State = Literal["upcoming", "due", "overdue", "missed", "done", "late"]

# A session nobody ever closed must not fill a page with checks for years.
LONGEST_TAIL = timedelta(days=7)


@dataclass(frozen=True)
class PlannedCheck:
    """One set of readings the protocol asks for, and the window in which it is on time."""

    key: str
    row: str
    at: datetime
    parameters: tuple[str, ...]
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class Entry:
    """What was charted at a stated time: parameters read, or why not, for one check or for none."""

    stated_at: datetime
    parameters: frozenset[str] = frozenset()
    check: str | None = None
    miss_reason: str | None = None
    planned_for: datetime | None = None


@dataclass(frozen=True)
class Due:
    """Where one check stands at a moment, since when, and what of it is still open."""

    check: PlannedCheck
    state: State
    at: datetime
    by: datetime
    since: datetime | None
    outstanding: frozenset[str]
    reason: str | None = None
    excused: bool = False
    given_up_at: datetime | None = None


@dataclass
class _Progress:
    """What the entries of one check have come to."""

    read: set[str] = field(default_factory=set)
    excused: set[str] = field(default_factory=set)
    reason: str | None = None
    settled_at: datetime | None = None


def schedule(
    document: ProtocolDocument, doses: Sequence[DoseGiven], until: datetime
) -> tuple[PlannedCheck, ...]:
    """List every check from the first dose until a moment; a further dose adds its own to them."""
    if not doses:
        return ()
    ordered = in_order(doses)
    found = [
        check for row in document.monitoring for check in _checks(document, row, ordered, until)
    ]
    return tuple(sorted(found, key=lambda check: (check.at, check.key)))


def dueness(
    document: ProtocolDocument,
    doses: Sequence[DoseGiven],
    entries: Iterable[Entry],
    at: datetime,
    ended_at: datetime | None = None,
) -> tuple[Due, ...]:
    """Say of every check whether it is upcoming, due, overdue, missed, done or done late."""
    if not doses:
        return ()
    checks = schedule(document, doses, ended_at or _horizon(document, in_order(doses), at))
    charted = sorted(entries, key=lambda entry: entry.stated_at)
    excuses = {reason.code: frozenset(reason.excuses) for reason in document.miss_reasons}
    return tuple(
        _due(check, _superseded_at(check, checks, ended_at), charted, excuses, at)
        for check in checks
    )


def next_change(
    document: ProtocolDocument,
    doses: Sequence[DoseGiven],
    entries: Iterable[Entry],
    at: datetime,
    ended_at: datetime | None = None,
) -> datetime | None:
    """Give the next moment at which the picture changes though nobody enters anything."""
    moments = [
        moment
        for due in dueness(document, doses, entries, at, ended_at)
        if due.state not in ("done", "late", "missed")
        for moment in (due.check.opens_at, due.check.closes_at, due.given_up_at)
        if moment is not None and moment > at
    ]
    return min(moments, default=None)


def _checks(
    document: ProtocolDocument, row: MonitoringRow, doses: list[DoseGiven], until: datetime
) -> Iterator[PlannedCheck]:
    first = doses[0].at
    planned: dict[datetime, str] = {}
    for minute in row.at_minutes:
        planned[first + timedelta(minutes=minute)] = f"{row.code}+{minute}"
    for minute, moment in _tail(row, first, until):
        planned.setdefault(moment, f"{row.code}+{minute}")
    for number, dose in enumerate(doses[1:], start=1):
        for minute in row.after_supplement:
            # A further dose never removes a check that was planned before it, it only adds.
            planned.setdefault(
                dose.at + timedelta(minutes=minute), f"{row.code}+s{number}+{minute}"
            )
    for moment, key in planned.items():
        if moment <= until:
            yield PlannedCheck(
                key,
                row.code,
                moment,
                row.parameters,
                opens_at=moment - _early(document, row, moment == first),
                closes_at=moment + timedelta(minutes=row.late_minutes),
            )


def _tail(row: MonitoringRow, first: datetime, until: datetime) -> Iterator[tuple[int, datetime]]:
    last = min(until, first + LONGEST_TAIL)
    for minute in _minutes_after(row):
        moment = first + timedelta(minutes=minute)
        if moment > last:
            return
        yield minute, moment


def _minutes_after(row: MonitoringRow) -> Iterator[int]:
    """The minutes after the listed ones: each phase at its own pace, then until release."""
    minute = max(row.at_minutes)
    for phase in row.cadence:
        while phase.until_minute is None or minute + phase.every <= phase.until_minute:
            minute += phase.every
            yield minute
    while row.then_every is not None:
        minute += row.then_every
        yield minute


def _early(document: ProtocolDocument, row: MonitoringRow, is_baseline: bool) -> timedelta:
    """The set before the dose is the baseline: on time for as long as it counts as fresh."""
    fresh = document.today.vitals_fresh_minutes if document.today else None
    return timedelta(minutes=max(row.early_minutes, (fresh or 0) if is_baseline else 0))


def _horizon(document: ProtocolDocument, doses: list[DoseGiven], at: datetime) -> datetime:
    """Look far enough ahead to show the whole listed schedule and the check that opens after it."""
    reach = [
        moment + timedelta(minutes=_pace(row) + row.early_minutes)
        for row in document.monitoring
        for moment in (
            at,
            doses[0].at + timedelta(minutes=_listed_until(row)),
            doses[-1].at + timedelta(minutes=max(row.after_supplement, default=0)),
        )
    ]
    return max(reach, default=at)


def _pace(row: MonitoringRow) -> int:
    """The longest wait from one check of a row to the next after the listed minutes."""
    return max([row.then_every or 0, *(phase.every for phase in row.cadence)])


def _listed_until(row: MonitoringRow) -> int:
    return max([max(row.at_minutes), *(phase.until_minute or 0 for phase in row.cadence)])


def _superseded_at(
    check: PlannedCheck, checks: Sequence[PlannedCheck], ended_at: datetime | None
) -> datetime | None:
    """A check that was not done is given up when the next of its row opens, or the session ends."""
    following = (other for other in checks if other.row == check.row and other.at > check.at)
    after = next(following, None)
    opens = [after.opens_at] if after else []
    ends = min([*opens, *([ended_at] if ended_at else [])], default=None)
    return None if ends is None else max(ends, check.closes_at)


def _due(
    check: PlannedCheck,
    superseded_at: datetime | None,
    entries: list[Entry],
    excuses: dict[str, frozenset[str]],
    at: datetime,
) -> Due:
    mine = [entry for entry in entries if _belongs(entry, check, superseded_at)]
    progress = _progress(check, mine, excuses)
    outstanding = frozenset(check.parameters) - progress.read
    state, since = _state(check, progress, superseded_at, at)
    excused = bool(progress.settled_at and outstanding)
    return Due(
        check=check,
        state=state,
        at=check.at,
        by=check.closes_at,
        since=since,
        outstanding=outstanding,
        reason=progress.reason,
        excused=excused,
        given_up_at=superseded_at,
    )


def _belongs(entry: Entry, check: PlannedCheck, superseded_at: datetime | None) -> bool:
    if entry.check == check.key or entry.planned_for == check.at:
        return True
    if check.opens_at <= entry.stated_at <= check.closes_at:
        return True
    is_extra = entry.check is None and entry.planned_for is None
    is_before_next = superseded_at is None or entry.stated_at < superseded_at
    return is_extra and is_before_next and entry.stated_at > check.closes_at


def _progress(
    check: PlannedCheck, entries: list[Entry], excuses: dict[str, frozenset[str]]
) -> _Progress:
    progress, wanted = _Progress(), set(check.parameters)
    for entry in entries:
        progress.read |= wanted & entry.parameters
        if entry.miss_reason:
            progress.reason = entry.miss_reason
            progress.excused |= wanted & excuses.get(entry.miss_reason, frozenset())
        if progress.settled_at is None and wanted <= progress.read | progress.excused:
            progress.settled_at = entry.stated_at
    return progress


def _state(
    check: PlannedCheck, progress: _Progress, superseded_at: datetime | None, at: datetime
) -> tuple[State, datetime | None]:
    if progress.settled_at is not None:
        if not progress.read:
            return "missed", progress.settled_at
        return "done" if progress.settled_at <= check.closes_at else "late", progress.settled_at
    if superseded_at is not None and at >= superseded_at:
        return "missed", superseded_at
    if at >= check.closes_at:
        return "overdue", check.closes_at
    return ("due", check.opens_at) if at >= check.opens_at else ("upcoming", None)
