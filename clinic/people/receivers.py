"""Who came in, who went out, who was not let in, and what they prove themselves with: in the trail."""

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.utils.timezone import now

from clinic.audit.actions import Asked, record
from clinic.people.models import User

# What a library tells, and the words the trail has for it.
OF_A_PASSWORD = {
    account.password_changed: "password changed",
    account.password_set: "password set",
    account.password_reset: "password set anew by mail",
}
OF_A_FACTOR = {
    mfa.authenticator_added: "second factor added",
    mfa.authenticator_removed: "second factor removed",
    mfa.authenticator_reset: "recovery codes made anew",
}


@receiver(account.user_logged_in)
def came_in(sender, request, user, **kwargs):
    record("signed in", user, by=user, at=now(), user=user.key)


@receiver(account.user_logged_out)
def went_out(sender, request, user, **kwargs):
    # A test's client, or a session that had ended by itself, has nobody to sign out.
    if user is not None and getattr(request, "resolver_match", None):
        record("signed out", user, by=user, at=now(), user=user.key)


@receiver(user_login_failed)
def was_not_let_in(sender, credentials, request=None, **kwargs):
    # What was typed is not kept: people type passwords into the wrong field. Known and unknown
    # cost the same, so that the time of an answer tells nobody who works here.
    known = User.objects.filter(email=str(credentials.get("email", "")).lower()).first()
    tried = Asked("account_login", known and known.key)
    record("sign-in refused", tried, by=None, at=now(), user=known and known.key)


@receiver(mfa.authentication_failed)
def factor_was_refused(sender, request, user, **kwargs):
    record("second factor refused", user, by=user, at=now(), user=user.key)


@receiver(list(OF_A_PASSWORD))
def password_became_another(sender, request, user, signal, **kwargs):
    record(OF_A_PASSWORD[signal], user, by=user, at=now(), user=user.key)


@receiver(list(OF_A_FACTOR))
def factor_became_another(sender, request, user, authenticator, signal, **kwargs):
    by = request.user if request.user.is_authenticated else user
    kind = str(authenticator.type)
    record(OF_A_FACTOR[signal], user, by=by, at=now(), user=user.key, kind=kind)


@receiver(account.email_changed)
def address_became_another(sender, request, user, **kwargs):
    record("sign-in address changed", user, by=user, at=now(), user=user.key)
