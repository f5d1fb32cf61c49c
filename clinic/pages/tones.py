"""Which tone a status wears: said once for the whole house, always with its word and its shape."""

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
        " claimed acknowledged pending answered opened"
    ),
    "good": (
        "eligible ready published released signed done completed closed sent in_force given clear"
        " verified accepted active kept"
    ),
    "attention": (
        "deferred suspended overdue lost_to_follow_up left_against_advice expiring raised"
        " transferred waiting held"
    ),
    "danger": "failed left_unseen excluded escalated missed expired",
    "record": "in_session dosed live running",
    "void": "declined withdrawn cancelled abandoned revoked retired superseded",
}
TONES = {status: tone for tone, statuses in _STATUSES.items() for status in statuses.split()}


def tone_of(status):
    """The tone of a status; one nobody has placed yet is neutral, its word says the rest."""
    return TONES.get(str(status).lower(), "neutral")
