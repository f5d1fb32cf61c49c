"""A second factor is kept, lost and set up again; sign-ins end; somebody leaves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from clinic.audit.actions import record
from clinic.messages.actions import queue
from clinic.people.door import queries, rules, sign_in
from clinic.people.invitations import send_link
from clinic.people.models import ForgottenPassword, Invitation, Site, User
from clinic.people.signals import shut
from clinic.workflow import lock, refuse_unless_clear

COMES_BACK_WITHIN = timedelta(days=2)


@transaction.atomic
def keep_codes(user: User, *, by: Any, at: datetime) -> None:
    """Say that one keeps one's recovery codes; they are not shown again."""
    lock(user)
    refuse_unless_clear(rules.obstacles_to_keep_codes(user, by=by, at=at))
    codes = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    codes.data[queries.KEPT] = at.isoformat()
    codes.save(update_fields=["data"])
    record("recovery codes kept", user, by=by, at=at, user=user.key)


@transaction.atomic
def reset_second_factor(user: User, *, by: Any, at: datetime, reason: str) -> Invitation:
    """Take away a lost second factor: every sign-in ends, the password opens nothing any more.

    The person comes back by a link to their own address alone, and sets up both anew.
    """
    lock(user)
    refuse_unless_clear(rules.obstacles_to_reset_second_factor(user, by=by, at=at))
    _shut(user, by=by, at=at)
    user.save(update_fields=["password"])
    invitation = send_link(
        user,
        by=by,
        at=at,
        site=queries.site_of(user),
        name=user.name,
        role="",
        good_for=COMES_BACK_WITHIN,
    )
    record("second factor reset", user, by=by, at=at, user=user.key, reason=reason)
    return invitation


@transaction.atomic
def end_sign_ins(user: User, *, by: Any, at: datetime, but: str = "", only: str = "") -> int:
    """End sign-ins of one person: all, all but this one, or one alone."""
    lock(user)
    refuse_unless_clear(rules.obstacles_to_end_sign_ins(user, by=by, at=at))
    ended = [
        each
        for each in queries.sign_ins(user)
        if (not only or queries.fingerprint(each) == only) and each.session_key != but
    ]
    for each in ended:
        each.end()
    record("sign-ins ended", user, by=by, at=at, user=user.key, ended=len(ended))
    return len(ended)


@transaction.atomic
def leave(user: User, *, by: Any, at: datetime, reason: str) -> None:
    """Let somebody leave: roles, sign-ins, second factors and open invitations end at once.

    What they did stays done; what is still theirs is listed, to be handed over.
    """
    # The sites first: of two managers who let each other go, the second is refused.
    for site in (
        Site.objects.filter(roles__user=user, roles__role="manager").distinct().order_by("pk")
    ):
        lock(site)
    lock(user)
    refuse_unless_clear(rules.obstacles_to_leave(user, by=by, at=at))
    roles = list(user.roles.exclude(valid_until__lte=at).select_related("site").order_by("pk"))
    for role in roles:
        # A role that begins this very moment has no length to end.
        role.valid_until = max(at, role.valid_from + timedelta(microseconds=1))
        role.save(update_fields=["valid_until"])
    _shut(user, by=by, at=at)
    user.is_active = False
    user.save(update_fields=["password", "is_active"])
    shut.send(User, user=user, by=by, at=at)
    record(
        "person left",
        user,
        by=by,
        at=at,
        user=user.key,
        reason=reason,
        roles=[str(role) for role in roles],
    )


def lock_device(session: Any, *, by: Any, at: datetime, reason: str) -> None:
    """Ask who is there before anything else is shown on this device."""
    sign_in.lock(session)
    record("device locked", by, by=by, at=at, user=by.key, reason=reason)


def unlock(session: Any, *, by: Any, at: datetime) -> None:
    """Go on where one was: the person has just proved that it is still them."""
    if sign_in.is_over(session, at=at):
        sign_in.begin(session, at=at, idle_minutes=queries.idle_minutes())
    else:
        sign_in.touch(session, at=at, idle_minutes=queries.idle_minutes())
    record("device unlocked", by, by=by, at=at, user=by.key)


@transaction.atomic
def ask_for_password(*, email: str, at: datetime, by: Any = None) -> None:
    """Write down that somebody asked for a new password, be there such an account or not."""
    ForgottenPassword.objects.create(email=email, asked_at=at)


@transaction.atomic
def answer(row: ForgottenPassword, *, by: Any, at: datetime) -> bool:
    """Send the link to whom the address belongs, if to anybody; what was typed is not kept."""
    lock(row)
    user = queries.who_forgot(row)
    site = queries.site_of(user) if user is not None else None
    asked = {"about_key": row.key, "asked_at": row.asked_at}
    row.delete()
    if user is None or site is None:
        return False
    queue(
        by=by,
        at=at,
        kind="new_password",
        occurrence=f"new_password:{asked['about_key']}",
        due_at=at,
        user=user,
        site=site,
        about_key=user.key,
        context={"asked_at": asked["asked_at"].isoformat()},
    )
    return True


def _shut(user: User, *, by: Any, at: datetime) -> None:
    """Nothing that opened this account opens it from now on."""
    Authenticator.objects.filter(user=user).delete()
    for each in queries.sign_ins(user):
        each.end()
    queries.open_invitations_of(user).update(revoked_at=at, revoked_by=by)
    user.set_unusable_password()
