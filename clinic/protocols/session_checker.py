"""What is contradictory in the rules for the day of the dose: limits, checks, amounts, tables."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from clinic.audit.canonical import decimal_text
from clinic.checklists.mistakes import Misplaced, Place
from clinic.protocols.document import (
    Limit,
    MonitoringRow,
    ProtocolDocument,
    RatioRow,
    StayRow,
)
from clinic.protocols.dose_checker import check_doses

# What a reading may be typed in besides its own unit; the run sheet turns it round.
CONVERTIBLE = {("°F", "°C"), ("lb", "kg"), ("kPa", "mmHg")}


def check_session_rules(document: ProtocolDocument) -> Iterator[Misplaced]:
    """List what contradicts itself in the rules for the day of the dose."""
    yield from _parameters(document)
    yield from _limits(document)
    yield from _monitoring(document)
    yield from check_doses(document)
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
    yield from _measured(document)


def _measured(document: ProtocolDocument) -> Iterator[Misplaced]:
    """A limit is kept on something that somebody reads, in a unit somebody can type."""
    read = {code for row in document.monitoring for code in row.parameters}
    for rule in (document.today, document.release):
        read |= set(rule.vitals) if rule else set()
    limited = [("limits", number, each.parameter) for number, each in enumerate(document.limits)]
    limited += [
        ("baseline_limits", number, each.parameter)
        for number, each in enumerate(document.baseline_limits)
    ]
    for part, number, code in limited:
        if code not in read and document.parameter(code):
            said = f"Nobody measures “{code}”."
            yield (part, number, "parameter"), said, "never_measured"
    for number, parameter in enumerate(document.parameters):
        for i, unit in enumerate(parameter.also_in):
            if (unit, parameter.unit) not in CONVERTIBLE:
                said = f"“{unit}” cannot be turned into {parameter.unit or 'no unit'}."
                yield ("parameters", number, "also_in", i), said, "unknown_unit"


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
        yield from _after_supplement(document, row, stays, place)
        yield from _cadence(row, stays, place)
        yield from _windows(row, place)
    if document.monitoring and not document.release:
        said = "Checks that run until release need a release."
        yield ("release",), said, "no_release"


def _after_supplement(
    document: ProtocolDocument, row: MonitoringRow, stays: list[int], at: Place
) -> Iterator[Misplaced]:
    further, stay = document.doses.supplementary, document.minimum_stay
    if row.after_supplement and not (further and further.allowed):
        said = "There is no further dose to count these minutes from."
        yield (*at, "after_supplement"), said, "never_due"
    for i, minute in enumerate(row.after_supplement):
        if stay and stay.counted_from == "last_dose" and minute > max(stays):
            said = f"This is due after the longest minimum stay of {max(stays)} minutes."
            yield (*at, "after_supplement", i), said, "check_after_release"


def _cadence(row: MonitoringRow, stays: list[int], at: Place) -> Iterator[Misplaced]:
    reached = max(row.at_minutes)
    for number, phase in enumerate(row.cadence):
        place = (*at, "cadence", number, "until_minute")
        is_last = number == len(row.cadence) - 1
        if phase.until_minute is None and not (is_last and row.then_every is None):
            yield place, "This goes on until release, so nothing can follow it.", "never_due"
        if phase.until_minute is not None and phase.until_minute < reached + phase.every:
            yield place, "No check falls into this phase.", "never_due"
        if phase.until_minute is not None and stays and phase.until_minute > max(stays):
            said = f"This is due after the longest minimum stay of {max(stays)} minutes."
            yield place, said, "check_after_release"
        reached = phase.until_minute or reached


def _ascending(minutes: tuple[int, ...], at: Place) -> Iterator[Misplaced]:
    for number in range(1, len(minutes)):
        if minutes[number] <= minutes[number - 1]:
            yield (*at, number), "The minutes have to ascend.", "order"


def _windows(row: MonitoringRow, at: Place) -> Iterator[Misplaced]:
    pairs = zip(row.at_minutes, row.at_minutes[1:], strict=False)
    steps = [after - before for before, after in pairs if after > before]
    steps += [row.then_every] if row.then_every else []
    steps += [phase.every for phase in row.cadence]
    if steps and row.late_minutes + row.early_minutes >= min(steps):
        said = "A check would still be on time when the next one is already."
        yield (*at, "late_minutes"), said, "overlap"


def _tables(document: ProtocolDocument) -> Iterator[Misplaced]:
    if document.minimum_stay:
        yield from _table(document.minimum_stay.rows, ("minimum_stay", "rows"))
        for number, row in enumerate(document.minimum_stay.rows):
            yield from _shorter(document, row, ("minimum_stay", "rows", number, "shorter"))
    yield from _table(document.ratio, ("ratio",))


def _shorter(document: ProtocolDocument, row: StayRow, at: Place) -> Iterator[Misplaced]:
    if row.shorter is None:
        return
    if row.shorter.minutes >= row.minutes:
        yield (*at, "minutes"), "This is no shorter than the stay it shortens.", "range"
    for number, product in enumerate(row.shorter.not_for):
        if product not in document.doses.products:
            said = f"There is no product “{product}”."
            yield (*at, "not_for", number), said, "unknown_product"


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
