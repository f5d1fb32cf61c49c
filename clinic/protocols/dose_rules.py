"""The parts of a protocol about amounts: units, what a piece holds, ranges, schedule, further doses."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field

from clinic.checklists.document import Code, Part, Words
from clinic.protocols.sourced import Minutes, Sourced


class Unit(StrEnum):
    """The closed list of units an amount can be ordered in."""

    MG = "mg"
    UG = "ug"
    ML = "mL"
    G = "g"
    LOZENGE = "lozenge"
    DEVICE = "device"


# What a lot comes as, and of which salt, in the words both a protocol and the ledger use.
ComesAs = Literal[
    "solution", "capsule", "tablet", "lozenge", "powder", "nasal spray", "whole product"
]
Salt = Literal["base", "hydrochloride", "tartrate", "fumarate", "succinate"]

# A volume, a weight of a product or a piece says nothing of the substance without its strength.
NEEDS_STRENGTH = {Unit.ML, Unit.G, Unit.LOZENGE, Unit.DEVICE}


class Strength(Sourced):
    """How much of the substance one unit holds: the concentration, the potency, the piece."""

    amount: Decimal = Field(gt=0)
    unit: Literal[Unit.MG, Unit.UG]


class Equivalent(Sourced):
    """Another name of the same amount, such as the salt beside the base."""

    name: Words
    per_unit: Decimal = Field(gt=0, description="How much of it one unit of the protocol is.")
    unit: Unit


class Pieces(Sourced):
    """What the substance comes in: devices, lozenges or servings that are given one by one."""

    name: Words
    names: Words
    holds: Decimal | None = Field(None, gt=0, description="Every piece holds exactly this.")
    at_most: Decimal | None = Field(None, gt=0, description="A piece holds at most this.")
    counts: tuple[int, ...] = Field((), description="How many may be given at once.")
    rest_minutes: Minutes | None = Field(None, description="Between one piece and the next.")


class DoseRange(Sourced):
    """An amount, or an amount per kilogram, with its lower and upper end (both allowed)."""

    minimum: Decimal | None = Field(None, ge=0)
    maximum: Decimal | None = Field(None, ge=0)
    per_kg: bool = False


class DoseStep(Sourced):
    """Which first doses a session of the course may have, counted from the first session."""

    from_session: int = Field(1, ge=1)
    until_session: int | None = Field(None, ge=1, description="Left out: every later one.")
    amounts: tuple[Decimal, ...] = Field(min_length=1, description="One of these.")
    words: str = ""

    def covers(self, session: int) -> bool:
        """Whether a session of the course stands on this step."""
        return self.from_session <= session <= (self.until_session or session)


class Supplementary(Sourced):
    """A further dose in the same session: whether, when after the first, on whose order."""

    allowed: bool
    at_most: int = Field(1, ge=0)
    earliest_minutes: Minutes = 0
    latest_minutes: Minutes | None = None
    needs_new_order: bool = True
    vitals_fresh_minutes: Minutes | None = None
    of_first: Decimal | None = Field(
        None, gt=0, description="At most this part of the first dose: 0.5 is half of it."
    )
    stopped_by_serious: bool = Field(
        False, description="An adverse event that is serious, or not assessed, forbids it."
    )
    agreed_by: tuple[Words, ...] = Field((), description="Who has to agree before it.")


class DoseRules(Part):
    """How much may be given: every range must hold at once."""

    amounts_as: Literal["base", "salt", "product", "analyte", "total psilocin"] | None = Field(
        None, description="What the amounts are amounts of."
    )
    comes_as: tuple[ComesAs, ...] = Field(
        (), description="A lot it is drawn from is one of these. Empty: any."
    )
    salt: Salt | None = Field(None, description="A lot it is drawn from is this. Empty: any.")
    equivalents: tuple[Equivalent, ...] = ()
    strength: Strength | None = None
    pieces: Pieces | None = None
    products: tuple[Code, ...] = Field((), description="The forms the substance may come in.")
    single: tuple[DoseRange, ...] = Field(min_length=1)
    total: tuple[DoseRange, ...] = ()
    by_session: tuple[DoseStep, ...] = ()
    supplementary: Supplementary | None = None

    @property
    def needs_weight(self) -> bool:
        """Whether an amount can only be judged with a weight."""
        return any(each.per_kg for each in (*self.single, *self.total))

    def step(self, session: int) -> DoseStep | None:
        """Find the step of the schedule a session of the course stands on."""
        return next((each for each in self.by_session if each.covers(session)), None)
