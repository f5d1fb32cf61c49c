"""Every calculation on a protocol in one place: document and facts in, no database, no clock."""

from clinic.checklists.answers import latest_possible
from clinic.protocols.course import (
    LicenceNeeded,
    PastDose,
    PlannedTouchpoint,
    WashoutState,
    age_on,
    age_problems,
    interval_problems,
    licences_needed,
    shifted,
    touchpoints,
    visit_window,
    washout_clear_on,
    washouts,
)
from clinic.protocols.doses import (
    AmountRange,
    DoseGiven,
    amount_problems,
    dose_range,
    supplement_problems,
    supplement_window,
    total_given,
    total_range,
)
from clinic.protocols.limits import band, crossed
from clinic.protocols.stay import earliest_release, minimum_stay, ratio, staff_needed
from clinic.protocols.timetable import Due, Entry, PlannedCheck, dueness, next_change, schedule

__all__ = [
    "AmountRange",
    "DoseGiven",
    "Due",
    "Entry",
    "LicenceNeeded",
    "PastDose",
    "PlannedCheck",
    "PlannedTouchpoint",
    "WashoutState",
    "age_on",
    "age_problems",
    "amount_problems",
    "band",
    "crossed",
    "dose_range",
    "dueness",
    "earliest_release",
    "interval_problems",
    "latest_possible",
    "licences_needed",
    "minimum_stay",
    "next_change",
    "ratio",
    "schedule",
    "shifted",
    "staff_needed",
    "supplement_problems",
    "supplement_window",
    "total_given",
    "total_range",
    "touchpoints",
    "visit_window",
    "washout_clear_on",
    "washouts",
]
