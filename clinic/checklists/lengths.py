"""Lengths of time as people write them: hours and minutes, kept as minutes."""

import re
from decimal import Decimal
from typing import Any

_WHOLE = re.compile(r"\d{1,5}", re.ASCII)


def minutes_of(hours: str, minutes: str) -> int:
    """Turn typed hours and minutes into minutes, or say in a sentence what is wrong."""
    typed = [each.strip() or "0" for each in (hours, minutes)]
    if not all(_WHOLE.fullmatch(each) for each in typed):
        raise ValueError("Write hours and minutes as whole numbers.")
    if hours.strip() and int(typed[1]) > 59:
        raise ValueError("Write at most 59 minutes beside the hours.")
    return int(typed[0]) * 60 + int(typed[1])


def length_of(value: Any) -> Decimal:
    """Read a kept length of time in minutes."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("Write hours and minutes as whole numbers.")
    return Decimal(value)


def length_words(minutes: int) -> str:
    """Say a length as 2hr 15min, the way every page says it."""
    hours, rest = divmod(minutes, 60)
    said = [f"{hours}hr"] if hours else []
    return " ".join(said + ([f"{rest}min"] if rest or not hours else []))
