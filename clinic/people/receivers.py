"""Who came in, who went out, and who was not let in: written in the trail."""

from allauth.account.signals import email_changed, user_logged_in
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver
from django.utils.timezone import now

from clinic.audit.actions import record
from clinic.people.models import User


@receiver(user_logged_in)
def came_in(sender, request, user, **kwargs):
    record("signed in", None, by=user, at=now(), user=user.key)


@receiver(user_logged_out)
def went_out(sender, request, user, **kwargs):
    # A test's client, or a session that had ended by itself, has nobody to sign out.
    if user is not None and getattr(request, "resolver_match", None):
        record("signed out", None, by=user, at=now(), user=user.key)


@receiver(user_login_failed)
def was_not_let_in(sender, credentials, request=None, **kwargs):
    # What was typed is not kept: people type passwords into the wrong field.
    known = User.objects.filter(email=str(credentials.get("email", "")).lower()).first()
    record("sign-in refused", None, by=None, at=now(), user=known and known.key)


@receiver(email_changed)
def has_another_address(sender, request, user, **kwargs):
    record("sign-in address changed", None, by=user, at=now(), user=user.key)
