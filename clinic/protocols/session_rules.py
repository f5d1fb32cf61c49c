"""The parts of a protocol for the day of the dose: amounts, limits, monitoring, stay, release."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from clinic.checklists.document import Code, Decider, Part, Words
from clinic.protocols.sourced import Days, Minutes, Sourced


class BandName(StrEnum):
    """What a reading means; every value of a limited parameter lies in exactly one band."""

    IMPOSSIBLE = "impossible"
    ALARMING = "alarming"
    HOLD = "hold"
    NORMAL = "normal"


class Phase(StrEnum):
    """When a limit counts: while deciding on a dose, after it, or when deciding on release."""

    BEFORE_DOSE = "before_dose"
    AFTER_DOSE = "after_dose"
    RELEASE = "release"


class Presence(StrEnum):
    """How near a person must be."""

    WITH_CLIENT = "with_client"
    ON_PREMISES = "on_premises"
    REACHABLE = "reachable"


class WayHome(StrEnum):
    """The ways of going home that a protocol may accept."""

    ADULT_PRESENT = "adult_present"
    ADULT_REACHABLE = "adult_reachable"
    PLAN_FOLLOWED = "plan_followed"
    STAYS_THE_NIGHT = "stays_the_night"


class Parameter(Part):
    """Something that is measured or rated: a vital sign, a scale, a yes or no."""

    code: Code
    label: Words
    short: Words
    kind: Literal["number", "scale", "yes_no"] = "number"
    unit: str = ""
    ucum: str = ""
    loinc: str = ""
    decimals: int = Field(0, ge=0, le=3)
    also_in: tuple[str, ...] = Field(
        (), description="Other units it may be typed in, such as degF."
    )
    steps: dict[int, str] = Field(
        default_factory=dict, description="For a scale: what each step means."
    )


class Band(Sourced):
    """A stretch of values: `starts` belongs to it, `below` does not; open ends are left out."""

    name: BandName
    starts: Decimal | None = None
    below: Decimal | None = None
    words: str = Field("", description="What the clinic does about it.")
    decider: Decider = "prescriber"


class Limit(Part):
    """The bands of one parameter in one phase of the session, without hole or overlap."""

    parameter: Code
    unit: str = ""
    phase: Phase
    bands: tuple[Band, ...] = Field(min_length=1)


class BaselineLimit(Sourced):
    """A change against the person's own reading before the dose, by a part of it or an amount."""

    parameter: Code
    phase: Phase
    change: Literal["rise", "fall", "either"]
    percent: Decimal | None = Field(None, gt=0)
    amount: Decimal | None = Field(None, ge=0, description="In the parameter's own unit.")
    name: BandName
    words: str = ""
    decider: Decider = "prescriber"

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("A change is measured either in percent or by an amount.")
        return self


class Cadence(Part):
    """How often a check comes back, until a minute or until release."""

    every: int = Field(ge=1)
    until_minute: int | None = Field(None, ge=1, le=20_160)


class MonitoringRow(Sourced):
    """Which parameters are due at which minutes from the dose, and how often after that."""

    code: Code
    parameters: tuple[Code, ...] = Field(min_length=1)
    at_minutes: tuple[Minutes, ...] = Field(min_length=1)
    early_minutes: Minutes
    late_minutes: Minutes
    after_supplement: tuple[Minutes, ...] = Field(
        (), description="Further checks, in minutes from that dose."
    )
    cadence: tuple[Cadence, ...] = Field(
        (), description="After the listed minutes, phase by phase, before `then_every`."
    )
    then_every: int | None = Field(
        None, ge=1, description="After the listed minutes, until release."
    )


class MissReason(Part):
    """Why a set or a part of it was missed, and which parameters that excuses."""

    code: Code
    label: Words
    excuses: tuple[Code, ...] = ()


class ShorterStay(Sourced):
    """A shorter stay for somebody who was here lately, unless what they took rules it out."""

    minutes: Minutes
    within_days: Days
    not_for: tuple[Code, ...] = Field((), description="Products that rule it out.")


class StayRow(Sourced):
    """The minimum stay for a total below the given amount; the last row has no upper end."""

    below: Decimal | None = None
    minutes: Minutes
    shorter: ShorterStay | None = None


class MinimumStay(Part):
    """How long a person stays, by the total given."""

    counted_from: Literal["first_dose", "last_dose"]
    rows: tuple[StayRow, ...] = Field(min_length=1)


class RatioRow(Sourced):
    """How many clients one member of staff may watch for a total below the given amount."""

    below: Decimal | None = None
    clients_per_staff: int = Field(ge=1)


class GroupRule(Sourced):
    """How many people may be in one session of a group."""

    at_most: int = Field(ge=1)


class TodayRule(Sourced):
    """What must be true on the day of the dose."""

    checklist: Code
    vitals: tuple[Code, ...] = ()
    vitals_fresh_minutes: Minutes | None = None
    weight_fresh_days: Days | None = None


class ReleaseRule(Sourced):
    """What must be true before a person leaves."""

    checklist: Code
    criteria_fresh_minutes: Minutes
    ways_home: tuple[WayHome, ...] = ()
    vitals: tuple[Code, ...] = ()


class OneTapEvent(Part):
    """Something that is recorded with one tap and can be undone."""

    code: Code
    label: Words
    group: Code = "course"
    alerts: bool = Field(False, description="Tells the charge clinician.")


class AdverseEventTerm(Part):
    """A term of the adverse event vocabulary."""

    code: Code
    label: Words
    serious: bool = Field(False, description="Presented as serious; a clinician decides.")
    source: Words


class Grade(Part):
    """A step of severity; severity is not seriousness."""

    grade: int = Field(ge=1, le=5)
    label: Words
    help: str = ""
    source: Words


class RescueStep(Sourced):
    """A step of the rescue menu, in the order in which it is usually taken."""

    code: Code
    label: Words
    detail: str = ""
    needs_order: bool = False
