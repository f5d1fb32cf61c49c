"""The arithmetic of amounts: single doses, totals, and when a further dose may follow."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil

from clinic.audit.canonical import decimal_text
from clinic.protocols.document import DoseRange, ProtocolDocument

_TYPED = re.compile(r"([\d.,]+)\s*([^\W\d]+)?")
_MICROGRAMS = {"µg", "μg", "mcg"}


@dataclass(frozen=True)
class DoseGiven:
    """A dose that was given; an amount of None is one that nobody knows."""

    at: datetime
    amount: Decimal | None
    supplementary: bool = False
    product: str = ""


@dataclass(frozen=True)
class Equal:
    """Another name of an amount: the salt beside the base, the substance in a volume or a piece."""

    name: str
    amount: Decimal
    unit: str


@dataclass(frozen=True)
class AmountRange:
    """The amounts that satisfy every rule at once; `needs_weight`: a rule still waits for it."""

    minimum: Decimal | None
    maximum: Decimal | None
    unit: str
    needs_weight: bool


def in_order(doses: Iterable[DoseGiven]) -> list[DoseGiven]:
    """Put doses in the order in which they were given."""
    return sorted(doses, key=lambda dose: dose.at)


def total_given(doses: Iterable[DoseGiven]) -> Decimal | None:
    """Add up what was given; one unknown amount makes the total unknown."""
    amounts = [dose.amount for dose in doses]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def first_given(doses: Iterable[DoseGiven]) -> Decimal | None:
    """Give the first dose of a session; None where there is none or nobody knows it."""
    return next((dose.amount for dose in in_order(doses)), None)


def dose_range(document: ProtocolDocument, weight_kg: Decimal | None = None) -> AmountRange:
    """Give the single doses that every rule of the protocol allows for a weight."""
    return _range(document, document.doses.single, weight_kg)


def total_range(document: ProtocolDocument, weight_kg: Decimal | None = None) -> AmountRange:
    """Give the totals of one session that every rule of the protocol allows for a weight."""
    return _range(document, document.doses.total, weight_kg)


def amount_problems(
    document: ProtocolDocument,
    planned: Decimal,
    given_total: Decimal | None = Decimal(0),
    weight_kg: Decimal | None = None,
    supplementary: bool = False,
    *,
    unit: str | None = None,
    session_number: int | None = None,
    first: Decimal | None = None,
) -> tuple[str, ...]:
    """Say what is wrong with a planned amount after what has been given already.

    `unit` is the one it was ordered in; `session_number` counts the sessions of the course; `first`
    is the first dose of this session, which a further one is measured by.
    """
    if unit is not None and unit != document.unit:
        return (other_unit(document.unit, unit),)
    if not planned.is_finite() or planned <= 0:
        return ("The amount must be more than nothing.",)
    weight = (
        weight_kg if weight_kg is not None and weight_kg.is_finite() and weight_kg > 0 else None
    )
    return (
        *_amount_problems(document, planned, given_total, weight, supplementary),
        *_piece_problems(document, planned),
        *(
            _further_problems(document, planned, first)
            if supplementary
            else _step_problems(document, planned, session_number)
        ),
    )


def amount_typed(typed: str, unit: str) -> tuple[str, str | None]:
    """Part what was typed into its number and its unit, if one was written; µg and mcg are ug."""
    found = _TYPED.fullmatch(typed.strip())
    if found is None or not found[2]:
        return typed.strip(), None
    written = found[2]
    meant = "ug" if written.casefold() in _MICROGRAMS else written
    return found[1].strip(), unit if meant.casefold() == unit.casefold() else written


def other_unit(unit: str, written: str) -> str:
    """Refuse an order in another unit. Nothing is converted: it may mean another form as well."""
    return f"This protocol is ordered in {unit} only, not in {written}."


def another_form(document: ProtocolDocument, comes_as: str, salt: str) -> str:
    """Say why a lot of the substance is another form of it than this protocol's; nothing, if not."""
    rules = document.doses
    is_other = bool(rules.comes_as) and comes_as not in rules.comes_as
    if not is_other and rules.salt in (None, salt):
        return ""
    wanted = [" or ".join(rules.comes_as), rules.salt or ""]
    kept = [comes_as or "no form written down", salt or "no salt written down"]
    asked = [(here, there) for here, there in zip(kept, wanted, strict=True) if there]
    here, there = (", ".join(words) for words in zip(*asked, strict=True))
    return f"{here}; this protocol is of {document.substance_label} as {there}"


