"""Why an authority's form cannot be confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.cases.models import Case
from clinic.checklists import engine
from clinic.screening.queries import screening_of
from clinic.screening.rules import (
    NO_FORM,
    UNANSWERED,
    obstacles_in_decider,
    obstacles_in_stage,
    obstacles_in_what_was_seen,
)
from clinic.workflow import Obstacle, gate

NONE_ASKED = gate("no_official_form", "The protocol asks for no form of an authority.")
CONFIRMED = gate(
    "official_form_confirmed",
    "The authority's form is confirmed beside the answers as they are.",
    clears="screening:form",
)


def obstacles_to_confirm(
    case: Case, *, by: Any, at: datetime, seen: str = ""
) -> Iterator[Obstacle]:
    """Who decides eligibility confirms the form once every question has an answer."""
    on = at.astimezone(case.site.tz).date()
    screening = screening_of(case, on=on)
    yield from obstacles_in_stage(case, screening)
    yield from obstacles_in_decider(case, by=by, on=on)
    yield from obstacles_in_what_was_seen(screening, seen)
    if screening is None:
        yield NO_FORM("The screening form was not begun.")
    elif screening.official_form is None:
        yield NONE_ASKED("This protocol asks for no form of an authority.")
    elif screening.confirmation is not None:
        yield CONFIRMED("It is confirmed beside the answers as they are.")
    else:
        for item in engine.missing(screening.checklist, screening.answers):
            yield UNANSWERED(f"{item.number} {item.text}".strip())
