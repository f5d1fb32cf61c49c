"""What is contradictory in the rules about amounts: units, pieces, the schedule, a further dose."""

from collections.abc import Iterator
from decimal import Decimal

from clinic.audit.canonical import decimal_text
from clinic.checklists.mistakes import Misplaced, Place
from clinic.protocols.document import DoseRange, DoseRules, Pieces, ProtocolDocument
from clinic.protocols.dose_rules import NEEDS_STRENGTH

BODY_WEIGHT = "29463-7"  # LOINC


def check_doses(document: ProtocolDocument) -> Iterator[Misplaced]:
    """List what contradicts itself in the rules about amounts."""
    rules = document.doses
    for part, ranges in (("single", rules.single), ("total", rules.total)):
        for number, rule in enumerate(ranges):
            yield from _range(rule, ("doses", part, number))
    yield from _single_within_total(rules)
    yield from _unit(document)
    yield from _pieces(rules)
    yield from _schedule(rules)
    yield from _further(rules)
    yield from _weight(document)


def _range(rule: DoseRange, at: Place) -> Iterator[Misplaced]:
    if rule.minimum is None and rule.maximum is None:
        yield at, "This says neither a smallest nor a largest amount.", "no_amount"
    if rule.minimum is not None and rule.maximum is not None and rule.minimum > rule.maximum:
        yield (*at, "maximum"), "The largest amount is below the smallest.", "range"


def _single_within_total(rules: DoseRules) -> Iterator[Misplaced]:
    largest = [rule.maximum for rule in rules.total if rule.maximum and not rule.per_kg]
    for number, rule in enumerate(rules.single):
        if rule.maximum and not rule.per_kg and largest and rule.maximum > min(largest):
            said = f"A single dose may not be more than the total of {decimal_text(min(largest))}."
            yield ("doses", "single", number, "maximum"), said, "range"


def _unit(document: ProtocolDocument) -> Iterator[Misplaced]:
    needs, has = document.unit in NEEDS_STRENGTH, document.doses.strength is not None
    if needs and not has:
        said = f"How much of the substance one {document.unit} holds is not said."
        yield ("doses", "strength"), said, "unit_without_strength"
    if has and not needs:
        said = f"An amount in {document.unit} is of the substance itself."
        yield ("doses", "strength"), said, "strength_without_use"
    if document.doses.equivalents and document.doses.amounts_as is None:
        said = "Beside another name of an amount it must stand what the amount is of."
        yield ("doses", "amounts_as"), said, "amount_of_what"


def _pieces(rules: DoseRules) -> Iterator[Misplaced]:
    pieces = rules.pieces
    if pieces is None:
        return
    if (pieces.holds is None) == (pieces.at_most is None):
        said = "A piece holds either exactly or at most so much."
        yield ("doses", "pieces", "holds"), said, "piece_of_what"
    for number, count in enumerate(pieces.counts):
        if pieces.holds and not _is_allowed(rules, pieces.holds * count):
            amount = decimal_text(pieces.holds * count)
            said = f"{count} {pieces.names} are {amount}, which no single dose may be."
            yield ("doses", "pieces", "counts", number), said, "unreachable_amount"


def _schedule(rules: DoseRules) -> Iterator[Misplaced]:
    expected: int | None = 1
    for number, step in enumerate(rules.by_session):
        place: Place = ("doses", "by_session", number)
        if expected is None or step.from_session < expected:
            yield (*place, "from_session"), "This session stands on a step already.", "overlap"
        elif step.from_session > expected:
            yield (*place, "from_session"), f"Session {expected} stands on no step.", "hole"
        if step.until_session is not None and step.until_session < step.from_session:
            yield (*place, "until_session"), "This step ends before it begins.", "range"
        for i, amount in enumerate(step.amounts):
            if not (_is_allowed(rules, amount) and _comes_in_pieces(rules.pieces, amount)):
                said = f"{decimal_text(amount)} is no dose the rules above allow."
                yield (*place, "amounts", i), said, "unreachable_amount"
        expected = None if step.until_session is None else step.until_session + 1
    if rules.by_session and expected is not None:
        place = ("doses", "by_session", len(rules.by_session) - 1, "until_session")
        yield place, f"Session {expected} stands on no step.", "hole"


def _further(rules: DoseRules) -> Iterator[Misplaced]:
    further, at = rules.supplementary, ("doses", "supplementary")
    if further is None:
        return
    if further.latest_minutes is not None and further.latest_minutes < further.earliest_minutes:
        said = "The time for a further dose ends before it begins."
        yield (*at, "latest_minutes"), said, "range"
    if further.allowed and not rules.total:
        said = "Where a further dose is allowed a total needs its limit."
        yield ("doses", "total"), said, "no_total"
    if further.allowed and further.at_most == 0:
        yield (*at, "at_most"), "A further dose is allowed, and none of them.", "range"


def _weight(document: ProtocolDocument) -> Iterator[Misplaced]:
    """An amount per kilogram asks for somebody who weighs the person."""
    if not document.doses.needs_weight or document.today is None:
        return
    checklist = document.checklist(document.today.checklist)
    items = checklist.items if checklist else ()
    is_weighed = any(item.loinc == BODY_WEIGHT for item in items)
    if checklist is not None and not (is_weighed or document.parameter("weight")):
        said = "The dose is written per kilogram, and nobody weighs the person."
        yield ("today", "checklist"), said, "never_measured"


def _is_allowed(rules: DoseRules, amount: Decimal) -> bool:
    fixed = [rule for rule in rules.single if not rule.per_kg]
    return all(
        (rule.minimum is None or amount >= rule.minimum)
        and (rule.maximum is None or amount <= rule.maximum)
        for rule in fixed
    )


def _comes_in_pieces(pieces: Pieces | None, amount: Decimal) -> bool:
    return pieces is None or pieces.holds is None or not amount % pieces.holds
