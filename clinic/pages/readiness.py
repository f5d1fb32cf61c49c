"""Whether this process can serve: what a load balancer asks before it sends anyone here."""

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def look():
    """The state of the parts, in words; no address, no name, no version of anything."""
    database, migrations = _database()
    return {
        "ready": database == "reachable" and migrations == "applied",
        "database": database,
        "migrations": migrations,
        "broker": _broker(),  # information only: what must be sent waits in the database
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


def _broker():
    try:
        with current_app.connection_for_write(connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
    except Exception:  # noqa: BLE001 -- every transport has errors of its own; all mean the same here
        return "unreachable"
    return "reachable"
