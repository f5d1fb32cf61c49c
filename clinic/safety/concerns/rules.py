"""Why a concern cannot be raised, taken, noted on or closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from clinic.people.models import Site
from clinic.safety.concerns import queries
from clinic.safety.concerns.models import Concern
from clinic.safety.incidents.rules import obstacles_to_write_from
from clinic.workflow import ROLE, Obstacle, gate

NOBODY_HEARS = gate("nobody_hears", "Nobody in the organisation may hear this concern.")
TOLD_OFTEN = gate("told_often", "This link was used to tell us something several times today.")
HEARD = gate("concern_is_heard", "Somebody looks after the concern already.")
CLOSED = gate("concern_closed", "The concern is closed.")

A_DAY = timedelta(hours=24)
A_DAY_THROUGH_A_LINK = 3  # house: enough for a person, too few for a flood
# Said before anything is typed where it is known, and with the typed text kept where it is not.
OUTSIDE = (
    "Nobody in this organisation can hear this without being concerned by it. Turn to somebody"
    " outside: the authority that licenses this place, a patients' ombudsman, or the police."
)


def obstacles_to_raise(
    site: Site, *, by: Any, at: datetime, patient: Any = None, about_user: Any = None
) -> Iterator[Obstacle]:
    """A concern is raised by somebody of the site, and there is somebody who may hear it."""
    if not by.is_system:
        yield from obstacles_to_write_from(site, by=by)
    if not queries.hearers(site, patient=patient, about_user=about_user):
        yield NOBODY_HEARS(OUTSIDE)


def obstacles_to_tell_through(link_key: Any, *, at: datetime) -> Iterator[Obstacle]:
    """One link tells a few things a day, so that nobody drowns what others tell."""
    if queries.told_through(link_key, since=at - A_DAY) >= A_DAY_THROUGH_A_LINK:
        yield TOLD_OFTEN("You have told us several things today. Please call us for more.")


def obstacles_to_hear(concern: Concern, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """One of those who hear a concern takes it, while nobody has."""
    yield from obstacles_to_note(concern, by=by, at=at)
    if concern.heard_at:
        yield HEARD("Somebody looks after this already.")


def obstacles_to_note(concern: Concern, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Whoever hears a concern writes on it, also after it is closed."""
    if not queries.visible_concerns(by).filter(pk=concern.pk).exists():
        yield ROLE("You do not hear this concern.")


def obstacles_to_close(concern: Concern, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Whoever hears a concern closes it, once."""
    yield from obstacles_to_note(concern, by=by, at=at)
    if concern.closed_at:
        yield CLOSED("This is closed already.")
