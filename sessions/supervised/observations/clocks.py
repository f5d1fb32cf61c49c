"""Three clocks of one entry: what was planned, when it was, when the record had it."""

from __future__ import annotations

from datetime import datetime, timedelta

ON_TIME, LATE, BACK_FILLED = "on_time", "late", "back_filled"
AFTERWARDS = timedelta(minutes=10)  # written down so much later, it was not written as it happened


def kind_of(
    stated_at: datetime, received_at: datetime | None, closes_at: datetime | None = None
) -> str:
    """Whether an entry was made on time, late for its check, or written down afterwards."""
    if received_at is not None and received_at - stated_at > AFTERWARDS:
        return BACK_FILLED
    if closes_at is not None and stated_at > closes_at:
        return LATE
    return ON_TIME


def minutes_off(
    kind: str, stated_at: datetime, received_at: datetime | None, planned_for: datetime | None
) -> int:
    """By how many minutes: after the plan where late, after the fact where back-filled."""
    if kind == BACK_FILLED and received_at is not None:
        return int((received_at - stated_at).total_seconds() // 60)
    if kind == LATE and planned_for is not None:
        return int((stated_at - planned_for).total_seconds() // 60)
    return 0
