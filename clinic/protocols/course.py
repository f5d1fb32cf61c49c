"""The arithmetic of the course: ages, washouts, intervals, visits, touchpoints and licences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Literal

from clinic.audit.canonical import decimal_text
from clinic.checklists.answers import Answers, given, value_of
from clinic.checklists.days import latest_possible
from clinic.checklists.engine import visible_items
from clinic.checklists.medicines import medicines_of
from clinic.protocols.document import (
    Interval,
    Offset,
    Presence,
    ProtocolDocument,
    Touchpoint,
    Washout,
    Window,
)


@dataclass(frozen=True)
class PastDose:
    """A dose the person has had, here or by their own account elsewhere."""

    substance: str
    on: date


@dataclass(frozen=True)
class WashoutState:
    """Whether something has been left off for long enough, and from which day it will have been."""

    washout: Washout
    clear: bool
    clear_on: date | None
    because: Literal["never_taken", "dated", "not_known", "unanswered"]
    days: int | None = None  # that must be clear; None: a half-life is asked for and not known


@dataclass(frozen=True)
class PlannedTouchpoint:
    """A contact after the session at its own time."""

    touchpoint: Touchpoint
    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class LicenceNeeded:
    """A capacity of the session with the professions that may fill it in a place."""

    capacity: str
    title: str
    acts: tuple[str, ...]
    professions: tuple[str, ...]
    presence: Presence
    minutes: int | None
    count: int


def age_on(birth: date, day: date) -> int:
    """Count the completed years on a day; born on 29 February, one completes on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_problems(document: ProtocolDocument, birth: date, day: date) -> tuple[str, ...]:
    """Say why a person's age does not fit the protocol on a day."""
    rule, age = document.age, age_on(birth, day)
    if rule is None:
        return ()
    least = rule.minimum is not None and age < rule.minimum
    most = rule.maximum is not None and age > rule.maximum
    found = [(least, f"from {rule.minimum}"), (most, f"up to {rule.maximum}")]
    return tuple(
        f"Aged {age} on the day; this protocol admits ages {ends}."
        for wrong, ends in found
        if wrong
    )


def washout_clear_on(days: int, last_on: date) -> date:
    """Give the first day on which what was last taken on a day has been left off long enough."""
    try:
        return last_on + timedelta(days=days)
    except OverflowError:
        # A half-life mistyped by many noughts: no day of the calendar is clear.
        return date.max


def washout_words(state: WashoutState) -> str:
    """Say what must be clear until when. A rule about a day: it tells nobody to stop a medicine."""
    rule = state.washout
    if state.days is None:
        return f"{rule.label}: {_by_half_lives(rule)} must be clear; the half-life is not known."
    days = f"{state.days} days must be clear"
    if rule.half_lives is not None and state.days != rule.days:
        days += f" ({_by_half_lives(rule)})"
    if state.clear_on is None:
        return f"{rule.label}: when it was last taken is not known; {days}."
    return f"{rule.label}: {days}, so not before {state.clear_on:%d %B %Y}."


def _by_half_lives(rule: Washout) -> str:
    said = f"{decimal_text(rule.half_lives or Decimal(0))} half-lives"
    if rule.half_life_hours:
        said += f" of {decimal_text(rule.half_life_hours)} hours"
    return f"{said} and {rule.and_days} days" if rule.and_days else said


def washouts(
    document: ProtocolDocument, answers: Answers, on: date, answered_on: date | None = None
) -> tuple[WashoutState, ...]:
    """Say of every washout whether it has elapsed on a day; doubt counts as not."""
    asked = {item.code for item in visible_items(document.screening, answers)}
    heard = {code: answer for code, answer in answers.items() if code in asked}
    return tuple(
        _washout(document, each, heard, on, answered_on or on) for each in document.washouts
    )


def washout_since(
    washout: Washout, last_on: date | None, half_life: Decimal | None, on: date
) -> WashoutState:
    """Say of one washout whether what was last taken on a day has been left off long enough."""
    days = washout.clear_days(half_life)
    if last_on is None:
        return WashoutState(washout, False, None, "not_known", days)
    return _dated(washout, days, last_on, on)


def interval_problems(
    document: ProtocolDocument, past: Iterable[PastDose], on: date
) -> tuple[str, ...]:
    """Say which earlier doses lie too near to a day, over the whole person."""
    return tuple(_interval_problems(document, list(past), on))


def shifted(instant: datetime, offset: Offset, zone: tzinfo) -> datetime:
    """Move a moment by an offset: days on the local calendar, hours and minutes as they elapse."""
    moved = instant.astimezone(zone)
    if offset.days or offset.at is not None:
        day = moved.date() + timedelta(days=offset.days)
        moved = datetime.combine(day, offset.at or moved.time(), tzinfo=zone)
    # Through UTC, so that an hour is an hour on the night the clocks change.
    return moved.astimezone(UTC) + timedelta(hours=offset.hours, minutes=offset.minutes)


def touchpoints(
    document: ProtocolDocument, session_ended_at: datetime, zone: tzinfo
) -> tuple[PlannedTouchpoint, ...]:
    """List the contacts after a session, each with the time it is due and the time it is late."""
    planned = []
    for each in document.touchpoints:
        due_at = shifted(session_ended_at, each.offset, zone)
        planned.append(PlannedTouchpoint(each, due_at, shifted(due_at, each.open_for, zone)))
    return tuple(sorted(planned, key=lambda one: (one.due_at, one.touchpoint.code)))


