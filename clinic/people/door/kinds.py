"""The words of a link to a new password, for the outbox."""

from datetime import datetime, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from clinic.messages import kinds
from clinic.people.queries import organisation


def is_wanted(message, at):
    """A link is sent while the asking is fresh, to somebody who still works here."""
    asked_at = datetime.fromisoformat(message.context["asked_at"])
    good_for = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return message.user.is_active and at - asked_at < good_for


def words(message):
    """The link, made from the account as it stands: it dies when the password changes."""
    user = message.user
    address = reverse(
        "account_reset_password_from_key",
        args=[user_pk_to_url_str(user), default_token_generator.make_token(user)],
    )
    house = organisation()
    return (
        f"A new password for {house}",
        f"Dear {user.name},\n\n"
        f"somebody, we hope you, asked for a new password at {house}.\n\n"
        f"Open this link to choose one:\n{settings.BASE_URL}{address}\n\n"
        "It can be used once, for half an hour. If you did not ask, delete this message: nothing"
        " has changed.\n",
    )


kinds.register(
    "new_password",
    still_wanted=is_wanted,
    words=words,
    label="New password",
    keeps_quiet_hours=False,
)