def equivalents(document: ProtocolDocument, amount: Decimal) -> tuple[Equal, ...]:
    """Give the other names of an amount: what it is as a salt, what a volume or a piece holds."""
    strength = document.doses.strength
    held = (
        [Equal(document.substance_label, amount * strength.amount, strength.unit)]
        if strength
        else []
    )
    named = [
        Equal(each.name, amount * each.per_unit, each.unit) for each in document.doses.equivalents
    ]
    return (*held, *named)


def amount_in_words(document: ProtocolDocument, amount: Decimal) -> str:
    """Say an amount with what it is an amount of, its other names and its pieces beside it."""
    form = f" {document.doses.amounts_as}" if document.doses.amounts_as else ""
    beside = [
        f"{_rounded(each.amount)} {each.unit} {each.name}" for each in equivalents(document, amount)
    ]
    count = pieces_of(document, amount)
    if count is not None and document.doses.pieces is not None:
        rule = document.doses.pieces
        least = "" if rule.holds else "at least "
        beside.append(f"{least}{count} {rule.name if count == 1 else rule.names}")
    said = f"{decimal_text(amount)} {document.unit}{form}"
    return f"{said} ({', '.join(beside)})" if beside else said


def pieces_of(document: ProtocolDocument, amount: Decimal) -> int | None:
    """Count the pieces an amount takes, whole ones; None where the protocol has no pieces."""
    rule = document.doses.pieces
    size = (rule.holds or rule.at_most) if rule else None
    return None if size is None else ceil(amount / size)


def supplement_window(
    document: ProtocolDocument, doses: Sequence[DoseGiven]
) -> tuple[datetime, datetime | None] | None:
    """Say from when until when a further dose may follow the first one; None if it never may."""
    rule = document.doses.supplementary
    if not doses or rule is None or not rule.allowed:
        return None
    first = in_order(doses)[0].at
    closes = None if rule.latest_minutes is None else first + timedelta(minutes=rule.latest_minutes)
    return first + timedelta(minutes=rule.earliest_minutes), closes


def supplement_problems(
    document: ProtocolDocument, doses: Sequence[DoseGiven], at: datetime
) -> tuple[str, ...]:
    """Say why a further dose may not follow at a moment."""
    rule = document.doses.supplementary
    if not doses:
        return ("No first dose has been given yet.",)
    window = supplement_window(document, doses)
    if rule is None or window is None:
        return ("This protocol has no further dose in the same session.",)
    return tuple(
        _supplement_problems(rule.at_most, len(doses) - 1, window, in_order(doses)[0].at, at)
    )


def _supplement_problems(
    at_most: int,
    already: int,
    window: tuple[datetime, datetime | None],
    first: datetime,
    at: datetime,
) -> Iterator[str]:
    opens, closes = window
    if already >= at_most:
        yield f"This protocol has at most {_count(at_most, 'further dose')}; {already} given."
    if at < opens:
        yield f"A further dose may follow {_minutes(opens - first)} after the first, not before."
    if closes is not None and at > closes:
        yield f"A further dose may follow within {_minutes(closes - first)} of the first only."


