"""Scores of instruments: a total from a complete form or none; red flags from the first answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from clinic.audit.canonical import decimal_text
from clinic.checklists.answers import Answer, Answers, given, holds, value_of
from clinic.checklists.document import Checklist, Item, Kind, RedFlag, ScoreBand, Scoring
from clinic.checklists.engine import visible_items
from clinic.checklists.exact import plainly


@dataclass(frozen=True)
class Flag:
    """A red flag that an answer has raised."""

    code: str
    item: str
    message: str
    citation: str


@dataclass(frozen=True)
class SubscaleScore:
    """The total of a part of the items."""

    code: str
    title: str
    total: Decimal | None
    complete: bool
    band: ScoreBand | None

    @property
    def words(self) -> str:
        """The total as it is read; nought is a total, an unfinished part has none."""
        return "no total" if self.total is None else decimal_text(self.total)


@dataclass(frozen=True)
class Score:
    """What a form adds up to; an unfinished form has no total, which is not a total of nought."""

    total: Decimal | None
    complete: bool
    band: ScoreBand | None
    flags: tuple[Flag, ...]
    subscales: dict[str, SubscaleScore]


def score(checklist: Checklist, answers: Answers) -> Score:
    """Add up a form, if every scored question has a definite answer."""
    scoring = checklist.scoring
    if scoring is None:
        return Score(None, False, None, (), {})
    total = _total(checklist, scoring, scoring.items, answers)
    subscales = {
        each.code: _subscale(
            each.code, each.title, each.bands, _total(checklist, scoring, each.items, answers)
        )
        for each in scoring.subscales
    }
    return Score(
        total, total is not None, _band(scoring.bands, total), flags(checklist, answers), subscales
    )


def flags(checklist: Checklist, answers: Answers) -> tuple[Flag, ...]:
    """List the red flags raised so far; an unfinished form raises them all the same."""
    if checklist.scoring is None:
        return ()
    return tuple(
        Flag(flag.code, flag.item, _message(flag, answer), flag.citation)
        for flag in checklist.scoring.flags
        for item in [checklist.item(flag.item)]
        for answer in [answers.get(flag.item)]
        if item and answer and _raises(flag, item, answer)
    ) + _flag_of_the_total(checklist, checklist.scoring, answers)


def _flag_of_the_total(
    checklist: Checklist, scoring: Scoring, answers: Answers
) -> tuple[Flag, ...]:
    """A total can be what somebody must hear of; it hangs on the last question that is counted."""
    band = _band(scoring.bands, _total(checklist, scoring, scoring.items, answers))
    if band is None or not band.flag:
        return ()
    last = [code for code in scoring.items if given(answers.get(code))][-1]
    return (Flag(f"total-{band.code}", last, band.flag, scoring.source),)


def _raises(flag: RedFlag, item: Item, answer: Answer) -> bool:
    """Doubt counts as the gravest it could mean, so "not known" reaches a person too."""
    return given(answer) and (answer.state == "not_known" or holds(flag.when, item, answer))


def _message(flag: RedFlag, answer: Answer) -> str:
    return f"Not known: {flag.message}" if answer.state == "not_known" else flag.message


def _subscale(
    code: str, title: str, bands: tuple[ScoreBand, ...], total: Decimal | None
) -> SubscaleScore:
    return SubscaleScore(code, title, total, total is not None, _band(bands, total))


def _total(
    checklist: Checklist, scoring: Scoring, codes: tuple[str, ...], answers: Answers
) -> Decimal | None:
    asked = {item.code: item for item in visible_items(checklist, answers)}
    points = [
        _points(asked[code], answers.get(code), code in scoring.reversed)
        if code in asked
        else scoring.not_asked_counts
        for code in codes
    ]
    counted = [each for each in points if each is not None]
    if not counted or len(counted) < len(points) or not asked.keys() & set(codes):
        return None
    return plainly(sum(counted, Decimal(0)) * scoring.multiply_by)


def _points(item: Item, answer: Answer | None, is_reversed: bool) -> Decimal | None:
    """Count one definite answer; an approximate, unknown or impossible one gives no points."""
    if answer is None or answer.state != "known" or not given(answer):
        return None
    try:
        value = value_of(item, answer)
    except ValueError:
        return None
    lowest, highest = points_range(item)
    points = _worth(item, value)
    if points is None or not lowest <= points <= highest:
        return None
    return lowest + highest - points if is_reversed else points


def _worth(item: Item, value: object) -> Decimal | None:
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, Decimal):
        return value
    option = item.option(value)
    return None if option is None or option.value is None else Decimal(option.value)


def most(checklist: Checklist) -> Decimal | None:
    """Give the largest total a form can come to; None where it has no total or no end."""
    scored = [checklist.item(code) for code in checklist.scoring.items] if checklist.scoring else []
    if checklist.scoring is None or not scored:
        return None
    largest = sum((points_range(item)[1] for item in scored if item), Decimal(0))
    return plainly(largest * checklist.scoring.multiply_by) if largest.is_finite() else None


def is_whole(checklist: Checklist, codes: Iterable[str]) -> bool:
    """Say whether every total of these items is a whole number, so that bands may stand a one apart."""
    times = checklist.scoring.multiply_by if checklist.scoring else Decimal(1)
    kinds = {item.kind for item in map(checklist.item, codes) if item}
    return times == times.to_integral_value() and not kinds & {Kind.DECIMAL, Kind.INSTRUMENT}


def points_range(item: Item) -> tuple[Decimal, Decimal]:
    """Find the least and the most an item can count; a reversed item turns over between them."""
    if item.kind in (Kind.YES_NO, Kind.ATTESTATION):
        return Decimal(0), Decimal(1)
    values = [Decimal(option.value) for option in item.options if option.value is not None]
    if values:
        return min(values), max(values)
    lowest = item.minimum if item.minimum is not None else Decimal("-Infinity")
    return lowest, item.maximum if item.maximum is not None else Decimal("Infinity")


def _band(bands: tuple[ScoreBand, ...], total: Decimal | None) -> ScoreBand | None:
    if total is None:
        return None
    # Where a total may have decimals two bands meet in one number: it belongs to the upper.
    return next((band for band in bands[::-1] if band.minimum <= total <= band.maximum), None)
