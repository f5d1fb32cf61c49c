"""What is wrong with when a question is asked: answers nobody can give, rings, and dead ends."""

from collections.abc import Iterator
from decimal import Decimal

from clinic.checklists.answers import Answer, holds
from clinic.checklists.document import Checklist, Condition, Item, Kind, Match
from clinic.checklists.mistakes import Misplaced, Place

CHOICES = {Kind.ONE_OF, Kind.SOME_OF}
NUMBERS = {Kind.INTEGER, Kind.DECIMAL, Kind.INSTRUMENT, Kind.DURATION}
TRUTHS = {Kind.YES_NO, Kind.ATTESTATION}
# Answers this near to a bound stand for all on that side of it.
NEAR = Decimal("0.000001")


def branching(checklist: Checklist, item: Item, at: Place) -> Iterator[Misplaced]:
    """List what is wrong with each condition of a question by itself."""
    for number, condition in enumerate(item.shown_when):
        place = (*at, "shown_when", number)
        other = checklist.item(condition.item)
        if other is None:
            yield (*place, "item"), f"There is no item “{condition.item}”.", "unknown_item"
            continue
        yield from match_mistakes(other, condition, place)
        if condition.or_not_known and not other.allow_not_known:
            said = f"“{other.code}” cannot be answered 'not known'."
            yield (*place, "or_not_known"), said, "never_holds"


def match_mistakes(item: Item, match: Match, at: Place) -> Iterator[Misplaced]:
    """List what is wrong with a question put to the answer of an item."""
    bounds = [match.below, match.at_most, match.at_least, match.above]
    compared = [bound for bound in bounds if bound is not None]
    if match.equals is None and not match.any_of and not compared and match.answered is None:
        yield at, "This does not say which answer is meant.", "no_question"
    if compared and item.kind not in NUMBERS:
        yield at, f"“{item.code}” is no number that could be compared.", "no_number"
    if match.equals is not None and not _is_an_answer(item, match.equals):
        said = f"“{_spelled(match.equals)}” is no answer to “{item.code}”."
        yield (*at, "equals"), said, "no_such_answer"
    for number, wanted in enumerate(match.any_of):
        if not _is_an_answer(item, wanted):
            said = f"“{_spelled(wanted)}” is no answer to “{item.code}”."
            yield (*at, "any_of", number), said, "no_such_answer"
    if any(not _is_possible(item, bound) for bound in compared):
        said = f"This lies outside what “{item.code}” can be."
        yield at, said, "never_holds"


def _is_an_answer(item: Item, wanted: bool | int | str) -> bool:
    if item.kind in TRUTHS:
        return isinstance(wanted, bool)
    if item.kind in CHOICES:
        return item.option(wanted) is not None
    if item.kind == Kind.MEDICATION:
        return isinstance(wanted, bool) or (isinstance(wanted, str) and bool(wanted.strip()))
    if item.kind in NUMBERS:
        return isinstance(wanted, int) and not isinstance(wanted, bool)
    return isinstance(wanted, str)


def _is_possible(item: Item, bound: Decimal) -> bool:
    low = item.minimum is None or bound >= item.minimum
    return low and (item.maximum is None or bound <= item.maximum)


def _spelled(wanted: bool | int | str) -> str:
    return str(wanted).lower() if isinstance(wanted, bool) else str(wanted)


def cycles(checklist: Checklist, at: Place) -> Iterator[Misplaced]:
    """Name the questions that are asked depending on their own answer."""
    asks: dict[str, tuple[Condition, ...]] = {
        item.code: item.shown_when for item in checklist.items
    }
    for number, item in enumerate(checklist.items):
        reached, front = set[str](), [condition.item for condition in item.shown_when]
        while front:
            code = front.pop()
            if code not in reached:
                reached.add(code)
                front += [condition.item for condition in asks.get(code, ())]
        if item.code in reached:
            place = (*at, "items", number, "shown_when")
            yield place, f"Whether “{item.code}” is asked depends on its own answer.", "cycle"


def never_asked(checklist: Checklist, at: Place) -> Iterator[Misplaced]:
    """Name the questions no answers lead to: their conditions rule each other out."""
    for number, item in enumerate(checklist.items):
        wanted: dict[str, list[Condition]] = {}
        for condition in _all_conditions(checklist, item):
            wanted.setdefault(condition.item, []).append(condition)
        for code, conditions in wanted.items():
            other = checklist.item(code)
            if other and len(conditions) > 1 and not _can_all_hold(other, conditions):
                place = (*at, "items", number, "shown_when")
                said = f"“{item.code}” is never asked: no answer to “{code}” leads to it."
                yield place, said, "never_asked"


def _all_conditions(checklist: Checklist, item: Item) -> list[Condition]:
    """The item's own conditions, and those under which what they ask for is itself asked."""
    found, seen, front = list[Condition](), {item.code}, [item]
    while front:
        for condition in front.pop().shown_when:
            found.append(condition)
            other = checklist.item(condition.item)
            if other and other.code not in seen:
                seen.add(other.code)
                front.append(other)
    return found


def _can_all_hold(item: Item, conditions: list[Condition]) -> bool:
    if item.allow_not_known and all(condition.or_not_known for condition in conditions):
        return True
    told_apart = item.kind in TRUTHS | NUMBERS or item.kind == Kind.ONE_OF
    return not told_apart or any(
        all(holds(condition, item, Answer(value=value)) for condition in conditions)
        for value in _telling(item, conditions)
    )


def _telling(item: Item, conditions: list[Condition]) -> Iterator[bool | str]:
    """Answers of which one fits whenever any does."""
    if item.kind in TRUTHS:
        yield from (True, False)
        return
    if item.kind not in NUMBERS:
        yield from (option.code for option in item.options)
        return
    step = NEAR if item.kind == Kind.DECIMAL else Decimal(1)
    named = [item.minimum, item.maximum] + [
        bound
        for each in conditions
        for bound in (each.below, each.at_most, each.at_least, each.above)
    ]
    whole = [
        Decimal(wanted)
        for each in conditions
        for wanted in (each.equals, *each.any_of)
        if isinstance(wanted, int) and not isinstance(wanted, bool)
    ]
    for bound in [*(each for each in named if each is not None), *whole, Decimal(0)]:
        for value in (bound - step, bound, bound + step, bound // 1, bound // 1 + 1):
            is_whole = value == value.to_integral_value()
            if (item.kind == Kind.DECIMAL or is_whole) and _is_possible(item, value):
                yield format(value, "f")
