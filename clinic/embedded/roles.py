"""The three database roles, and what each may do: read from `deploy/`, where an operator finds it."""

import hashlib
from pathlib import Path

ROLES = ("vigil_owner", "vigil_app", "vigil_reader")

_DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
_ROLES_SQL = _DEPLOY / "roles.sql"
_DATABASE_SQL = _DEPLOY / "database.sql"


def make_roles(connection) -> None:
    """Make the roles of the whole server, as superuser."""
    connection.execute(_ROLES_SQL.read_text())


def prepare_database(connection) -> None:
    """Give one database its extensions and default privileges, as superuser or as its owner."""
    connection.execute(_DATABASE_SQL.read_text())


def digest() -> str:
    """What the two files say, in short."""
    return hashlib.sha256(_ROLES_SQL.read_bytes() + _DATABASE_SQL.read_bytes()).hexdigest()
