"""Browsers that have seen a person sign in: they keep a signed word of it, and nothing else."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature
from django.utils.crypto import salted_hmac

COOKIE = "known"
GOOD_FOR = 180 * 24 * 60 * 60
AT_MOST = 30  # a ward's tablet is many people's


def known_to(request: Any, email: str) -> str:
    """The name of this browser where the person of this address has signed in in it, or nothing."""
    said = _said(request)
    word = said.get("people", {}).get(_digest(email))
    return said["device"] if word else ""


def remember(request: Any, response: Any, user: Any) -> None:
    """Let this browser be known to the person who has just come in."""
    said = _said(request) or {"device": secrets.token_hex(8), "people": {}}
    people = said["people"] | {_digest(user.email): 1}
    response.set_signed_cookie(
        COOKIE,
        _packed(said["device"], list(people)[-AT_MOST:]),
        salt=COOKIE,
        max_age=GOOD_FOR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _said(request: Any) -> dict:
    try:
        text = request.get_signed_cookie(COOKIE, salt=COOKIE, max_age=GOOD_FOR)
    except (KeyError, BadSignature):
        return {}
    device, *people = text.split(".")
    return {"device": device, "people": dict.fromkeys(people, 1)}


def _packed(device: str, people: list[str]) -> str:
    return ".".join([device, *people])


def _digest(email: str) -> str:
    """A word for an address that nobody reads back from the cookie."""
    return salted_hmac("vigil.device", email.strip().lower(), algorithm="sha256").hexdigest()[:20]
