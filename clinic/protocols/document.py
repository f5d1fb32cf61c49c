"""A protocol version as one frozen document: the clinic's rules as data, each with its authority.

Rules, schedules, PDF and exports read this document. It holds no code and knows no database.
"""

from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

from clinic.checklists.document import Basis, Checklist, Code, Item, Part, Words
from clinic.protocols.course_rules import (
    Act,
    AgeRule,
    CoursePhase,
    Enrolment,
    FreshTest,
    Gate,
    Interval,
    Measure,
    Message,
    Nouns,
    Offset,
    OnCallRule,
    OpenPoint,
    Report,
    ReportField,
    RequiredDocument,
    RoleRule,
    Stage,
    Touchpoint,
    VisitRule,
    Washout,
    Window,
)
from clinic.protocols.dose_rules import (
    DoseRange,
    DoseRules,
    DoseStep,
    Equivalent,
    Pieces,
    Strength,
    Supplementary,
    Unit,
)
from clinic.protocols.screening_rules import DenialReason, OfficialForm
from clinic.protocols.session_rules import (
    AdverseEventTerm,
    Band,
    BandName,
    BaselineLimit,
    Cadence,
    Grade,
    GroupRule,
    Limit,
    MinimumStay,
    MissReason,
    MonitoringRow,
    OneTapEvent,
    Parameter,
    Phase,
    Presence,
    RatioRow,
    ReleaseRule,
    RescueStep,
    ShorterStay,
    StayRow,
    TodayRule,
    WayHome,
)
from clinic.protocols.sourced import Sourced

__all__ = [
    "Act",
    "AdverseEventTerm",
    "AgeRule",
    "Band",
    "BandName",
    "BaselineLimit",
    "Basis",
    "Cadence",
    "CoursePhase",
    "DenialReason",
    "DoseRange",
    "DoseRules",
    "DoseStep",
    "Enrolment",
    "Equivalent",
    "Gate",
    "GateCode",
    "Grade",
    "GroupRule",
    "Interval",
    "Limit",
    "Measure",
    "Message",
    "MinimumStay",
    "MissReason",
    "MonitoringRow",
    "Nouns",
    "Offset",
    "OfficialForm",
    "OnCallRule",
    "OneTapEvent",
    "OpenPoint",
    "Parameter",
    "Phase",
    "Pieces",
    "Presence",
    "ProtocolDocument",
    "RatioRow",
    "ReleaseRule",
    "Report",
    "ReportField",
    "RequiredDocument",
    "RescueStep",
    "RoleRule",
    "ShorterStay",
    "Sourced",
    "Stage",
    "StayRow",
    "Strength",
    "Supplementary",
    "TodayRule",
    "Touchpoint",
    "Unit",
    "VisitRule",
    "Washout",
    "WayHome",
    "Window",
]


class GateCode(StrEnum):
    """Every gate to the dose that the rules know; a protocol names the ones it has."""

    CONSENT = "consent"
    SCREENING_SIGNED = "screening_signed"
    EXCLUSIONS = "exclusions"
    WASHOUTS = "washouts"
    TESTS_FRESH = "tests_fresh"
    PREPARATION_VISITS = "preparation_visits"
    AGE = "age"
    LICENCE = "licence"
    ROLES_PRESENT = "roles_present"
    RATIO = "ratio"
    TODAYS_CHECKS = "todays_checks"
    CAPACITY = "capacity"
    VITALS = "vitals"
    WAY_HOME = "way_home"
    EMERGENCY_CONTACT = "emergency_contact"
    INTERVAL = "interval"
    NO_OTHER_LIVE_SESSION = "no_other_live_session"
    AMOUNT = "amount"
    LOT = "lot"
    SECOND_PERSON = "second_person"
    ON_CALL = "on_call"
    HOLD = "hold"
    EXTERNAL_ENROLMENT = "external_enrolment"


