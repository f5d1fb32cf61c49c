"""What people agree to and take back, and what lets a guardian decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.cases.channels.models import ChannelConsent
from clinic.cases.channels.rules import (
    obstacles_to_agree,
    obstacles_to_see_guardianship,
    obstacles_to_take_back,
)
from clinic.cases.models import Contact, Patient
from clinic.workflow import lock, refuse_unless_clear


@transaction.atomic
def agree(
    patient: Patient, *, by: Any, at: datetime, channel: str, contact: Contact | None = None
) -> ChannelConsent:
    """Write down that the person, or somebody near them, may be reached by one channel."""
    lock(patient)
    refuse_unless_clear(obstacles_to_agree(patient, by=by, at=at, channel=channel, contact=contact))
    consent = ChannelConsent.objects.create(
        patient=patient,
        site_id=patient.site_id,
        contact=contact,
        channel=channel,
        given_at=at,
        given_by=by,
    )
    who = contact.key if contact else None
    record("agreed to a channel", consent, by=by, at=at, channel=channel, contact=who,
           patient=patient.key)  # fmt: skip
    return consent


@transaction.atomic
def take_back(consent: ChannelConsent, *, by: Any, at: datetime) -> ChannelConsent:
    """Write down that they wish no more to be reached this way; nothing is sent by it from now on."""
    lock(consent.patient)
    consent.refresh_from_db(fields=["withdrawn_at", "withdrawn_by"])
    refuse_unless_clear(obstacles_to_take_back(consent, by=by, at=at))
    consent.withdrawn_at, consent.withdrawn_by = at, by
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    who = consent.contact.key if consent.contact else None
    record("channel taken back", consent, by=by, at=at, channel=consent.channel, contact=who,
           patient=consent.patient.key)  # fmt: skip
    return consent


@transaction.atomic
def see_guardianship(
    contact: Contact,
    *,
    by: Any,
    at: datetime,
    document: str,
    scope: str,
    covers: Sequence[str] = (),
    ends_on: date | None = None,
) -> Contact:
    """Write down which paper makes somebody the guardian, what they may decide, and until when."""
    lock(contact)
    refuse_unless_clear(obstacles_to_see_guardianship(contact, by=by, at=at))
    contact.document, contact.scope, contact.ends_on = document, scope, ends_on
    contact.covers = sorted(covers)
    contact.document_seen_at, contact.document_seen_by = at, by
    contact.save(
        update_fields=[
            "document",
            "scope",
            "covers",
            "ends_on",
            "document_seen_at",
            "document_seen_by",
        ]
    )
    record("guardian's document seen", contact, by=by, at=at, document=document, scope=scope,
           covers=contact.covers, ends_on=ends_on)  # fmt: skip
    return contact
