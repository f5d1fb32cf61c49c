"""Why a message must not go, or not yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from clinic.access import Permission, may
from clinic.messages import kinds, quiet
from clinic.messages.models import STEPS, Message, Status
from clinic.workflow import ROLE, Basis, Obstacle, gate, obstacles_in_status

NO_CONSENT = gate(
    "message_without_consent",
    "The person has not agreed to be written to by e-mail.",
    basis=Basis.LAW,
    citation="The person says how they may be reached, and may take it back",
)
NO_ADDRESS = gate("message_without_address", "There is no e-mail address to write to.")
UNWANTED = gate("message_not_wanted", "What the message is about is over, or the person has died.")
NOT_BY_HAND = gate(
    "message_not_stopped_by_hand",
    "The message asks a colleague to look; only what came of it ends that.",
    clears="attention:index",
)
ON_ITS_WAY = gate("message_on_its_way", "The message is being handed to the mail server right now.")

LEASE = timedelta(minutes=5)  # house: longer than a mail server may keep us waiting
STAFF_KNOW_AFTER = 3  # house: tries, all within five minutes
PAUSES = tuple(  # house: between tries; all end within a day, the mail providers' own memory
    timedelta(minutes=minutes) for minutes in (1, 2, 10, 30, 60, 120, 240, 480)
)


def obstacles_to_send(message: Message, *, at: datetime) -> Iterator[Obstacle]:
    """A message goes only to somebody who agreed, who has an address, about what still holds."""
    patient = message.patient
    if patient and patient.died_at:
        yield UNWANTED("The person has died.")
    elif not kinds.kind_of(message).still_wanted(message, at):
        yield UNWANTED("It is no longer needed.")
    if patient and not patient.agrees_to(message.channel):
        yield NO_CONSENT("This person has not agreed to be written to by e-mail.")
    if not message.address:
        yield NO_ADDRESS("There is no e-mail address.")
    if message.user and not message.user.is_active:
        yield UNWANTED("This person no longer works here.")


def obstacles_to_cancel(message: Message, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A message is stopped before it goes, by somebody who follows the case up."""
    yield from obstacles_in_status(message, Status.CANCELLED, STEPS)
    if not may_be_stopped(message):
        yield NOT_BY_HAND("This asks a colleague to look. Take the matter itself instead.")
    if not (by.is_system or may(by, Permission.FOLLOW_UP, site=message.site_id)):
        yield ROLE("Only somebody who follows people up at this site may stop a message.")


def may_be_stopped(message: Message) -> bool:
    """Whether a hand may stop messages of this kind at all."""
    kind = kinds.KINDS.get(message.kind)
    return kind is None or kind.may_be_stopped


def waits_until(message: Message, organisation: Any, *, at: datetime) -> datetime:
    """When it may go: at once, or when the patient's night is over."""
    if message.patient is None or not kinds.kind_of(message).keeps_quiet_hours or not organisation:
        return at
    return quiet.next_waking(at, message.zone, organisation.quiet_from, organisation.quiet_until)


def next_try(tries: int) -> timedelta | None:
    """How long to wait after so many tries, or None when there have been enough."""
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None
