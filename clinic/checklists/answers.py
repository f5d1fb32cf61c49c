"""What was answered: read as typed, turned into values, said in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, Literal

from clinic.audit.canonical import decimal_text
from clinic.checklists.days import latest_possible
from clinic.checklists.document import Item, Kind, Match
from clinic.checklists.exact import as_written, in_bounds
from clinic.checklists.lengths import length_of, length_words
from clinic.checklists.medicines import Medicine, medicines_of
from clinic.checklists.units import can_convert, converted

State = Literal["known", "approximate", "not_known"]


@dataclass(frozen=True)
class Answer:
    """One answer: a value that is known or approximate, or the word that it is not known."""

    state: State = "known"
    value: Any = None


Answers = Mapping[str, Answer]

_EMPTY: tuple[Any, ...] = (None, "", [], ())


def answers_from(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Answer]:
    """Read answers back from the JSON they were kept as."""
    return {
        code: Answer(kept.get("state", "known"), kept.get("value")) for code, kept in stored.items()
    }


def as_json(answers: Answers) -> dict[str, dict[str, Any]]:
    """Write answers as plain JSON, decimals and dates as text."""
    return {
        code: {"state": answer.state, "value": _plain(answer.value)}
        for code, answer in answers.items()
    }


def given(answer: Answer | None) -> bool:
    """Say whether there is an answer at all; "not known" is one, an empty field is none."""
    return answer is not None and (answer.state == "not_known" or answer.value not in _EMPTY)


def value_of(item: Item, answer: Answer) -> Any:
    """Turn an answer into its value, or say in a sentence why it cannot be one."""
    reader = _READERS.get(item.kind)
    if reader is None:
        return _text(item, answer.value)
    return reader(item, answer.value)


def holds(match: Match, item: Item, answer: Answer) -> bool:
    """Say whether a value answers to a description; an unreadable one never does."""
    try:
        value = value_of(item, answer)
    except ValueError:
        return False
    chosen = list(value) if isinstance(value, tuple) else [value]
    if item.kind == Kind.MEDICATION:
        chosen = [bool(value), *value]
    questions = [
        match.answered is None or match.answered,
        match.equals is None or any(_same(match.equals, each) for each in chosen),
        not match.any_of or any(_same(wanted, each) for wanted in match.any_of for each in chosen),
        _within(match, value),
    ]
    return all(questions)


def spoken(item: Item, answer: Answer | None) -> str:
    """Say an answer in words, as a person would read it on paper."""
    if answer is None or not given(answer):
        return "not answered"
    if answer.state == "not_known":
        return "not known"
    about = "about " if answer.state == "approximate" else ""
    return f"{about}{_words(item, answer.value)}"


def in_unit(item: Item, number: Decimal) -> str:
    """Say a number with what it is measured in."""
    if item.kind == Kind.DURATION:
        return length_words(int(number))
    return f"{decimal_text(number)} {item.unit}".strip()


def _words(item: Item, value: Any) -> str:
    if item.kind in _SPOKEN:
        try:
            return _SPOKEN[item.kind](item, value)
        except ValueError:  # what cannot be one is shown as it was typed
            return str(_plain(value))
    if isinstance(value, bool):
        if item.kind == Kind.ATTESTATION:
            return "attested" if value else "not attested"
        return "yes" if value else "no"
    values: Iterable[Any] = value if isinstance(value, list | tuple) else [value]
    return ", ".join(_label(item, each) for each in values)


def _said_in_unit(item: Item, value: Any) -> str:
    said = in_unit(item, value_of(item, Answer("known", value)))
    if isinstance(value, Mapping):
        return f"{value['number']} {value['unit']} ({said})"
    return said


def _medicines_in_words(item: Item, value: Any) -> str:
    return "; ".join(each.spoken() for each in medicines_of(value)) or "none"


def _label(item: Item, value: Any) -> str:
    option = item.option(value)
    return option.label if option else str(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {part: _plain(each) for part, each in value.items()}
    return value


def _same(wanted: bool | int | str, value: Any) -> bool:
    if isinstance(value, Medicine):
        return isinstance(wanted, str) and value.is_called(wanted)
    # True == 1 in Python; on a form "yes" is not the number one.
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    if isinstance(value, Decimal):
        return not isinstance(wanted, str) and value == wanted
    return str(wanted) == str(value)


def _within(match: Match, value: Any) -> bool:
    bounds = (match.below, match.at_most, match.at_least, match.above)
    if all(bound is None for bound in bounds):
        return True
    if not isinstance(value, Decimal):
        return False
    return (
        (match.below is None or value < match.below)
        and (match.at_most is None or value <= match.at_most)
        and (match.at_least is None or value >= match.at_least)
        and (match.above is None or value > match.above)
    )


def _truth(item: Item, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("Answer yes or no.")
    return value


def _choice(item: Item, value: Any) -> str:
    option = item.option(value) if isinstance(value, str) else None
    if option is None:
        raise ValueError("Choose one of the answers offered.")
    return option.code


def _choices(item: Item, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("Choose from the answers offered.")
    chosen = [item.option(each) if isinstance(each, str) else None for each in value]
    found = [option for option in chosen if option is not None]
    if len(found) != len(chosen) or len({option.code for option in found}) != len(found):
        raise ValueError("Choose from the answers offered, each once.")
    if len(found) > 1 and any(option.exclusive for option in found):
        only = next(option.label for option in found if option.exclusive)
        raise ValueError(f"“{only}” cannot stand beside another answer.")
    return tuple(option.code for option in found)


def _number(item: Item, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("Write a number.")
    if isinstance(value, str):
        return as_written(value.strip())
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError("Write a number.")
    return in_bounds(number)


def _measured(item: Item, value: Any) -> Decimal:
    """Take a number in the item's own unit, or in another that converts into it exactly."""
    if not isinstance(value, Mapping):
        return _number(item, value)
    unit = value.get("unit")
    if set(value) != {"number", "unit"} or unit not in (item.unit, *item.units):
        raise ValueError("Choose one of the units offered.")
    if not can_convert(str(unit), item.unit):
        raise ValueError("Choose one of the units offered.")
    return converted(_number(item, value["number"]), str(unit), item.unit)


def _whole(item: Item, value: Any) -> Decimal:
    number = _number(item, value)
    if number != number.to_integral_value():
        raise ValueError("Write a whole number.")
    return number


def _day(item: Item, value: Any) -> date | str:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise ValueError("Write a day as 2026-11-21.")
    try:
        return date.fromisoformat(value)
    except ValueError:
        latest_possible(value, date.max)
        return value


def _clock(item: Item, value: Any) -> time:
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("Write a time as 14:30.") from None


def _text(item: Item, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("Write words.")
    return value


_READERS = {
    Kind.YES_NO: _truth,
    Kind.ATTESTATION: _truth,
    Kind.ONE_OF: _choice,
    Kind.SOME_OF: _choices,
    Kind.INTEGER: _whole,
    Kind.DECIMAL: _measured,
    Kind.INSTRUMENT: _number,
    Kind.DATE: _day,
    Kind.TIME: _clock,
    Kind.DURATION: lambda item, value: length_of(value),
    Kind.MEDICATION: lambda item, value: medicines_of(value),
}
_SPOKEN = {
    Kind.INTEGER: _said_in_unit,
    Kind.DECIMAL: _said_in_unit,
    Kind.DURATION: _said_in_unit,
    Kind.MEDICATION: _medicines_in_words,
}
