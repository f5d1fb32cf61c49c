"""The secret of a link: made from its key and the house's secret, kept nowhere but in the letter."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

PURPOSE = "clinic.links"


def new_token(key: UUID) -> str:
    """256 bits nobody can guess, which sending the letter a second time makes again."""
    return _token(key, settings.SECRET_KEY)


def digest_of(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(link: Any) -> str:
    """The token of a link made earlier, also when the house's secret has changed since."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _token(link.key, secret)
        if hmac.compare_digest(digest_of(token), link.token_digest):
            return token
    raise LookupError("this link was made under a secret the house no longer has")


def address_of(link: Any) -> str:
    """The whole address a patient opens: of one form, or of the forms that came together."""
    name = "links:packet" if link.packet_key else "links:open"
    return settings.BASE_URL + reverse(name, args=[token_of(link)])


def _token(key: UUID, secret: str) -> str:
    made = salted_hmac(PURPOSE, str(key), secret=secret, algorithm="sha256").digest()
    return urlsafe_b64encode(made).rstrip(b"=").decode()
