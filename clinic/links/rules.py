"""Why a link cannot be made, sent, answered through or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.checklists.models import Form
from clinic.checklists.models import Status as FormStatus
from clinic.links.models import PatientLink
from clinic.messages.rules import NO_ADDRESS, NO_CONSENT
from clinic.workflow import ROLE, Obstacle, gate

FORM_OVER = gate("link_to_finished_form", "A link leads to a form that can still be filled.")
LINK_OVER = gate("link_over", "The link has been used, has expired or was taken back.")
DEAD = gate("link_after_death", "The person has died.")

CAN_TELL = {"open", "begun", "finished"}
MAKING = (
    Permission.FOLLOW_UP,
    Permission.INTEGRATE,
    Permission.PREPARE,
    Permission.SCREEN,
)


def obstacles_to_make_link(form: Form, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A link is made by staff of the site, for a form still open, of somebody alive."""
    yield from obstacles_to_offer(form.case, by=by, at=at)
    if form.status != FormStatus.OPEN:
        yield FORM_OVER("This form is finished; there is nothing left to fill in.")


def obstacles_to_offer(
    case: Any, *, by: Any, at: datetime, by_email: bool = False
) -> Iterator[Obstacle]:
    """A questionnaire is put before a person by staff of the site; by e-mail if they agreed."""
    if case.patient.died_at:
        yield DEAD("This person has died.")
    if not by.is_system and not any(may(by, each, site=case.site_id) for each in MAKING):
        yield ROLE("None of your roles at this site sends forms to people.")
    if by_email and not case.patient.may_email:
        yield NO_CONSENT("This person has not agreed to e-mail. Hand the link over instead.")
    if by_email and not case.patient.email:
        yield NO_ADDRESS("There is no e-mail address. Hand the link over instead.")


def obstacles_to_answer(link: PatientLink, *, at: datetime) -> Iterator[Obstacle]:
    """Answers come in through a link that is neither used, expired nor taken back."""
    if link.state_at(at) not in {"open", "begun"}:
        yield LINK_OVER("This link no longer works.")


def obstacles_to_tell(link: PatientLink, *, at: datetime) -> Iterator[Obstacle]:
    """Something is told through a link that opens something still, or was just answered through."""
    if link.state_at(at) not in CAN_TELL:
        yield LINK_OVER("This link no longer works.")


def obstacles_to_revoke(link: PatientLink, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A link is taken back by staff of the site, while it still opens something."""
    if link.state_at(at) not in {"open", "begun"}:
        yield LINK_OVER("This link no longer opens anything.")
    if not by.is_system and not any(may(by, each, site=link.site_id) for each in MAKING):
        yield ROLE("None of your roles at this site takes links back.")
