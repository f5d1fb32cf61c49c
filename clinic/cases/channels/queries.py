"""Who of a person's surroundings may be reached, and by what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from clinic.access import Permission, in_reach
from clinic.cases.channels.models import ChannelConsent
from clinic.cases.models import Contact, Patient
from clinic.cases.queries import contacts_of


@dataclass(frozen=True)
class Reached:
    """The person, or somebody near them, with what they agreed to and still agree to."""

    contact: Contact | None
    agreed: list[ChannelConsent]
    taken_back: list[ChannelConsent]


def visible_consents(user: Any) -> QuerySet[ChannelConsent]:
    """What the people whose record this person may open agreed to."""
    return ChannelConsent.objects.filter(
        in_reach(user, Permission.SEE_CASE, patient="patient")
    ).select_related("site", "patient__site", "contact")


def agreed_to(
    patient: Patient, channel: str, contact: Contact | None = None
) -> QuerySet[ChannelConsent]:
    """The consent in force to one channel: the person's own, or a contact's."""
    # A contact who came from a merged record agreed there, and still agrees.
    given = contact.channel_consents if contact else patient.channel_consents.filter(contact=None)
    return given.filter(channel=channel, withdrawn_at=None)


def reached(patient: Patient) -> list[Reached]:
    """The person first, then everybody near them, each with every channel agreed to or taken back."""
    consents = list(
        ChannelConsent.objects.filter(Q(patient=patient) | Q(contact__patient=patient))
        .select_related("given_by", "withdrawn_by")
        .order_by("given_at")
    )
    people = [None, *contacts_of(patient).select_related("document_seen_by")]
    return [_reached(each, consents) for each in people]


def _reached(contact: Contact | None, consents: list[ChannelConsent]) -> Reached:
    own = [each for each in consents if each.contact_id == (contact.pk if contact else None)]
    return Reached(
        contact,
        [each for each in own if each.withdrawn_at is None],
        [each for each in own if each.withdrawn_at is not None],
    )