class ProtocolDocument(Part):
    """One protocol: what is given to whom, after what, under whose eyes, and what follows."""

    code: Code
    title: Words
    edition: Words
    summary: str = ""
    substance: Code
    substance_label: Words
    substance_form: Words
    route: Words
    unit: Unit = Field(
        description="The one unit in which every amount of this protocol is written."
    )
    jurisdiction: Words
    indication: Words
    nouns: Nouns
    made_up: bool = False

    open_points: tuple[OpenPoint, ...] = ()
    course: tuple[CoursePhase, ...] = ()
    gates: tuple[Gate, ...] = ()
    age: AgeRule | None = None
    screening: Checklist
    official_form: OfficialForm | None = None
    denial_reasons: tuple[DenialReason, ...] = ()
    documents: tuple[RequiredDocument, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    visits: tuple[VisitRule, ...] = ()
    checklists: dict[Code, Checklist] = Field(default_factory=dict)
    roles: tuple[RoleRule, ...] = ()
    tests: tuple[FreshTest, ...] = ()
    washouts: tuple[Washout, ...] = ()
    intervals: tuple[Interval, ...] = ()

    parameters: tuple[Parameter, ...] = ()
    doses: DoseRules
    limits: tuple[Limit, ...] = ()
    baseline_limits: tuple[BaselineLimit, ...] = ()
    monitoring: tuple[MonitoringRow, ...] = ()
    miss_reasons: tuple[MissReason, ...] = ()
    today: TodayRule | None = None
    minimum_stay: MinimumStay | None = None
    ratio: tuple[RatioRow, ...] = ()
    group: GroupRule | None = None
    release: ReleaseRule | None = None
    on_call: OnCallRule | None = None

    events: tuple[OneTapEvent, ...] = ()
    adverse_events: tuple[AdverseEventTerm, ...] = ()
    grades: tuple[Grade, ...] = ()
    rescue: tuple[RescueStep, ...] = ()

    touchpoints: tuple[Touchpoint, ...] = ()
    measures: tuple[Measure, ...] = ()
    messages: dict[Code, Message] = Field(default_factory=dict)
    reports: tuple[Report, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _checklists_are_named_by_their_key(cls, written: Any) -> Any:
        """In a file the key of a checklist is its code, said once."""
        if not isinstance(written, dict) or not isinstance(written.get("checklists"), dict):
            return written
        named = {
            key: {"code": key, **body} if isinstance(body, dict) else body
            for key, body in written["checklists"].items()
        }
        return {**written, "checklists": named}

    def gate(self, code: str) -> Gate | None:
        """Find a gate this protocol names; none means the gate does not exist here."""
        return next((gate for gate in self.gates if gate.code == code), None)

    def parameter(self, code: str) -> Parameter | None:
        """Find a parameter by its code."""
        return next((parameter for parameter in self.parameters if parameter.code == code), None)

    def limit(self, parameter: str, phase: Phase) -> Limit | None:
        """Find the bands of a parameter in a phase; none means it is recorded without limits."""
        return next(
            (each for each in self.limits if (each.parameter, each.phase) == (parameter, phase)),
            None,
        )

    def checklist(self, code: str) -> Checklist | None:
        """Find a checklist of this protocol, its screening included."""
        return self.screening if self.screening.code == code else self.checklists.get(code)

    def screening_item(self, code: str) -> Item | None:
        """Find one question of the screening."""
        return self.screening.item(code)

    def role(self, capacity: str) -> RoleRule | None:
        """Find the rule for a capacity."""
        return next((role for role in self.roles if role.capacity == capacity), None)

    def capacity(self, code: str) -> str:
        """A capacity in the words of the version; one it does not have, by its code."""
        role = self.role(code)
        return role.title if role is not None else code.replace("_", " ").replace("-", " ")

    def document(self, code: str) -> RequiredDocument | None:
        """Find a required document by its code."""
        return next((document for document in self.documents if document.code == code), None)

    def event(self, code: str) -> OneTapEvent | None:
        """Find a one-tap event by its code."""
        return next((event for event in self.events if event.code == code), None)

    def term(self, code: str) -> AdverseEventTerm | None:
        """Find an adverse event term by its code."""
        return next((term for term in self.adverse_events if term.code == code), None)

    def touchpoint(self, code: str) -> Touchpoint | None:
        """Find a touchpoint by its code."""
        return next((each for each in self.touchpoints if each.code == code), None)
