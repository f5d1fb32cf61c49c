"""The parts of a protocol for the course around the dose: documents, visits, people, aftercare."""

from datetime import time
from enum import StrEnum
from typing import Literal

from pydantic import Field

from clinic.checklists.document import Code, Decider, Part, Words
from clinic.protocols.session_rules import Presence
from clinic.protocols.sourced import Days, Minutes, Sourced


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
    only_if: str = Field("", description="In words: when it applies, if not always.")

    @property
    def stops_dose(self) -> bool:
        """Whether there is no dose without a signature under this text."""
        return self.needed_for_dose and not self.widens and not self.only_if


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
    only_if: str = ""


class Interval(Sourced):
    """How many days must lie between this dose and an earlier one of some substance."""

    substances: tuple[Code, ...] = Field((), description="Empty: any other psychedelic.")
    min_days: Days


class Washout(Sourced):
    """What must have been left off for how long, and which answers say when it was last taken."""

    code: Code
    label: Words
    days: Days
    taken_item: Code
    last_on_item: Code


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


class Report(Sourced):
    """A report to somebody outside, and from when its clock runs."""

    code: Code
    title: Words
    to: Words
    voluntary: bool = False
    due_days: Days | None = None
    clock_from: Literal["event", "awareness", "session", "period_end"]
