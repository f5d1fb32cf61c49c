"""What is contradictory in the rules for the day of the dose: limits, checks, amounts, tables."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from clinic.audit.canonical import decimal_text
from clinic.checklists.mistakes import Misplaced, Place
from clinic.protocols.document import (
    DoseRange,
    Limit,
    MonitoringRow,
    ProtocolDocument,
    RatioRow,
    StayRow,
)


def check_session_rules(document: ProtocolDocument) -> Iterator[Misplaced]:
    """List what contradicts itself in the rules for the day of the dose."""
    yield from _parameters(document)
    yield from _limits(document)
    yield from _monitoring(document)
    yield from _doses(document)
    yield from _tables(document)


def _parameters(document: ProtocolDocument) -> Iterator[Misplaced]:
    known = {parameter.code for parameter in document.parameters}
    for number, parameter in enumerate(document.parameters):
        if (parameter.kind == "scale") != bool(parameter.steps):
            said = "A scale, and only that, says what its steps mean."
            yield ("parameters", number, "steps"), said, "steps"
    uses: list[tuple[Place, str]] = []
    for number, row in enumerate(document.monitoring):
        uses += [
            (("monitoring", number, "parameters", i), each) for i, each in enumerate(row.parameters)
        ]
    for number, reason in enumerate(document.miss_reasons):
        uses += [
            (("miss_reasons", number, "excuses", i), each) for i, each in enumerate(reason.excuses)
        ]
    uses += [(("limits", i, "parameter"), each.parameter) for i, each in enumerate(document.limits)]
    uses += [
        (("baseline_limits", i, "parameter"), each.parameter)
        for i, each in enumerate(document.baseline_limits)
    ]
    for part, rule in (("today", document.today), ("release", document.release)):
        vitals = rule.vitals if rule else ()
        uses += [((part, "vitals", i), each) for i, each in enumerate(vitals)]
    for place, used in uses:
        if used not in known:
            yield place, f"There is no parameter “{used}”.", "unknown_parameter"


def _limits(document: ProtocolDocument) -> Iterator[Misplaced]:
    for number, limit in enumerate(document.limits):
        parameter = document.parameter(limit.parameter)
        if parameter and parameter.unit != limit.unit:
            said = f"“{parameter.code}” is measured in {parameter.unit or 'no unit'}."
            yield ("limits", number, "unit"), said, "unit"
        yield from _bands(limit, ("limits", number, "bands"))


def _bands(limit: Limit, at: Place) -> Iterator[Misplaced]:
    reached: Decimal | None = None
    for number, band in enumerate(limit.bands):
        first, last = number == 0, number == len(limit.bands) - 1
        if first != (band.starts is None):
            said = "The first band, and only that, has no lower end."
            yield (*at, number, "starts"), said, "hole" if first else "overlap"
        if last != (band.below is None):
            said = "The last band, and only that, has no upper end."
            yield (*at, number, "below"), said, "hole" if last else "overlap"
        if band.starts is not None and reached is not None and band.starts != reached:
            code = "overlap" if band.starts < reached else "hole"
            said = f"The band before ends at {decimal_text(reached)}; {_joint(code)}."
            yield (*at, number, "starts"), said, code
        if band.starts is not None and band.below is not None and band.below <= band.starts:
            yield (*at, number, "below"), "This band ends before it begins.", "range"
        reached = band.below


def _joint(code: str) -> str:
    return (
        "the values between have two bands" if code == "overlap" else "the values between have none"
    )


def _monitoring(document: ProtocolDocument) -> Iterator[Misplaced]:
    stays = [row.minutes for row in document.minimum_stay.rows] if document.minimum_stay else []
    for number, row in enumerate(document.monitoring):
        place = ("monitoring", number)
        yield from _ascending(row.at_minutes, (*place, "at_minutes"))
        yield from _ascending(row.after_supplement, (*place, "after_supplement"))
        for i, minute in enumerate(row.at_minutes):
            if stays and minute > max(stays):
                said = f"This is due after the longest minimum stay of {max(stays)} minutes."
                yield (*place, "at_minutes", i), said, "check_after_release"
        yield from _windows(row, place)
    if document.monitoring and not document.release:
        said = "Checks that run until release need a release."
        yield ("release",), said, "no_release"


def _ascending(minutes: tuple[int, ...], at: Place) -> Iterator[Misplaced]:
    for number in range(1, len(minutes)):
        if minutes[number] <= minutes[number - 1]:
            yield (*at, number), "The minutes have to ascend.", "order"


def _windows(row: MonitoringRow, at: Place) -> Iterator[Misplaced]:
    pairs = zip(row.at_minutes, row.at_minutes[1:], strict=False)
    steps = [after - before for before, after in pairs if after > before]
    steps += [row.then_every] if row.then_every else []
    if steps and row.late_minutes + row.early_minutes >= min(steps):
        said = "A check would still be on time when the next one is already."
        yield (*at, "late_minutes"), said, "overlap"


def _doses(document: ProtocolDocument) -> Iterator[Misplaced]:
    for part, rules in (("single", document.doses.single), ("total", document.doses.total)):
        for number, rule in enumerate(rules):
            yield from _dose_range(rule, ("doses", part, number))
    largest = [rule.maximum for rule in document.doses.total if rule.maximum and not rule.per_kg]
    for number, rule in enumerate(document.doses.single):
        if rule.maximum and not rule.per_kg and largest and rule.maximum > min(largest):
            said = f"A single dose may not be more than the total of {decimal_text(min(largest))}."
            yield ("doses", "single", number, "maximum"), said, "range"
    further = document.doses.supplementary
    if further is None:
        return
    if further.latest_minutes is not None and further.latest_minutes < further.earliest_minutes:
        said = "The time for a further dose ends before it begins."
        yield ("doses", "supplementary", "latest_minutes"), said, "range"
    if further.allowed and not document.doses.total:
        yield (
            ("doses", "total"),
            "Where a further dose is allowed a total needs its limit.",
            "no_total",
        )


def _dose_range(rule: DoseRange, at: Place) -> Iterator[Misplaced]:
    if rule.minimum is None and rule.maximum is None:
        yield at, "This says neither a smallest nor a largest amount.", "no_amount"
    if rule.minimum is not None and rule.maximum is not None and rule.minimum > rule.maximum:
        yield (*at, "maximum"), "The largest amount is below the smallest.", "range"


def _tables(document: ProtocolDocument) -> Iterator[Misplaced]:
    if document.minimum_stay:
        yield from _table(document.minimum_stay.rows, ("minimum_stay", "rows"))
    yield from _table(document.ratio, ("ratio",))


def _table(rows: Sequence[StayRow | RatioRow], at: Place) -> Iterator[Misplaced]:
    reached: Decimal | None = None
    for number, row in enumerate(rows):
        last = number == len(rows) - 1
        if last != (row.below is None):
            said = "The last row, and only that, holds for every larger total."
            yield (*at, number, "below"), said, "hole" if last else "overlap"
        if reached is not None and row.below is not None and row.below <= reached:
            yield (*at, number, "below"), "The totals have to ascend.", "order"
        reached = row.below if row.below is not None else reached
