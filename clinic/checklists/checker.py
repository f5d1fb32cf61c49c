"""What is contradictory in a checklist though every field of it is well-formed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from clinic.audit.canonical import decimal_text
from clinic.checklists.branching import (
    CHOICES,
    NUMBERS,
    TRUTHS,
    branching,
    cycles,
    match_mistakes,
    never_asked,
)
from clinic.checklists.document import (
    Checklist,
    Consequence,
    Item,
    Kind,
    Meaning,
    ScoreBand,
    Scoring,
)
from clinic.checklists.mistakes import Misplaced, Place
from clinic.checklists.scoring import is_whole, points_range
from clinic.checklists.units import UNITS, can_convert

MEASURED = {Kind.INTEGER, Kind.DECIMAL}


def check_checklist(checklist: Checklist, at: Place) -> Iterator[Misplaced]:
    """List what contradicts itself in a checklist, each with its place."""
    codes = [item.code for item in checklist.items]
    yield from said_twice(codes, (*at, "items"), "code")
    for number, item in enumerate(checklist.items):
        place = (*at, "items", number)
        yield from _answers(item, place)
        yield from _units(item, place)
        yield from branching(checklist, item, place)
        for position, consequence in enumerate(item.consequences):
            yield from _consequence(item, consequence, (*place, "consequences", position))
    yield from cycles(checklist, at)
    yield from never_asked(checklist, at)
    if checklist.scoring:
        yield from _scoring(checklist, checklist.scoring, (*at, "scoring"))
    yield from _slot(checklist, at)


def _slot(checklist: Checklist, at: Place) -> Iterator[Misplaced]:
    if not checklist.text_included and not checklist.licence:
        said = "Without its text a form has to say under which licence."
        yield (*at, "licence"), said, "no_licence"
    if checklist.text_included == bool(checklist.slot):
        said = "A slot is what a form without its text has, and only that."
        yield (*at, "slot"), said, "slot"
    if checklist.slot and not checklist.terms:
        said = "A slot says on which terms it is filled."
        yield (*at, "terms"), said, "no_terms"


def said_twice(codes: Iterable[object], at: Place, field: str) -> Iterator[Misplaced]:
    """Name every entry of a list whose code another entry before it already has."""
    seen: Counter[object] = Counter()
    for number, code in enumerate(codes):
        seen[code] += 1
        if seen[code] > 1:
            yield (
                (*at, number, field),
                f"“{code}” is the code of another entry already.",
                "said_twice",
            )


def _answers(item: Item, at: Place) -> Iterator[Misplaced]:
    if item.kind in CHOICES and not item.options:
        yield (*at, "options"), "A choice needs something to choose from.", "no_options"
    if item.kind not in CHOICES and item.options:
        yield (*at, "options"), f"A {item.kind} item has nothing to choose from.", "options"
    yield from said_twice((option.code for option in item.options), (*at, "options"), "code")
    if item.kind not in NUMBERS and (item.minimum is not None or item.maximum is not None):
        yield at, f"A {item.kind} item has no smallest or largest value.", "range"
    if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
        yield (*at, "maximum"), "The largest value is below the smallest.", "range"
    if (item.kind == Kind.INSTRUMENT) != (item.instrument is not None):
        yield (
            (*at, "instrument"),
            "An instrument item, and only that, names its form.",
            "instrument",
        )


def _units(item: Item, at: Place) -> Iterator[Misplaced]:
    if item.unit and item.kind not in MEASURED:
        yield (*at, "unit"), f"A {item.kind} item is not measured in a unit.", "unit"
    elif item.unit and item.unit not in UNITS:
        yield (*at, "unit"), f"“{item.unit}” is no unit that is known here.", "unknown_unit"
    for number, other in enumerate(item.units):
        place = (*at, "units", number)
        if item.kind != Kind.DECIMAL:
            yield place, "Only a decimal item is typed in one of several units.", "unit"
        elif other == item.unit or not can_convert(other, item.unit):
            said = f"“{other}” cannot be turned into “{item.unit}” without rounding."
            yield place, said, "no_conversion"


def _consequence(item: Item, consequence: Consequence, at: Place) -> Iterator[Misplaced]:
    yield from match_mistakes(item, consequence.when, (*at, "when"))
    is_washout = consequence.meaning == Meaning.WASHOUT
    if is_washout != (consequence.days is not None):
        yield (*at, "days"), "A washout, and only that, has its days.", "washout_days"
    if not item.required and consequence.meaning != Meaning.INFO:
        said = "An item that may be left out cannot stand in the way."
        yield (*at, "meaning"), said, "optional_finding"
    starts, ends = consequence.effective_from, consequence.effective_to
    if starts and ends and ends < starts:
        yield (*at, "effective_to"), "This ends before it begins.", "effective"


def _scoring(checklist: Checklist, scoring: Scoring, at: Place) -> Iterator[Misplaced]:
    yield from _scored(checklist, scoring.items, (*at, "items"))
    for number, code in enumerate(scoring.reversed):
        if code not in scoring.items:
            yield (*at, "reversed", number), f"“{code}” is not scored.", "unknown_item"
    yield from _score_bands(checklist, scoring.items, scoring.bands, (*at, "bands"))
    for number, subscale in enumerate(scoring.subscales):
        place = (*at, "subscales", number)
        yield from _scored(checklist, subscale.items, (*place, "items"))
        yield from _score_bands(checklist, subscale.items, subscale.bands, (*place, "bands"))
    for number, flag in enumerate(scoring.flags):
        place = (*at, "flags", number)
        item = checklist.item(flag.item)
        if item is None:
            yield (*place, "item"), f"There is no item “{flag.item}”.", "unknown_item"
        else:
            yield from match_mistakes(item, flag.when, (*place, "when"))


def _scored(checklist: Checklist, codes: tuple[str, ...], at: Place) -> Iterator[Misplaced]:
    for number, code in enumerate(codes):
        item = checklist.item(code)
        if item is None:
            yield (*at, number), f"There is no item “{code}”.", "unknown_item"
        elif item.kind in CHOICES and any(option.value is None for option in item.options):
            yield (*at, number), f"Not every answer to “{code}” counts something.", "no_value"
        elif item.kind not in (CHOICES | NUMBERS | TRUTHS):
            yield (*at, number), f"“{code}” cannot be counted.", "no_value"


def _score_bands(
    checklist: Checklist, codes: tuple[str, ...], bands: tuple[ScoreBand, ...], at: Place
) -> Iterator[Misplaced]:
    items = [item for item in map(checklist.item, codes) if item]
    if not bands or not items or len(items) != len(codes):
        return
    ends = [points_range(item) for item in items]
    times = checklist.scoring.multiply_by if checklist.scoring else Decimal(1)
    lowest, highest = (times * sum(end) for end in zip(*ends, strict=True))
    step = 1 if is_whole(checklist, codes) else 0
    reached = lowest
    for number, band in enumerate(bands):
        place = (*at, number, "minimum")
        if band.minimum < reached:
            said = f"A total of {decimal_text(band.minimum)} is impossible or has its band already."
            yield place, said, "overlap"
        elif band.minimum > reached:
            said = f"No band holds a total of {decimal_text(Decimal(reached))}."
            yield place, said, "hole"
        reached = band.maximum + step
    if Decimal(reached) != highest + step and Decimal(highest).is_finite():
        said = f"The bands end at {decimal_text(bands[-1].maximum)}, the totals at {highest}."
        yield (*at, len(bands) - 1, "maximum"), said, "hole"
