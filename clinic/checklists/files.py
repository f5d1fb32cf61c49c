"""Documents from files: read whole, or refused with every mistake named by its place and line."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from clinic.checklists.checker import check_checklist
from clinic.checklists.document import Checklist
from clinic.checklists.mistakes import FileMistakes, Misplaced, Mistake, Place, place_words
from clinic.checklists.salvage import Check, Model, salvage
from clinic.checklists.written import Written, parse

__all__ = [
    "INSTRUMENTS",
    "FileMistakes",
    "Mistake",
    "build",
    "instrument",
    "instruments",
    "located",
    "misfit_words",
    "parse",
    "place_words",
    "read_checklist",
]

INSTRUMENTS = Path(__file__).parent / "instruments"

# Everything a value can be refused for before its sense is looked at, and how that is told.
MISFITS = {
    "missing": "This has to be said.",
    "extra_forbidden": "There is no such field here.",
    "enum": "This has to be {expected}.",
    "literal_error": "This has to be {expected}.",
    "string_type": "This has to be words.",
    "string_too_short": "This has to be said.",
    "string_too_long": "This has to be {max_length} characters or fewer.",
    "string_pattern_mismatch": "This does not fit the pattern {pattern}.",
    "bool_parsing": "This has to be true or false.",
    "bool_type": "This has to be true or false.",
    "int_parsing": "This has to be a whole number.",
    "int_type": "This has to be a whole number.",
    "int_from_float": "This has to be a whole number.",
    "decimal_parsing": "This has to be a number.",
    "decimal_type": "This has to be a number.",
    "finite_number": "This has to be a number with an end.",
    "tuple_type": "This has to be a list.",
    "too_short": "This needs at least one entry.",
    "model_type": "This has to be a group of fields.",
    "dict_type": "This has to be a group of fields.",
    "greater_than": "This has to be more than {gt}.",
    "greater_than_equal": "This has to be {ge} or more.",
    "less_than_equal": "This has to be {le} or less.",
    "time_parsing": "Write a time as 14:30.",
    "time_type": "Write a time as 14:30.",
    "date_from_datetime_parsing": "Write a day as 2026-11-21.",
    "date_from_datetime_inexact": "Write a day as 2026-11-21.",
    "date_type": "Write a day as 2026-11-21.",
    "value_error": "{error}",
}


def build(written: Written, model: type[Model], check: Check[Model]) -> Model:
    """Make the document of what was written, or name everything that is wrong with it."""
    try:
        document = model.model_validate(written.content)
    except ValidationError as wrong:
        misfits = [_misfit(error, written) for error in _without_echoes(wrong)]
        raise FileMistakes([*misfits, *_sense_of_the_rest(written, model, check)]) from None
    mistakes = located(check(document), written)
    if mistakes:
        raise FileMistakes(mistakes)
    return document


def read_checklist(source: str | bytes | Path) -> Checklist:
    """Read one checklist or instrument."""
    written = parse(source)
    return build(written, Checklist, lambda checklist: check_checklist(checklist, ()))


def located(misplaced: Iterable[Misplaced], written: Written | None) -> list[Mistake]:
    """Give mistakes in the sense of a document the place and line where they stand in its file."""
    return [
        Mistake(place_words(place), written.line(place) if written else None, message, code)
        for place, message, code in misplaced
    ]


@cache
def instruments() -> dict[str, Checklist]:
    """List the shipped instruments by their code."""
    read = (read_checklist(path) for path in sorted(INSTRUMENTS.glob("*.yaml")))
    return {checklist.code: checklist for checklist in read}


def instrument(code: str) -> Checklist:
    """Find a shipped instrument; a code that is not shipped is a KeyError."""
    return instruments()[code]


def _sense_of_the_rest(written: Written, model: type[Model], check: Check[Model]) -> list[Mistake]:
    """Check what is left without the parts that do not fit, so that an author sees it all at once."""
    rest = salvage(written.content, model, _in_file)
    return located(rest.mistakes(check), written) if rest else []


def _without_echoes(wrong: ValidationError) -> list[Any]:
    """A list is not too short because its only entry does not fit."""
    errors: list[Any] = wrong.errors(include_url=False)
    places = [error["loc"] for error in errors]
    return [
        error
        for error in errors
        if error["type"] != "too_short"
        or not any(place[: len(error["loc"])] == error["loc"] != place for place in places)
    ]


def _misfit(error: Any, written: Written) -> Mistake:
    place: Place = tuple(error["loc"])
    return Mistake(
        place_words(_in_file(place, written.content)),
        written.line(place),
        misfit_words(error),
        error["type"],
    )


def _in_file(place: Place, content: Any) -> Place:
    """Leave out what pydantic adds to a place for itself, such as which kind of value it tried."""
    kept: list[str | int] = []
    for number, part in enumerate(place):
        last = number == len(place) - 1
        inside = isinstance(content, dict) and part in content
        numbered = isinstance(content, list) and isinstance(part, int) and part < len(content)
        if inside or numbered:
            content = content[part]
        elif not (last and isinstance(content, dict)):
            break
        kept.append(part)
    return tuple(kept)


def misfit_words(error: Any) -> str:
    """Say what is wrong with one value, as somebody who writes a file would be told."""
    said = MISFITS.get(error["type"])
    return said.format(**error.get("ctx", {})) if said else f"{error['msg']}."
