"""The link by which somebody comes in, or comes back: written down and put on its way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from clinic.messages.actions import queue
from clinic.people.models import Invitation, Site, User
from clinic.people.queries import digest_of_token, token_of


def send_link(
    user: User,
    *,
    by: Any,
    at: datetime,
    site: Site,
    name: str,
    role: str,
    good_for: timedelta,
) -> Invitation:
    """Make the invitation of one person and queue its letter to their own address alone."""
    invitation = Invitation(
        email=user.email,
        name=name,
        site=site,
        role=role,
        invited_at=at,
        invited_by=by,
        expires_at=at + good_for,
    )
    invitation.token_digest = digest_of_token(token_of(invitation))
    invitation.save()
    queue(
        by=by,
        at=at,
        kind="invitation",
        occurrence=f"invitation:{invitation.key}",
        due_at=at,
        user=user,
        site=site,
        about_key=invitation.key,
    )
    return invitation
