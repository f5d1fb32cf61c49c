"""Whether this process can serve: what a load balancer asks before it sends anyone here."""

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.timezone import now

from clinic.audit import places


def look():
    """The state of the parts, in words; no address, no name, no version of anything."""
    database, migrations = _database()
    return {
        "ready": database == "reachable" and migrations == "applied",
        "database": database,
        "migrations": migrations,
        # Information only: what must be sent waits in the database, and so do checkpoints.
        "broker": _broker(),
        "checkpoints": _checkpoints() if migrations == "applied" else "unknown",
    }


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable", "unknown"
    return "reachable", "waiting" if waiting else "applied"


def _checkpoints():
    """Whether the trail is written down outside; whoever is on duty is asked about it as well."""
    at = now()
    if places.is_silent(at=at):
        return "not taken"
    return "late" if places.late_places(at=at) else "on time"


def _broker():
    try:
        with current_app.connection_for_write(connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
    except Exception:  # noqa: BLE001 -- every transport has errors of its own; all mean the same here
        return "unreachable"
    return "reachable"
