"""Why it cannot be written down that somebody agreed to a channel, or took it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.cases.channels.models import ChannelConsent
from clinic.cases.channels.queries import agreed_to
from clinic.cases.models import Channel, Contact, Patient
from clinic.cases.rules import CARE, HAS_ENDED, obstacles_in_merged
from clinic.workflow import ROLE, Obstacle, gate

AGREED = gate("channel_agreed_already", "They agreed to this channel already.")


def obstacles_to_agree(
    patient: Patient, *, by: Any, at: datetime, channel: str, contact: Contact | None = None
) -> Iterator[Obstacle]:
    """Intake and care staff write down, once, that somebody agreed to be reached by a channel."""
    yield from _obstacles_in_role(patient, by, "writes down what people agreed to")
    yield from obstacles_in_merged(patient)
    if contact is not None and contact.ended_at is not None:
        yield HAS_ENDED(f"{contact} was ended already.")
    if agreed_to(patient, channel, contact).exists():
        yield AGREED(f"{contact or patient} agreed to {Channel(channel).label.lower()} already.")


def obstacles_to_take_back(consent: ChannelConsent, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """What was agreed to is taken back once, at any time."""
    yield from _obstacles_in_role(consent, by, "writes down what people took back")
    if consent.withdrawn_at is not None:
        yield HAS_ENDED("This was taken back already.")


def obstacles_to_see_guardianship(contact: Contact, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Whoever has the guardian's paper before them says what it is and what it lets them decide."""
    yield from _obstacles_in_role(contact, by, "records a guardian's document")
    if contact.ended_at is not None:
        yield HAS_ENDED(f"{contact} was ended already.")


def _obstacles_in_role(row: Any, by: Any, does_what: str) -> Iterator[Obstacle]:
    if not any(may(by, each, site=row.site_id) for each in (Permission.REGISTER, *CARE)):
        yield ROLE(f"None of your roles at this site {does_what}.")
