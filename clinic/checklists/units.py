"""Units a number may be asked in: a closed list, and only conversions that are exact."""

from decimal import Decimal

# What the answer to a question may be measured in.
UNITS = frozenset(
    [
        "kg",
        "g",
        "mg",
        "microgram",
        "lb",
        "st",
        "cm",
        "m",
        "in",
        "ft",
        "mL",
        "L",
        "IU",
        "%",
        "°C",
        "mmHg",
        "/min",
        "bpm",
        "L/min",
        "mL/min",
        "ms",
        "kg/m²",
        "mg/kg",
        "mmol/L",
        "µmol/L",
        "nmol/L",
        "mg/dL",
        "g/dL",
        "g/L",
        "U/L",
        "mIU/L",
        "ng/mL",
        "minutes",
        "hours",
        "days",
        "weeks",
        "months",
        "years",
        "points",
        "times",
        "doses",
        "sessions",
        "drinks",
        "cigarettes",
        "cycles",
        "tablets",
        "capsules",
        "drops",
        "puffs",
        "patches",
    ]
)
# What the dose of a medicine may be written in.
DOSE_UNITS = (
    "mg",
    "microgram",
    "g",
    "mL",
    "IU",
    "mmol",
    "tablets",
    "capsules",
    "drops",
    "puffs",
    "patches",
)
# From one unit to another by this factor. Only factors that a decimal holds whole stand here, so
# that what was typed in the one is never rounded on its way into the other.
FACTORS = {
    ("lb", "kg"): Decimal("0.45359237"),
    ("st", "kg"): Decimal("6.35029318"),
    ("g", "kg"): Decimal("0.001"),
    ("kg", "g"): Decimal("1000"),
    ("mg", "g"): Decimal("0.001"),
    ("g", "mg"): Decimal("1000"),
    ("microgram", "mg"): Decimal("0.001"),
    ("mg", "microgram"): Decimal("1000"),
    ("in", "cm"): Decimal("2.54"),
    ("ft", "cm"): Decimal("30.48"),
    ("m", "cm"): Decimal("100"),
    ("cm", "m"): Decimal("0.01"),
    ("L", "mL"): Decimal("1000"),
    ("mL", "L"): Decimal("0.001"),
    ("g/L", "g/dL"): Decimal("0.1"),
    ("g/dL", "g/L"): Decimal("10"),
    ("hours", "minutes"): Decimal("60"),
    ("weeks", "days"): Decimal("7"),
    ("years", "months"): Decimal("12"),
}


def can_convert(unit: str, into: str) -> bool:
    """Say whether a number in one unit can be turned into the other without rounding."""
    return unit == into or (unit, into) in FACTORS


def converted(number: Decimal, unit: str, into: str) -> Decimal:
    """Turn a number from one unit into another, exactly; no such pair is a KeyError."""
    return number if unit == into else number * FACTORS[unit, into]