def _amount_problems(
    document: ProtocolDocument,
    planned: Decimal,
    given_total: Decimal | None,
    weight: Decimal | None,
    supplementary: bool,
) -> Iterator[str]:
    if weight is None and document.doses.needs_weight:
        yield "The weight is needed: a rule of this protocol is written per kilogram."
    said = f"{decimal_text(planned)} {document.unit}"
    for rule in document.doses.single:
        least, most = _ends(rule, weight)
        # A further dose is meant to be smaller than a first one, so it has no lower end.
        if least is not None and planned < least and not supplementary:
            smallest = _end(rule, least, weight, document)
            yield f"{said} is less than the smallest single dose, {smallest}."
        if most is not None and planned > most:
            largest = _end(rule, most, weight, document)
            yield f"{said} is more than the largest single dose, {largest}."
    if document.doses.total and given_total is None:
        yield "What has been given so far is not known, so the total cannot be checked."
        return
    for rule in document.doses.total:
        total = planned + (given_total or Decimal(0))
        most = _ends(rule, weight)[1]
        if most is not None and total > most:
            yield (
                f"A total of {decimal_text(total)} {document.unit} is more than the largest total, "
                f"{_end(rule, most, weight, document)}."
            )


def _piece_problems(document: ProtocolDocument, planned: Decimal) -> Iterator[str]:
    rule, count = document.doses.pieces, pieces_of(document, planned)
    if rule is None or count is None:
        return
    if rule.holds is not None and planned % rule.holds:
        each = f"{decimal_text(rule.holds)} {document.unit}"
        yield f"{rule.names.capitalize()} hold {each} each and are given whole."
    elif rule.counts and count not in rule.counts:
        wanted = " or ".join(str(each) for each in rule.counts)
        yield f"{count} {rule.name if count == 1 else rule.names}; this protocol gives {wanted}."


def _step_problems(
    document: ProtocolDocument, planned: Decimal, session_number: int | None
) -> Iterator[str]:
    step = document.doses.step(session_number) if session_number is not None else None
    if step is not None and planned not in step.amounts:
        wanted = " or ".join(decimal_text(each) for each in step.amounts)
        yield f"Session {session_number} of the course has {wanted} {document.unit}."


def _further_problems(
    document: ProtocolDocument, planned: Decimal, first: Decimal | None
) -> Iterator[str]:
    rule = document.doses.supplementary
    if rule is None or rule.of_first is None:
        return
    if first is None:
        yield "The first dose is not known, so a further one cannot be measured by it."
    elif planned > first * rule.of_first:
        most = f"{decimal_text(first * rule.of_first)} {document.unit}"
        yield f"A further dose is at most {decimal_text(rule.of_first)} of the first, {most}."


def _rounded(amount: Decimal) -> str:
    """Three figures: a fourth would pretend to more than any balance weighs."""
    digits = max(0, 2 - amount.adjusted()) if amount else 0
    return decimal_text(round(amount, digits))


def _range(
    document: ProtocolDocument, rules: Iterable[DoseRange], weight_kg: Decimal | None
) -> AmountRange:
    ends = [_ends(rule, weight_kg) for rule in rules]
    least = [end for end, _ in ends if end is not None]
    most = [end for _, end in ends if end is not None]
    waiting = weight_kg is None and any(rule.per_kg for rule in rules)
    return AmountRange(
        max(least, default=None), min(most, default=None), document.unit, needs_weight=waiting
    )


def _ends(rule: DoseRange, weight: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    if not rule.per_kg:
        return rule.minimum, rule.maximum
    if weight is None:
        return None, None
    return _times(rule.minimum, weight), _times(rule.maximum, weight)


def _times(amount: Decimal | None, weight: Decimal) -> Decimal | None:
    return None if amount is None else amount * weight


def _end(rule: DoseRange, end: Decimal, weight: Decimal | None, document: ProtocolDocument) -> str:
    said = f"{decimal_text(end)} {document.unit}"
    if not rule.per_kg or not weight:
        return said
    per_kg = decimal_text((end / weight).quantize(Decimal("0.001")))
    return f"{said} ({per_kg} {document.unit}/kg at {decimal_text(weight)} kg)"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _minutes(span: timedelta) -> str:
    return _count(int(span.total_seconds() // 60), "minute")
