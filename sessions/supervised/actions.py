"""Every act on the run sheet, by the step of the session it belongs to."""

from sessions.supervised.arrival.actions import (
    abandon,
    answer_todays_checks,
    begin_todays_checks,
    check_in,
    come,
    hand_over,
    plan,
    visit_cancelled,
)
from sessions.supervised.doses.actions import discard, give, order, prepare, record_dose
from sessions.supervised.events.actions import assess, event, report_adverse_event, undo
from sessions.supervised.leaving.actions import (
    answer_criteria,
    begin_criteria,
    call_for_help,
    describe,
    leave,
    leave_against_advice,
    leave_unseen,
    person_died,
    ready_to_leave,
    release,
    sign,
    transfer,
)
from sessions.supervised.observations.actions import correct, observe, raise_overdue

__all__ = [
    "abandon",
    "answer_criteria",
    "answer_todays_checks",
    "assess",
    "begin_criteria",
    "begin_todays_checks",
    "call_for_help",
    "check_in",
    "come",
    "correct",
    "describe",
    "discard",
    "event",
    "give",
    "hand_over",
    "leave",
    "leave_against_advice",
    "leave_unseen",
    "observe",
    "order",
    "person_died",
    "plan",
    "prepare",
    "raise_overdue",
    "ready_to_leave",
    "record_dose",
    "release",
    "report_adverse_event",
    "sign",
    "transfer",
    "undo",
    "visit_cancelled",
]
