"""How an e-mail address and a telephone number are compared without being readable."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from django.conf import settings

PURPOSE = b"vigil.cases.contacts:"
# National and international spelling of one number share their last digits.
SHARED_DIGITS = 9


def same_email(address: str) -> str:
    """An e-mail address as it is compared: folded, without the spaces of a copied line."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def same_phone(number: str) -> str:
    """A telephone number as it is compared: its last digits, in whatever script they were typed."""
    digits = [str(unicodedata.digit(letter)) for letter in number if _is_digit(letter)]
    return "".join(digits)[-SHARED_DIGITS:]


def email_digest(address: str) -> str:
    """The digest an e-mail address is found by; none for no address."""
    return _digests("email", same_email(address))[0]


def phone_digest(number: str) -> str:
    """The digest a telephone number is found by; none for no number."""
    return _digests("phone", same_phone(number))[0]


def email_digests(address: str) -> list[str]:
    """Every digest this address may be kept under, older keys included."""
    return _digests("email", same_email(address))


def phone_digests(number: str) -> list[str]:
    """Every digest this number may be kept under, older keys included."""
    return _digests("phone", same_phone(number))


def row_digests(kind: str, text: str) -> list[str]:
    """Every digest a row of an imported file, or its identifier, may be kept under."""
    return _digests(kind, text)


def _digests(kind: str, value: str) -> list[str]:
    if not value:
        return [""]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    text = f"{kind}:{value}".encode()
    return [hmac.new(PURPOSE + key.encode(), text, hashlib.sha256).hexdigest() for key in keys]


def _is_digit(letter: str) -> bool:
    return unicodedata.digit(letter, None) is not None
