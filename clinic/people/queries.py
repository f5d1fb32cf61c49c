"""Who works here, as what, with which licences."""

from __future__ import annotations

from clinic.people.models import User


def system_user() -> User:
    """The user that tasks and loaders act as; nobody can sign in as it."""
    return User.objects.get(is_system=True)
