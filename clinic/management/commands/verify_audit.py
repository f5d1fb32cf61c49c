from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction

from clinic.audit import checkpoints, places, verifying
from clinic.audit.verifying import Unreadable

NOT_WHOLE, NOT_LOOKED_AT = 1, 2


class Command(BaseCommand):
    help = (
        "Work out every link of the trail and every row it sealed again, compare with the"
        " checkpoints kept outside, and say what was changed, removed or cut, where and since when."
        " Ends with 0 when all was looked at and is whole, 1 when something is wrong, 2 when"
        " something could not be looked at."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--checkpoints",
            type=Path,
            action="append",
            metavar="PATH",
            help="a file of checkpoints, or a folder of such files; may be given more than once",
        )

    def handle(self, *, checkpoints: list[Path] | None, **options):
        wrong, doubts, counts = [], [], ""
        told = _told(checkpoints or _kept_here(), doubts)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                # One picture of the database for all questions, however long they take.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                for each in verifying.everything(cursor, told):
                    wrong.append(each)
                if doubt := verifying.not_compared(cursor, told):
                    doubts.append(doubt)
                counts = _counts(cursor, told) if told else ""
        except (DatabaseError, Unreadable) as unread:
            doubts.append(str(unread).strip())
        self._say(wrong, doubts, counts)

    def _say(self, wrong, doubts, counts):
        for each in wrong:
            self.stderr.write(str(each))
        for doubt in doubts:
            self.stderr.write(f"Not looked at: {doubt}")
        if wrong:
            raise CommandError(
                f"The trail is not whole: {len(wrong)} things are wrong.", returncode=NOT_WHOLE
            )
        if doubts:
            raise CommandError(
                "Nothing wrong was found in what could be read, and not everything could be read.",
                returncode=NOT_LOOKED_AT,
            )
        self.stdout.write(counts)


def _kept_here():
    return [Path(urlsplit(p.address).path) for p in places.places() if p.scheme == "file"]


def _told(paths, doubts):
    """The checkpoints; what cannot be read of them is no checkpoint, and is said."""
    try:
        return checkpoints.read(paths)
    except (OSError, ValueError, ImproperlyConfigured) as unread:
        doubts.append(f"the checkpoints cannot be read: {unread}")
        return []


def _counts(cursor, told):
    cursor.execute(
        "SELECT count(*), count(DISTINCT stream), sum(COALESCE(jsonb_array_length(seals::jsonb), 0))"
        " FROM clinic_trailentry"
    )
    entries, streams, rows = cursor.fetchone()
    cursor.execute("SELECT count(*) FROM clinic_chainhead WHERE sequence <> told")
    (moved,) = cursor.fetchone()
    return (
        f"The trail is whole: {entries} entries in {streams} streams, {rows or 0} sealed rows,"
        f" compared with {len(told)} checkpoints up to {told[-1].at:%Y-%m-%d %H:%M:%S %Z}."
        f" {moved} streams have gone on since then."
    )
