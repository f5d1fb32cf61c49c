"""Django looks for models here; each lives in its slice."""

from sessions.aftercare.models import Touchpoint
from sessions.integration.models import Commitment, Note, ProcessNote
from sessions.preparation.models import DecisionPast, WayHome
from sessions.reports.models import Report
from sessions.supervised.models import (
    AdverseEvent,
    Assessment,
    Deviation,
    Dose,
    ObservationSet,
    Order,
    PreparedDose,
    Presence,
    Reading,
    SessionEvent,
    SupervisedSession,
)

__all__ = [
    "AdverseEvent",
    "Assessment",
    "Commitment",
    "DecisionPast",
    "Deviation",
    "Dose",
    "Note",
    "ObservationSet",
    "Order",
    "PreparedDose",
    "Presence",
    "ProcessNote",
    "Reading",
    "Report",
    "SessionEvent",
    "SupervisedSession",
    "Touchpoint",
    "WayHome",
]
