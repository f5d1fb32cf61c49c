"""Django looks for models here; each lives in its slice."""

from clinic.attention.models import Matter, Notice
from clinic.audit.models import (
    ChainHead,
    Checkpoint,
    Dispatch,
    SealShape,
    Signature,
    TrailEntry,
)
from clinic.booking.feed.models import DiaryFeed
from clinic.booking.models import Visit, VisitPerson, Whereabouts
from clinic.cases.break_glass.models import BrokenGlass
from clinic.cases.channels.models import ChannelConsent
from clinic.cases.importing.models import ImportedRow, PatientFile, PatientImport
from clinic.cases.merging.models import PatientMerge, PatientParting
from clinic.cases.models import CareTeamMember, Case, Contact, Cycle, Hold, Patient
from clinic.cases.moving.models import CaseMove
from clinic.cases.signatures.models import Amendment, CounterSignature
from clinic.cases.two_sites.models import RecordLink, ToldApart
from clinic.checklists.models import Answer, Form
from clinic.documents.capacity.models import CapacityAssessment
from clinic.documents.models import DeclinedDocument, Reaffirmation, SignedDocument, Text
from clinic.links.models import PatientLink
from clinic.messages.models import Message
from clinic.people.hours.models import ClosedDay, WorkingHours
from clinic.people.models import (
    Absence,
    DutyShift,
    ForgottenPassword,
    Invitation,
    Licence,
    Organisation,
    RoleAtSite,
    Room,
    Site,
    User,
)
from clinic.protocols.errata.models import Erratum
from clinic.protocols.house.models import HouseValue
from clinic.protocols.models import Protocol, ProtocolVersion
from clinic.safety.concerns.models import Concern, ConcernNote
from clinic.safety.incidents.models import Incident, IncidentNote
from clinic.screening.evidence.models import Evidence, EvidenceFile
from clinic.screening.medicines.models import ListedMedicine
from clinic.screening.models import FindingDecision, ScreeningDecision
from clinic.screening.official.models import OfficialFormConfirmation
from clinic.screening.sent.models import ReviewedAnswer
from clinic.stock.models import Lot, Movement

__all__ = [
    "Absence",
    "Amendment",
    "Answer",
    "BrokenGlass",
    "CapacityAssessment",
    "CareTeamMember",
    "Case",
    "CaseMove",
    "ChainHead",
    "ChannelConsent",
    "Checkpoint",
    "ClosedDay",
    "Concern",
    "ConcernNote",
    "Contact",
    "CounterSignature",
    "Cycle",
    "DeclinedDocument",
    "DiaryFeed",
    "Dispatch",
    "DutyShift",
    "Erratum",
    "Evidence",
    "EvidenceFile",
    "FindingDecision",
    "ForgottenPassword",
    "Form",
    "Hold",
    "HouseValue",
    "ImportedRow",
    "Incident",
    "IncidentNote",
    "Invitation",
    "Licence",
    "ListedMedicine",
    "Lot",
    "Matter",
    "Message",
    "Movement",
    "Notice",
    "OfficialFormConfirmation",
    "Organisation",
    "Patient",
    "PatientFile",
    "PatientImport",
    "PatientLink",
    "PatientMerge",
    "PatientParting",
    "Protocol",
    "ProtocolVersion",
    "Reaffirmation",
    "RecordLink",
    "ReviewedAnswer",
    "RoleAtSite",
    "Room",
    "ScreeningDecision",
    "SealShape",
    "Signature",
    "SignedDocument",
    "Site",
    "Text",
    "ToldApart",
    "TrailEntry",
    "User",
    "Visit",
    "VisitPerson",
    "Whereabouts",
    "WorkingHours",
]