def visit_window(
    window: Window, anchor_at: datetime, zone: tzinfo
) -> tuple[datetime | None, datetime | None]:
    """Give the earliest and the latest moment of a visit around what it is counted from."""
    ends = [
        shifted(anchor_at, each, zone) if each else None
        for each in (window.earliest, window.latest)
    ]
    return ends[0], ends[1]


def licences_needed(document: ProtocolDocument, jurisdiction: str) -> tuple[LicenceNeeded, ...]:
    """List who has to be licensed for what, in the place where the person is."""
    return tuple(
        LicenceNeeded(
            capacity=role.capacity,
            title=role.title,
            acts=tuple(act.value for act in role.acts),
            professions=_in_place(role.professions, jurisdiction),
            presence=role.presence,
            minutes=role.minutes,
            count=role.count,
        )
        for role in document.roles
    )


def professions_for(document: ProtocolDocument, act: str, jurisdiction: str) -> tuple[str, ...]:
    """The professions named for an act in a place, of every capacity that has it; empty: none is."""
    named = [
        profession
        for role in licences_needed(document, jurisdiction)
        if act in role.acts
        for profession in role.professions
    ]
    return tuple(dict.fromkeys(named))


def _in_place(professions: dict[str, tuple[str, ...]], jurisdiction: str) -> tuple[str, ...]:
    """A state's own list goes before its country's, and that before everywhere's."""
    country = jurisdiction.partition("-")[0]
    found = (professions[place] for place in (jurisdiction, country, "*") if place in professions)
    return next(found, ())


def _was_taken(washout: Washout, value: object) -> bool:
    """A plain yes, or one of the answers that mean this very medicine."""
    if not washout.taken_options:
        return value is not False
    chosen = value if isinstance(value, list | tuple) else (value,)
    return any(each in washout.taken_options for each in chosen)


def _washout(
    document: ProtocolDocument, washout: Washout, heard: Answers, on: date, answered_on: date
) -> WashoutState:
    taken = heard.get(washout.taken_item)
    days = washout.clear_days(_half_life(document, washout, heard))
    if taken is None or not given(taken):
        return WashoutState(washout, False, None, "unanswered", days)
    if taken.state == "known" and washout.medicines:
        return _of_medicines(washout, taken.value, days, on, answered_on)
    if taken.state == "known" and not _was_taken(washout, taken.value):
        return WashoutState(washout, True, None, "never_taken", days)
    item = document.screening_item(washout.last_on_item or "")
    last = heard.get(item.code) if item else None
    if item is None or last is None or not given(last) or last.state == "not_known":
        return WashoutState(washout, False, None, "not_known", days)
    try:
        value = value_of(item, last)
        last_on = value if isinstance(value, date) else latest_possible(value, answered_on)
    except ValueError:
        return WashoutState(washout, False, None, "not_known", days)
    return _dated(washout, days, last_on, on)


def _of_medicines(
    washout: Washout, value: object, clear: int | None, on: date, answered_on: date
) -> WashoutState:
    """Of all the medicines that are meant, the one taken last counts."""
    try:
        found = [
            each
            for each in medicines_of(value)
            if any(each.is_called(name) for name in washout.medicines)
        ]
        days = [each.latest_taken(answered_on) for each in found]
    except ValueError:
        return WashoutState(washout, False, None, "not_known", clear)
    known = [day for day in days if day is not None]
    if not found:
        return WashoutState(washout, True, None, "never_taken", clear)
    if len(known) < len(days):
        return WashoutState(washout, False, None, "not_known", clear)
    return _dated(washout, clear, max(known), on)


def _dated(washout: Washout, clear: int | None, last_on: date, on: date) -> WashoutState:
    if clear is None:
        return WashoutState(washout, False, None, "not_known", clear)
    clear_on = washout_clear_on(clear, last_on)
    return WashoutState(washout, on >= clear_on, clear_on, "dated", clear)


def _half_life(document: ProtocolDocument, washout: Washout, heard: Answers) -> Decimal | None:
    """The hours the screening says, for a rule that asks for them; an estimate is none."""
    item = document.screening_item(washout.half_life_item) if washout.half_life_item else None
    answer = heard.get(item.code) if item else None
    if item is None or answer is None or not given(answer) or answer.state != "known":
        return None
    try:
        hours = Decimal(value_of(item, answer))
    except (ValueError, InvalidOperation):
        return None
    return hours if hours > 0 else None


def _interval_problems(document: ProtocolDocument, past: list[PastDose], on: date) -> Iterator[str]:
    named = {document.substance, *(code for each in document.intervals for code in each.substances)}
    for rule in document.intervals:
        near = [dose for dose in past if dose.on <= on and _is_meant(rule, dose, named)]
        if not near:
            continue
        last = max(near, key=lambda dose: dose.on)
        clear_on = last.on + timedelta(days=rule.min_days)
        if on < clear_on:
            yield (
                f"The last dose of {last.substance} was on {last.on:%d %B %Y}; "
                f"{rule.min_days} days must lie between, so not before {clear_on:%d %B %Y}."
            )


def _is_meant(rule: Interval, dose: PastDose, named: set[str]) -> bool:
    return dose.substance in rule.substances if rule.substances else dose.substance not in named
