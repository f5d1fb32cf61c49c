"""Production refuses to start on settings that would undo the record, and names each in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import DatabaseError, connection

SHORTEST_KEY = 50
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


def weaknesses_of_settings() -> list[str]:
    """What is weak in the settings of this process, each in one sentence."""
    return [words for is_weak, words in WEAKNESSES if is_weak()]


def _key_is_guessable() -> bool:
    key = settings.SECRET_KEY
    return len(key) < SHORTEST_KEY or len(set(key)) < 10 or key.startswith("django-insecure")


def _plain_http_is_answered() -> bool:
    cookies = settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE
    return not (settings.SECURE_SSL_REDIRECT and settings.SECURE_HSTS_SECONDS and cookies)


def _hosts_have_a_wildcard() -> bool:
    return any(host.startswith(("*", ".")) for host in settings.ALLOWED_HOSTS)


def _hosts_are_only_this_machine() -> bool:
    return not set(settings.ALLOWED_HOSTS) - {"localhost", "127.0.0.1", "[::1]"}


WEAKNESSES = [
    (
        lambda: settings.DEBUG,
        "DEBUG is on: an error page would show records. Take DEBUG out of the environment.",
    ),
    (
        _key_is_guessable,
        f"SECRET_KEY is guessable: give one of at least {SHORTEST_KEY} random characters.",
    ),
    (
        lambda: settings.SALT_KEY == ["vigil-fields"],
        "FIELD_SALTS is not set: what is encrypted at rest needs a salt of this clinic's own.",
    ),
    (
        lambda: not (settings.CHECKPOINT_KEY or settings.CHECKPOINT_PUBLIC_KEY),
        "CHECKPOINT_KEY is not set, nor CHECKPOINT_PUBLIC_KEY where another process signs:"
        " nobody would notice a trail written anew.",
    ),
    (
        lambda: not settings.BASE_URL.startswith("https://"),
        "BASE_URL is not https: links in mail would lead over the open wire.",
    ),
    (_plain_http_is_answered, "Plain HTTP is answered: every request is to be sent to https."),
    (
        _hosts_have_a_wildcard,
        "ALLOWED_HOSTS has a wildcard: name each host this clinic is reached by.",
    ),
    (
        _hosts_are_only_this_machine,
        "ALLOWED_HOSTS names only this machine: name the host this clinic is reached by.",
    ),
    (
        lambda: not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"),
        "EMAIL_URL leads to no mail server: invitations and reminders would not leave.",
    ),
    (
        lambda: settings.DB_ROLE == "owner",
        "VIGIL_DB_ROLE is owner: a server runs as app, which cannot undo the record.",
    ),
    (
        lambda: not (settings.SECOND_FACTOR_REQUIRED and settings.IDLE_LOCK),
        "The door stands open: a second factor and the lock belong to every clinic.",
    ),
]


def weaknesses_of_database() -> Iterator[str]:
    """What is weak in the database as this process meets it, each in one sentence."""
    from clinic import walls  # noqa: PLC0415 -- reads the models

    try:
        walls.refuse_unsafe_role()
        with connection.cursor() as cursor:
            for name in DURABLE:
                cursor.execute("SELECT current_setting(%s)", [name])
                if cursor.fetchone()[0] in {"off", "local"}:
                    yield f"PostgreSQL's {name} is off: what was acknowledged could be lost."
    except RuntimeError as unsafe:
        yield str(unsafe)
    except DatabaseError:
        yield "The database does not answer: nothing can be recorded."


def refuse_to_start_weak() -> None:
    """Stop a production server whose settings or database are weak.

    Raises RuntimeError with every reason; elsewhere it does nothing.
    """
    if not settings.PRODUCTION:
        return
    found = [*weaknesses_of_settings(), *weaknesses_of_database()]
    if found:
        raise RuntimeError("Vigil does not start:\n" + "\n".join(f"- {words}" for words in found))


@register(Tags.security, deploy=True)
def no_weak_settings(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Say under `check --deploy` what would keep production from starting (clinic.E010)."""
    return [Error(words, id="clinic.E010") for words in weaknesses_of_settings()]
