"""Production says what is weak and does not start; the same settings made strong pass every check."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from clinic import safe_start, walls
from tests.database import CHECKOUT

STRONG = {
    "VIGIL_MODE": "production",
    "VIGIL_DB_ROLE": "app",
    "DEBUG": "",
    "SECRET_KEY": "nothing-of-this-is-guessable-0123456789-abcdefghijklmnopqrstuvwxyz",
    "FIELD_SALTS": "a-salt-of-our-own",
    "CHECKPOINT_KEY": "kept-on-another-machine-0123456789",
    "BASE_URL": "https://vigil.clinic.example",
    "ALLOWED_HOSTS": "vigil.clinic.example",
    "EMAIL_URL": "smtp://mail.clinic.example:587",
}


@pytest.fixture
def strong(settings):
    """Settings with which a server starts."""
    settings.PRODUCTION = True
    settings.SECRET_KEY = STRONG["SECRET_KEY"]
    settings.SALT_KEY = ["a-salt-of-our-own"]
    settings.CHECKPOINT_KEY = STRONG["CHECKPOINT_KEY"]
    settings.BASE_URL = STRONG["BASE_URL"]
    settings.ALLOWED_HOSTS = ["vigil.clinic.example"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = True
    settings.CSRF_COOKIE_SECURE = settings.SECOND_FACTOR_REQUIRED = settings.IDLE_LOCK = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    return settings


def test_strong_settings_have_nothing_to_say(strong):
    assert safe_start.weaknesses_of_settings() == []


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DEBUG", True, "DEBUG is on"),
        ("SECRET_KEY", "short", "SECRET_KEY is guessable"),
        ("SECRET_KEY", "a" * 80, "SECRET_KEY is guessable"),
        ("SECRET_KEY", "django-insecure-" + STRONG["SECRET_KEY"], "SECRET_KEY is guessable"),
        ("SALT_KEY", ["vigil-fields"], "FIELD_SALTS is not set"),
        ("CHECKPOINT_KEY", "", "CHECKPOINT_KEY is not set"),
        ("BASE_URL", "http://vigil.clinic.example", "BASE_URL is not https"),
        ("SECURE_SSL_REDIRECT", False, "Plain HTTP is answered"),
        ("SECURE_HSTS_SECONDS", 0, "Plain HTTP is answered"),
        ("SESSION_COOKIE_SECURE", False, "Plain HTTP is answered"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS has a wildcard"),
        ("ALLOWED_HOSTS", [".clinic.example"], "ALLOWED_HOSTS has a wildcard"),
        ("ALLOWED_HOSTS", ["localhost"], "ALLOWED_HOSTS names only this machine"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "EMAIL_URL leads to"),
        ("DB_ROLE", "owner", "VIGIL_DB_ROLE is owner"),
        ("SECOND_FACTOR_REQUIRED", False, "The door stands open"),
        ("IDLE_LOCK", False, "The door stands open"),
    ],
)
def test_each_weak_setting_is_named_alone(strong, name, value, says):
    setattr(strong, name, value)

    (words,) = safe_start.weaknesses_of_settings()

    assert words.startswith(says)


@pytest.mark.django_db
def test_a_database_that_may_lose_what_it_acknowledged_is_named(strong):
    # The tests' own server writes nothing through to the disk: each of its switches is named.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(
            "SELECT name FROM pg_settings WHERE setting = 'off' AND name = ANY(%s)",
            [list(safe_start.DURABLE)],
        )
        off = {name for (name,) in cursor.fetchall()}

    said = set(safe_start.weaknesses_of_database())

    assert "synchronous_commit" in off
    assert said == {f"PostgreSQL's {n} is off: what was acknowledged could be lost." for n in off}


@pytest.mark.django_db
def test_a_role_that_could_undo_the_record_is_named(strong, monkeypatch):
    def owner():
        raise RuntimeError("The database role of this server owns a table.")

    monkeypatch.setattr(walls, "refuse_unsafe_role", owner)

    with pytest.raises(RuntimeError, match="owns a table"):
        safe_start.refuse_to_start_weak()


def python(*command, **environment):
    """Python in production's environment."""
    ours = {name: value for name, value in os.environ.items() if "ASYNC_UNSAFE" not in name}
    return subprocess.run(
        [sys.executable, *command],
        cwd=CHECKOUT,
        env=ours | STRONG | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def start(**environment):
    """Start the web server's way in."""
    return python("-c", "import clinic.wsgi", **environment)


def test_the_deployment_check_has_nothing_to_say_in_production():
    done = python("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert "no issues" in done.stdout


def test_a_weak_server_does_not_start_and_says_every_reason():
    done = start(BASE_URL="http://x.example", ALLOWED_HOSTS="*")

    assert done.returncode != 0
    assert "BASE_URL is not https" in done.stderr
    assert "ALLOWED_HOSTS has a wildcard" in done.stderr


def test_elsewhere_than_in_production_nothing_is_refused(settings):
    settings.DEBUG = True

    safe_start.refuse_to_start_weak()


def test_a_strong_server_has_only_its_database_left_to_mind():
    done = start()

    reasons = [line for line in done.stderr.splitlines() if line.startswith("- ")]
    assert [line for line in reasons if not line.startswith("- PostgreSQL's")] == []
