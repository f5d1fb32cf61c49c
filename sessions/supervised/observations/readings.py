"""What somebody typed, understood: a number in the parameter's unit, and the band it lies in.

Pure: no database, no clock. What was typed is kept beside what was understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from clinic.audit.canonical import decimal_text
from clinic.checklists.exact import as_written
from clinic.protocols.calculators import band, crossed
from clinic.protocols.document import BandName, Parameter, Phase, ProtocolDocument

# Other units a device may show: (typed unit, the parameter's unit) -> value in the latter.
CONVERSIONS = {
    ("degf", "cel"): lambda value: (value - 32) * 5 / 9,
    ("lb", "kg"): lambda value: value * Decimal("0.45359237"),
    ("kpa", "mm[hg]"): lambda value: value * Decimal("7.50061683"),
}
NAMES = {"°f": "degf", "f": "degf", "°c": "cel", "c": "cel", "mmhg": "mm[hg]", "[degf]": "degf"}
GRAVITY = [BandName.IMPOSSIBLE, BandName.ALARMING, BandName.HOLD, BandName.NORMAL]
YES = {"yes": Decimal(1), "no": Decimal(0)}


@dataclass(frozen=True)
class Understood:
    """One reading as typed and as understood."""

    parameter: str
    typed: str
    unit: str
    value: Decimal | None
    words: str
    band: str
    advice: str  # what the version says one does about it

    @property
    def is_alarming(self) -> bool:
        return self.band == BandName.ALARMING


class NotUnderstood(ValueError):
    """What was typed is no value of this parameter."""


def understand(
    document: ProtocolDocument,
    parameter: Parameter,
    typed: str,
    *,
    unit: str = "",
    phase: Phase,
    baseline: Decimal | None = None,
) -> Understood:
    """Read one typed value and say in which band it lies.

    Raises NotUnderstood with a sentence for whoever typed it.
    """
    typed = " ".join(typed.split())
    value = _number(parameter, typed)
    value = _converted(parameter, value, unit)
    words = _words(parameter, value)
    name, advice = judged(document, parameter.code, phase, value, baseline)
    return Understood(parameter.code, typed, unit or parameter.unit, value, words, name, advice)


def judged(
    document: ProtocolDocument,
    parameter: str,
    phase: Phase,
    value: Decimal,
    baseline: Decimal | None = None,
) -> tuple[str, str]:
    """The gravest band a value lies in, by the version's limits and by the person's own baseline."""
    found = []
    limit = document.limit(parameter, phase)
    if limit is not None:
        lies_in = band(limit, value)
        found.append((lies_in.name, lies_in.words))
    if baseline is not None:
        found += [
            (each.name, each.words) for each in crossed(document, parameter, phase, baseline, value)
        ]
    gravest = min(found, key=lambda each: GRAVITY.index(each[0]), default=(BandName.NORMAL, ""))
    return str(gravest[0]), gravest[1]


def _number(parameter: Parameter, typed: str) -> Decimal:
    if parameter.kind == "yes_no":
        if typed.lower() not in YES:
            raise NotUnderstood("Say yes or no.")
        return YES[typed.lower()]
    try:
        value = as_written(typed)
    except ValueError as wrong:
        raise NotUnderstood(str(wrong)) from None
    if abs(value) > 99_999:
        raise NotUnderstood("Write a number.")
    if parameter.kind == "scale" and parameter.steps and value not in parameter.steps:
        steps = sorted(parameter.steps)
        raise NotUnderstood(f"Choose a step from {steps[0]} to {steps[-1]}.")
    return value


def _converted(parameter: Parameter, value: Decimal, unit: str) -> Decimal:
    if not unit or unit == parameter.unit:
        return value
    if unit not in parameter.also_in:
        raise NotUnderstood(f"{parameter.label} is not measured in {unit}.")
    ends = {_name(parameter.unit), parameter.ucum.lower()}
    for end in ends:
        convert = CONVERSIONS.get((_name(unit), end))
        if convert:
            return convert(value).quantize(Decimal(1).scaleb(-max(parameter.decimals, 1)))
    raise NotUnderstood(f"{unit} cannot be turned into {parameter.unit} here.")


def _name(unit: str) -> str:
    return NAMES.get(unit.lower(), unit.lower())


def _words(parameter: Parameter, value: Decimal) -> str:
    if parameter.kind == "yes_no":
        return "yes" if value else "no"
    if parameter.steps:
        return parameter.steps.get(int(value), "")
    return ""


def shown(parameter: Parameter | None, value: Decimal | None, words: str = "") -> str:
    """A value as people read it, with its unit."""
    if value is None:
        return words
    if parameter is not None and parameter.kind == "yes_no":
        return words
    unit = f" {parameter.unit}" if parameter is not None and parameter.unit else ""
    return f"{decimal_text(value)}{unit}" + (f", {words}" if words else "")
