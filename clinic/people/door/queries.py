"""Second factors and sign-ins: who has which."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import QuerySet

from clinic.people.models import ForgottenPassword, Invitation, RoleAtSite, User
from clinic.people.queries import organisation

KEPT = "kept_at"


def account(user: Any) -> User:
    """The row of whoever is signed in."""
    return User.objects.get(pk=user.pk)


def idle_minutes() -> int:
    """After how many minutes without use a device is locked."""
    house = organisation()
    return house.idle_minutes if house else 15


def second_factors(user: Any) -> QuerySet[Authenticator]:
    """What a person proves themselves with beside the password; recovery codes are none."""
    return Authenticator.objects.filter(user_id=user.pk).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )


def has_passkey(user: Any) -> bool:
    """Whether a person can prove themselves by a key."""
    return second_factors(user).filter(type=Authenticator.Type.WEBAUTHN).exists()


def recovery_codes(user: Any) -> Authenticator | None:
    """A person's recovery codes, where they have any."""
    return Authenticator.objects.filter(
        user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES
    ).first()


def are_kept(codes: Authenticator | None) -> bool:
    """Whether the person has said that they keep their codes; until then they are shown."""
    return codes is not None and KEPT in codes.data


def sign_ins(user: Any) -> QuerySet[UserSession]:
    """Where a person is signed in."""
    return UserSession.objects.filter(user_id=user.pk).order_by("created_at")


def fingerprint(device: UserSession) -> str:
    """The name of a sign-in on a page: its key is a secret."""
    return hashlib.sha256(device.session_key.encode()).hexdigest()[:16]


def sign_in_by(user: Any, wanted: str) -> UserSession | None:
    """One of a person's own sign-ins."""
    return next((each for each in sign_ins(user) if fingerprint(each) == wanted), None)


def open_invitations_of(user: User) -> QuerySet[Invitation]:
    """The links to this person's address that could still be used."""
    return Invitation.objects.filter(
        email=user.email, accepted_at__isnull=True, revoked_at__isnull=True
    )


def still_to_answer() -> QuerySet[ForgottenPassword]:
    """Whoever asked for a new password, oldest first."""
    return ForgottenPassword.objects.order_by("pk")


def who_forgot(row: ForgottenPassword) -> User | None:
    """The person to whom a link may be sent: somebody who has had a password."""
    user = User.objects.filter(email=row.email, is_active=True, is_system=False).first()
    return user if user is not None and user.has_usable_password() else None


def site_of(user: User) -> Any:
    """A site the person works at, or worked at last."""
    role = RoleAtSite.objects.filter(user=user).select_related("site").order_by("-pk").first()
    return role.site if role else None
