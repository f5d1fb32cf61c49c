"""What a checklist is: items, branching, what each answer means, and how it is scored.

A checklist is data that a named person of the clinic has approved. It is read from YAML, frozen,
and written out as canonical JSON; the vocabulary stays close to FHIR Questionnaire.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from clinic.audit.canonical import canonical, digest
from clinic.workflow import Basis

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Decider = Annotated[
    str, StringConstraints(pattern=r"^(nobody|prescriber|sponsor_ethics|role:[a-z_]+)$")
]


class Part(BaseModel):
    """A frozen piece of a document in which every field has been foreseen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def canonical(self) -> str:
        """Write this piece as JSON in its one spelling."""
        return canonical(self)

    def digest(self) -> str:
        """Give the digest a signature or a version binds to."""
        return digest(self)


class Kind(StrEnum):
    """How an item is answered."""

    YES_NO = "yes_no"
    ONE_OF = "one_of"
    SOME_OF = "some_of"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    MEDICATION = "medication"
    TEXT = "text"
    ATTESTATION = "attestation"
    INSTRUMENT = "instrument"

    @property
    def words(self) -> str:
        """How it is answered, as people say it."""
        return KIND_WORDS.get(self.value, self.value.replace("_", " "))


KIND_WORDS = {
    "yes_no": "yes or no",
    "some_of": "any of",
    "integer": "whole number",
    "decimal": "number",
    "attestation": "said to be so",
    "duration": "hours and minutes",
    "medication": "medicines, each with dose, how often and last taken",
    "instrument": "total of a questionnaire",
}


class Meaning(StrEnum):
    """What a finding asks for, the gravest first."""

    EXCLUDE = "exclude"
    WASHOUT = "washout"
    REVIEW = "review"
    ACTION = "action"
    INFO = "info"


class Option(Part):
    """One answer that can be chosen; `value` is what it counts in a score."""

    code: Code
    label: Words
    value: int | None = None
    loinc: str = ""
    exclusive: bool = Field(
        False, description="'None of these': refuses any other choice beside it."
    )


class Match(Part):
    """A question put to an answer; every part that is given must hold."""

    equals: bool | int | str | None = Field(
        None,
        description="Of medicines: true is any at all, false none, a word one that is called so.",
    )
    any_of: tuple[int | str, ...] = ()
    below: Decimal | None = None
    at_most: Decimal | None = None
    at_least: Decimal | None = None
    above: Decimal | None = None
    answered: bool | None = Field(
        None, description="True: holds whenever there is an answer at all."
    )


class Condition(Match):
    """What another item must have been answered for this one to be asked."""

    item: Code
    or_not_known: bool = Field(False, description="Ask also when the other answer is 'not known'.")


class Consequence(Part):
    """What an answer means, on whose authority, and who may decide past it."""

    when: Match
    meaning: Meaning
    message: Words
    basis: Basis
    citation: Words
    confirm: bool = False
    decider: Decider = "prescriber"
    days: int | None = Field(
        None, ge=0, description="For a washout: days that must be clear before the dose."
    )
    effective_from: date | None = None
    effective_to: date | None = None


class Item(Part):
    """One question of a checklist and everything that depends on its answer."""

    code: Code
    number: str = Field(
        "", description="As printed: '3', and '3a' for what is asked only after item 3."
    )
    kind: Kind
    group: str = Field("", description="A heading that begins here and holds until the next one.")
    text: Words
    help: str = ""
    unit: str = Field("", description="A length of time has none: it is kept in minutes.")
    units: tuple[str, ...] = Field(
        (), description="Other units a decimal may be typed in; each is converted exactly."
    )
    options: tuple[Option, ...] = ()
    minimum: Decimal | None = Field(
        None, description="Below this the answer is impossible, not just bad."
    )
    maximum: Decimal | None = Field(
        None, description="Above this the answer is impossible, not just bad."
    )
    instrument: Code | None = Field(
        None, description="For kind instrument: the answer is its total score."
    )
    loinc: str = ""
    required: bool = True
    allow_not_known: bool = True
    allow_approximate: bool = False
    shown_when: tuple[Condition, ...] = Field((), description="All must hold.")
    consequences: tuple[Consequence, ...] = ()

    def option(self, code: Any) -> Option | None:
        """Find one of this item's choices."""
        return next((option for option in self.options if option.code == code), None)


class ScoreBand(Part):
    """A stretch of totals with its name; both ends belong to it.

    Where a total may have decimals, each band begins where the one before it ends, and the number
    in which the two meet belongs to the upper.
    """

    code: Code
    label: Words
    minimum: Decimal
    maximum: Decimal
    flag: str = Field("", description="Words to a person as soon as a finished form lands here.")


class RedFlag(Part):
    """An answer that must reach a person the moment it is given, finished form or not."""

    code: Code
    item: Code
    when: Match
    message: Words
    citation: Words


class Subscale(Part):
    """A part of the items that is scored by itself."""

    code: Code
    title: Words
    items: tuple[Code, ...]
    bands: tuple[ScoreBand, ...] = ()


class Scoring(Part):
    """How answers become a total: the sum of the named items, or no total at all."""

    items: tuple[Code, ...]
    reversed: tuple[Code, ...] = ()
    not_asked_counts: Decimal | None = Field(
        None, description="What an item counts that its branching leaves out; else no total."
    )
    multiply_by: Decimal = Field(Decimal(1), gt=0, description="The sum is told times this.")
    bands: tuple[ScoreBand, ...] = ()
    flags: tuple[RedFlag, ...] = ()
    subscales: tuple[Subscale, ...] = ()
    loinc: str = Field("", description="Code of the total.")
    meaningful_change: Decimal | None = None
    source: Words


class Checklist(Part):
    """A form: screening, today's checks, release criteria, preparation content or an instrument."""

    code: Code
    title: Words
    version: Words
    language: Words = "en"
    introduction: str = ""
    items: tuple[Item, ...] = Field(min_length=1)
    scoring: Scoring | None = None
    freshness_days: int | None = Field(None, ge=0, description="Older answers must be asked again.")
    loinc: str = Field("", description="Code of the panel.")
    licence: str = ""
    licence_url: str = ""
    attribution: str = ""
    source: str = ""
    text_included: bool = True
    slot: Literal["", "text", "result"] = Field(
        "",
        description="text: the clinic loads the wording; result: only what came out is written here.",
    )
    terms: str = Field("", description="What who loads the text accepts, in plain words.")

    @property
    def waits_for_its_text(self) -> bool:
        """Whether nobody can be asked these questions yet, for want of their wording."""
        return self.slot == "text"

    @property
    def takes_a_result(self) -> bool:
        """Whether somebody writes down what came out elsewhere, instead of being asked here."""
        return self.slot == "result"

    def persons_part(self) -> Self:
        """What a person can answer by themselves: not what staff attest, nor what follows from it."""
        left_out: set[str] = set()
        for item in self.items:  # a condition names an item before its own
            follows = any(condition.item in left_out for condition in item.shown_when)
            if item.kind == Kind.ATTESTATION or follows:
                left_out.add(item.code)
        items = tuple(item for item in self.items if item.code not in left_out)
        return self.model_copy(update={"items": items})

    def item(self, code: str) -> Item | None:
        """Find one item by its code."""
        return next((item for item in self.items if item.code == code), None)
