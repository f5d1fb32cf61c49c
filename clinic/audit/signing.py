"""Signing: prove again who you are, then put your name under what you were shown.

21 CFR 11.50 asks for the printed name, the time and the meaning; 11.70 for a bond between the
signature and its record; 11.200 for two components, given again at each signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clinic.audit.actions import case_of, site_of
from clinic.audit.canonical import canonical, digest
from clinic.audit.models import Signature
from clinic.workflow import Refused, gate, refuse_unless_clear

GOOD_FOR = timedelta(minutes=2)

UNPROVED = gate(
    "signer_unproved",
    "The signer has not just proved who they are.",
    citation="21 CFR 11.200(a)",
)


@dataclass(frozen=True)
class Proof:
    """Somebody has just shown that they are this person."""

    user_id: int
    at: datetime


def prove(user: Any, password: str, *, at: datetime, code: str = "", here: bool = False) -> Proof:
    """Check the password, and the code where the person has a second factor.

    `here` says that they signed in on this very device, where a key proved them already.
    Raises Refused in the same words whatever was wrong, ValidationError after too many wrong codes.
    """
    right = (
        user is not None
        and user.is_active
        and user.check_password(password)
        and second_factor_passes(user, code, here=here)
    )
    if not right:
        raise Refused(
            [UNPROVED("That is not right: e-mail, password or code. Nothing was signed.")]
        )
    return Proof(user.pk, at)


def second_factor_passes(user: Any, code: str, *, here: bool = False) -> bool:
    """Whether the code is right: of the app, or one of the recovery codes.

    None is asked of somebody without a second factor, nor of whoever came in here by a key alone.
    """
    from allauth.core import context  # noqa: PLC0415 -- loads allauth's models
    from allauth.mfa.base.internal.flows import check_rate_limit  # noqa: PLC0415 -- the same
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 -- the same

    kinds = Authenticator.Type
    held = list(Authenticator.objects.filter(user=user).order_by("-type"))
    if all(each.type == kinds.RECOVERY_CODES for each in held):
        return True
    if here and all(each.type != kinds.TOTP for each in held):
        return True
    if not code:
        return False
    clear = check_rate_limit(user) if context.request is not None else lambda: None
    if any(e.wrap().validate_code(code) for e in held if e.type != kinds.WEBAUTHN):
        clear()
        return True
    return False


def obstacles_to_sign(by: Any, proof: Proof | None, at: datetime) -> Any:
    """Who signs has proved, within two minutes, to be exactly that person."""
    if proof is None or proof.user_id != by.pk or not timedelta(0) <= at - proof.at <= GOOD_FOR:
        yield UNPROVED("Enter your password again to sign.")


def sign(
    subject: Any,
    *,
    by: Any,
    at: datetime,
    meaning: str,
    content: Any,
    proof: Proof | None,
    licence: str = "",
) -> Signature:
    """Put a name under a record, bound to a digest of what was shown, kept beside it."""
    refuse_unless_clear(obstacles_to_sign(by, proof, at))
    return Signature.objects.create(
        case=case_of(subject),
        site_id=site_of(subject),
        at=at,
        by=by,
        printed_name=by.name,
        licence=licence or licences_of(subject, by, at),
        meaning=meaning,
        subject_kind=subject._meta.label,
        subject_key=subject.key,
        content=canonical(content),
        digest=digest(content),
    )


def licences_of(subject: Any, by: Any, at: datetime) -> str:
    """The signer's licences that are in force on the day where the record stands, in words."""
    site = getattr(subject, "site", None)
    if site is None:
        return ""
    day = at.astimezone(site.tz).date()
    held = by.licences.filter(
        jurisdiction=site.jurisdiction,
        verified_at__isnull=False,
        suspended_at__isnull=True,
        valid_from__lte=day,
        valid_until__gte=day,
    )
    return "; ".join(str(each) for each in held)
