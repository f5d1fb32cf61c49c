from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import now

from clinic.audit import anchors, queries


class Command(BaseCommand):
    help = (
        "Work out every link of the trail again; say what was changed, removed or cut, and where."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchors",
            type=Path,
            default=settings.HOME / "anchors.jsonl",
            help="the file outside the database in which the heads are written down",
        )
        parser.add_argument(
            "--no-anchor", action="store_true", help="only compare; write no new heads down"
        )

    def handle(self, *, anchors: Path, no_anchor: bool, **options):
        try:
            wrong, counts, heads = _look(anchors)
        except (DatabaseError, OSError, ValueError) as unreadable:
            raise CommandError(f"The trail cannot be read: {unreadable}") from unreadable
        for each in wrong:
            self.stderr.write(str(each))
        if wrong:
            raise CommandError(f"The trail is not whole: {len(wrong)} things are wrong.")
        self.stdout.write(
            f"The trail is whole: {counts['entries']} entries in {counts['streams']} streams,"
            f" compared with {counts['anchors']} anchors."
        )
        if not no_anchor:
            moved = _write_down(anchors, heads)
            self.stdout.write(f"{moved} heads were written down in {anchors}.")


def _look(path):
    with transaction.atomic(), connection.cursor() as cursor:
        # One picture of the database for all questions, however long they take.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        known = anchors.read(path)
        wrong = [
            *queries.wrong_entries(cursor),
            *queries.wrong_heads(cursor),
            *queries.wrong_against_anchors(cursor, known),
        ]
        cursor.execute("SELECT count(*), count(DISTINCT stream) FROM clinic_trailentry")
        entries, streams = cursor.fetchone()
        counts = {"entries": entries, "streams": streams, "anchors": len(known)}
        return wrong, counts, queries.heads(cursor)


def _write_down(path, heads):
    return anchors.add(path, heads, at=now())
