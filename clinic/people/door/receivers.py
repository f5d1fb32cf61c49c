"""A sign-in begins: its clock starts, and the browser is known from now on."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.signals import password_reset, user_logged_in
from allauth.mfa.signals import authenticator_removed
from django.conf import settings
from django.contrib.auth import signals
from django.dispatch import receiver
from django.utils.timezone import now

from clinic.people.door import queries, sign_in


@receiver(signals.user_logged_in, dispatch_uid="door.began")
def begin(sender, request, user, **kwargs):
    if settings.IDLE_LOCK:
        sign_in.begin(request.session, at=now(), idle_minutes=queries.idle_minutes())


@receiver(user_logged_in, dispatch_uid="door.came_in")
def come_in(sender, request, user, **kwargs):
    request.known_from_now = user
    records = get_authentication_records(request, user)
    # Who has just typed the password to set up a second factor is not asked for it once more.
    if (
        settings.SECOND_FACTOR_REQUIRED
        and (not records or records[-1]["method"] == "password")
        and not queries.second_factors(user).exists()
    ):
        reauthenticate_by_password(request)


@receiver(password_reset, dispatch_uid="door.password_reset")
def reached_at_their_address(sender, request, user, **kwargs):
    """Who opened the link reads the person's mail: no stranger's tries keep this browser out."""
    request.known_from_now = user


@receiver(authenticator_removed, dispatch_uid="door.factor_removed")
def look_again(sender, request, user, **kwargs):
    request.session.pop(sign_in.FACTOR, None)
