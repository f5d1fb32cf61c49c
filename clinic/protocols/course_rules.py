"""The parts of a protocol for the course around the dose: documents, visits, people, aftercare."""

from datetime import time
from decimal import Decimal
from enum import StrEnum
from math import ceil
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from clinic.audit.canonical import decimal_text
from clinic.checklists.document import Code, Decider, Part, Words
from clinic.protocols.session_rules import Presence
from clinic.protocols.sourced import Days, Minutes, Sourced

# 29 February is no end of a period: it would come once in four years.
MonthDay = Annotated[
    str,
    StringConstraints(
        pattern=r"^(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])$|^(0[469]|11)-(0[1-9]|[12]\d|30)$"
        r"|^02-(0[1-9]|1\d|2[0-8])$"
    ),
]


class Stage(StrEnum):
    """The stages of a case that have visits."""

    PREPARATION = "preparation"
    DOSING = "dosing"
    INTEGRATION = "integration"


class Act(StrEnum):
    """What a licence allows; whoever fills a role is licensed for all of its acts."""

    DECIDE_ELIGIBILITY = "decide_eligibility"
    PREPARE = "prepare"
    ORDER_DOSE = "order_dose"
    GIVE_DOSE = "give_dose"
    SECOND_CHECK = "second_check"
    MONITOR = "monitor"
    ACCOMPANY = "accompany"
    RELEASE = "release"
    INTEGRATE = "integrate"


class Nouns(Part):
    """The words people read in place of the field's own."""

    person: Words
    people: Words
    clinician: Words
    clinicians: Words
    session: Words
    sessions: Words
    adverse_event: Words
    adverse_events: Words
    supporter: Words


class Gate(Sourced):
    """A condition of the dose that this protocol names; a gate it does not name does not exist."""

    code: Code
    decider: Decider


class AgeRule(Sourced):
    """The ages the protocol admits, both ends included."""

    minimum: int | None = Field(None, ge=0)
    maximum: int | None = Field(None, ge=0)


class RequiredDocument(Sourced):
    """A text that must be put before the person, and what a signature under it is worth."""

    code: Code
    title: Words
    kind: Literal["consent", "agreement", "acknowledgement", "information"]
    signed_by: tuple[Literal["person", "clinician", "supporter"], ...] = ("person",)
    reaffirm_on_day: bool = Field(False, description="Asked again on the day of the dose.")
    valid_days: int | None = Field(None, ge=1)
    widens: bool = Field(
        False, description="Permits something more; a refusal does not stop the dose."
    )
    needed_for_dose: bool = True
    revocable: bool = True
    needs_witness: bool = Field(
        False, description="A witness signs it too, who is not the staff member present."
    )
    guardian_scope: Literal["care", "research", "records"] | None = Field(
        None,
        description="Where the person lacks the capacity to decide it, a guardian whose document"
        " covers this signs.",
    )
    only_if: str = Field("", description="In words: when it applies, if not always.")
    if_answered: tuple[Code, ...] = Field(
        (), description="Yes to one of these screening questions, or doubt, makes it needed."
    )
    if_in_group: bool = Field(False, description="Needed where others are in the same session.")
    if_another: Code | None = Field(
        None, description="Needed where nobody of the preparation has this capacity at the dose."
    )

    @property
    def is_conditional(self) -> bool:
        """Whether it is needed of some people only."""
        return bool(self.only_if or self.if_answered or self.if_in_group or self.if_another)

    @property
    def stops_dose(self) -> bool:
        """Whether there is no dose of anybody without a signature under this text."""
        return self.may_stop_dose and not self.is_conditional

    @property
    def may_stop_dose(self) -> bool:
        """Whether there is no dose without it for whom it is needed of."""
        return self.needed_for_dose and not self.widens


class Offset(Part):
    """A distance in time: days on the local calendar, hours and minutes as they elapse."""

    days: int = Field(0, ge=-3660, le=3660)
    hours: int = Field(0, ge=-1000, le=1000)
    minutes: int = Field(0, ge=-1000, le=1000)
    at: time | None = Field(None, description="With days: at this local time of that day.")


class Window(Sourced):
    """The stretch in which a visit must lie; negative offsets are before."""

    relative_to: Literal["dose", "session_end", "previous_session_end"]
    earliest: Offset | None = None
    latest: Offset | None = None


class VisitRule(Sourced):
    """How many visits of a kind a cycle has, how long, when, how and with whom."""

    code: Code
    title: Words
    stage: Stage
    count_min: int = Field(ge=0)
    count_typical: int = Field(ge=0)
    minutes: int = Field(ge=1)
    window: Window | None = None
    delivery: tuple[Literal["in_person", "video", "telephone"], ...] = ("in_person",)
    staff: tuple[Code, ...] = Field((), description="Capacities from `roles`.")
    checklist: Code | None = None
    cycles: tuple[int, ...] = Field((), description="Only in these cycles; empty: in every one.")

    def belongs_to(self, cycle: int) -> bool:
        """Whether a cycle of the course has visits of this kind."""
        return not self.cycles or cycle in self.cycles


class CoursePhase(Sourced):
    """A stretch of the course: how many sessions, and how far each lies from the one before."""

    code: Code
    title: Words
    sessions: int | None = Field(None, ge=1, description="Left out: as many as there are.")
    earliest_days: Days = Field(0, description="From the session before; not sooner.")
    latest_days: Days | None = Field(None, description="From the session before; not later.")
    decision: str = Field("", description="What is decided when it ends.")


