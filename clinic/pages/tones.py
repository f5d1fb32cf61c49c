"""Which tone, shape and word a state wears: said once for the whole house, colour never alone."""

SHAPES = {
    "neutral": "ring",
    "info": "half",
    "good": "dot",
    "attention": "triangle",
    "danger": "square",
    "record": "diamond",
    "void": "bar",
}

_STATUSES = {
    "neutral": "died draft referred planned due upcoming invited expected not_started missed_excused",
    "info": (
        "screening preparing checked_in arrived in_progress in_review integrating aftercare open"
        " claimed acknowledged pending answered opened result"
    ),
    "good": (
        "eligible ready published released signed done completed closed sent in_force given clear"
        " verified accepted active kept loaded whole"
    ),
    "attention": (
        "deferred suspended overdue lost_to_follow_up left_against_advice expiring raised"
        " transferred waiting held"
    ),
    "danger": "failed left_unseen excluded escalated missed expired",
    "record": "in_session dosed live running",
    "void": "declined withdrawn cancelled abandoned revoked retired superseded discarded",
}
TONES = {status: tone for tone, statuses in _STATUSES.items() for status in statuses.split()}

MESSAGE_TONES = {
    "debug": "neutral",
    "info": "info",
    "success": "good",
    "warning": "attention",
    "error": "danger",
}

TONE_ICONS = {
    "neutral": "info",
    "info": "info",
    "good": "check-circle",
    "attention": "warning",
    "danger": "stop",
    "record": "history",
    "void": "minus",
}

DUE = {
    "upcoming": {"tone": "neutral", "shape": "ring", "word": "Upcoming"},
    "due": {"tone": "attention", "shape": "half", "word": "Due"},
    "overdue": {"tone": "danger", "shape": "square", "word": "Overdue"},
    "missed": {"tone": "danger", "shape": "cross", "word": "Missed"},
    "done": {"tone": "good", "shape": "dot", "word": "Done"},
}

CLOCKS = {
    "on_time": {"tone": "good", "shape": "dot", "word": "On time"},
    "late": {"tone": "attention", "shape": "diamond", "word": "Late"},
    "back_filled": {"tone": "info", "shape": "down-triangle", "word": "Back-filled"},
}

BASIS = {"law": "Law", "label": "Label", "protocol": "Protocol", "house": "House rule"}

BASIS_TONE = {"law": "danger", "label": "attention", "protocol": "info", "house": "neutral"}

DECIDER = {
    "prescriber": "The prescriber may decide past it",
    "named_role": "A named role may decide past it",
    "sponsor_ethics": "Sponsor and ethics approval needed",
}


def tone_of(status):
    """The tone of a status; one nobody has placed yet is neutral, its word says the rest."""
    return TONES.get(str(status).lower(), "neutral")
