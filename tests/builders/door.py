"""Second factors as people hold them, by the real ways in."""

import secrets

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

from clinic.people.door import actions

WRONG = "wrong horse"


def an_app(user, *, kept_at=None):
    """An authenticator app on the person's telephone, and the recovery codes they keep."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    if kept_at:
        actions.keep_codes(user, by=user, at=kept_at)
    return secret


def code_of(secret):
    """What the app shows at this moment."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def wrong_code(secret):
    """A code the app does not show."""
    right = code_of(secret)
    return next(c for c in iter(lambda: f"{secrets.randbelow(10**6):06}", None) if c != right)


def enters(client, email, password, **where):
    """Somebody fills the sign-in page."""
    return client.post("/account/login/", {"login": email, "password": password}, **where)