class RoleRule(Sourced):
    """Who is needed at a session: the capacity, its professions, its acts, and how near."""

    capacity: Code
    title: Words
    professions: dict[str, tuple[Code, ...]] = Field(
        description="By jurisdiction; '*' stands for every place that is not named."
    )
    acts: tuple[Act, ...] = Field(min_length=1)
    presence: Presence
    minutes: Minutes | None = Field(None, description="For reachable: within how many minutes.")
    count: int = Field(1, ge=0)
    certificates: tuple[Words, ...] = ()


class FreshTest(Sourced):
    """A test or look-up whose result must be fresh on the day of the dose."""

    code: Code
    label: Words
    fresh_days: Days
    expected: str = ""
    only_if: str = Field("", description="In words: of whom it is asked, if not of everybody.")
    if_answered: tuple[Code, ...] = Field(
        (), description="Yes to one of these screening questions, or doubt, makes it needed."
    )


class Interval(Sourced):
    """How many days must lie between this dose and an earlier one of some substance."""

    substances: tuple[Code, ...] = Field((), description="Empty: any other psychedelic.")
    min_days: Days


class Washout(Sourced):
    """What must have been left off for how long, and which answers say when it was last taken.

    A rule about a day, never an instruction: only its prescriber changes or stops a medicine.
    """

    code: Code
    label: Words
    days: Days | None = None
    half_lives: Decimal | None = Field(None, gt=0, le=50)
    half_life_hours: Decimal | None = Field(
        None, gt=0, le=5_000, description="The longest that is known, its active products included."
    )
    half_life_item: Code | None = Field(
        None,
        description="Instead, for a rule about many medicines: the screening item that says hours.",
    )
    half_life_source: str = ""
    and_days: Days = Field(0, description="After the half-lives, to settle.")
    taken_item: Code
    taken_options: tuple[Code, ...] = Field(
        (), description="For a choice: the answers that mean it was taken."
    )
    medicines: tuple[Words, ...] = Field(
        (), description="For a list of medicines: words that stand in the names it means."
    )
    last_on_item: Code | None = Field(
        None, description="Left out for a list of medicines, which says it beside each."
    )

    @property
    def clear_for(self) -> str:
        """How long must be clear, in words."""
        days = self.clear_days()
        if days is None:
            return f"{decimal_text(self.half_lives or Decimal(0))} half-lives of what was taken"
        return f"{days} days"

    def clear_days(self, half_life_hours: Decimal | None = None) -> int | None:
        """The days that must be clear, the longer of days and half-lives; None: nobody knows one."""
        if self.half_lives is None:
            return self.days or 0
        hours = half_life_hours if self.half_life_item else self.half_life_hours
        if hours is None:
            return None
        return max(self.days or 0, ceil(self.half_lives * hours / 24) + self.and_days)


class Enrolment(Sourced):
    """An entry in a register outside that there must be before a dose, and the form that says so."""

    code: Code
    label: Words
    of: Literal["person", "site", "pharmacy"]
    checklist: Code = Field(
        description="A key of `checklists`: who looked it up, when, under what."
    )
    fresh_days: Days | None = Field(None, description="Looked up again after so many days.")


class OpenPoint(Sourced):
    """Something the sources leave open, to be settled by the clinic before the version is used."""

    code: Code
    words: Words


class Message(Part):
    """Neutral words to a person: no drug, no diagnosis. Places: {site}, {telephone}, {link}."""

    subject: Words
    body: Words


class Touchpoint(Sourced):
    """A contact after the session: when, how, with which forms, and whose it is."""

    code: Code
    title: Words
    offset: Offset
    open_for: Offset = Field(description="How long after that it may still be done on time.")
    channel: Literal["email", "telephone", "visit", "form_link"]
    instruments: tuple[Code, ...] = ()
    owner: Code
    next_in_line: Code
    purpose: Literal["safety", "courtesy"]
    only_after_last: bool = Field(False, description="Falls away when another session follows.")
    message: Code | None = Field(
        None, description="A key of `messages`; nothing is sent without one."
    )
    prompts: tuple[str, ...] = Field((), description="What the clinician asks.")


class Measure(Sourced):
    """When an instrument is filled in."""

    instrument: Code
    at_baseline: bool = False
    before_each_dose: bool = False
    fresh_days: Days | None = None
    after_session: tuple[Offset, ...] = ()


class OnCallRule(Sourced):
    """For how long after release somebody must be on call."""

    hours: int = Field(ge=0)


class ReportField(Sourced):
    """A field of a report: the item of its form, and where in the record its answer stands."""

    item: Code
    filled_from: str = Field("", description="In words: where the record has it, if it has.")


class Report(Sourced):
    """A report to somebody outside, and from when its clock runs."""

    code: Code
    title: Words
    to: Words
    voluntary: bool = False
    due_days: Days | None = None
    clock_from: Literal["event", "awareness", "session", "period_end"]
    awareness_of: str = Field("", description="Whose awareness starts the clock.")
    period_ends: tuple[MonthDay, ...] = Field((), description="Days of the year: 03-31.")
    counts: tuple[Words, ...] = Field((), description="What the report adds up.")
    checklist: Code | None = Field(None, description="The form it is written on.")
    fields: tuple[ReportField, ...] = ()
