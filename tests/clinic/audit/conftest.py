"""A clinic whose whole session is signed and written down outside, in a database of its own."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import connections, transaction

from tests.clinic.audit.tampering import Console
from tests.database import TestRun, as_owner, point_django_at

PEOPLE = [
    {"family_name": name, "phone": f"+1 212 555 01{number}", "born": date(1970, 1, number)}
    for number, name in [(11, "Otherwise"), (12, "Later")]
]


@dataclass
class Signed:
    """The clinic, by its databases and by what was written down outside."""

    database: str
    last_week: str  # the same database as it stood before its last act
    told: list
    file: Path
    stream: str
    other: str


@pytest.fixture(scope="module")
def signed(django_db_setup, django_db_blocker, tmp_path_factory):
    from clinic.audit import checkpoints  # noqa: PLC0415 -- Django is set up only by now
    from tests.builders.house import DAY, NOON, a_house  # noqa: PLC0415
    from tests.builders.supervised import a_signed_session  # noqa: PLC0415

    file = tmp_path_factory.mktemp("outside") / "trail.jsonl"
    shared = connections.settings["default"]["NAME"]
    run = TestRun()
    with django_db_blocker.unblock():
        run.begin()
        try:
            with transaction.atomic():
                house = a_house()
                session = a_signed_session(house)
                other = a_signed_session(house, at=NOON + 2 * DAY, **PEOPLE[0])
                streams = [f"case:{each.case.key}" for each in (session, other)]
            _tell(file, NOON + 3 * DAY)
            here = connections.settings["default"]["NAME"]
            point_django_at(here)  # a connected database cannot be copied
            last_week = run.copy(here)
            with transaction.atomic():
                a_signed_session(house, at=NOON + 5 * DAY, **PEOPLE[1])
            _tell(file, NOON + 6 * DAY)
            point_django_at(shared)
            yield Signed(here, last_week, checkpoints.read([file]), file, *streams)
            run.drop(last_week)
        finally:
            run.end()
            point_django_at(shared)


def _tell(file, at):
    from clinic.audit import checkpoints  # noqa: PLC0415 -- Django is set up only by now

    with transaction.atomic(), file.open("a") as lines:
        lines.write(checkpoints.take(at=at).line + "\n")


@pytest.fixture
def console(signed):
    """The owner at the database's own prompt, guards down; whatever is done is undone."""
    with as_owner(signed.database) as owner:
        owner.autocommit = False
        yield Console(owner)
        owner.rollback()


@pytest.fixture
def found(signed):
    """What verifying says of a connection's database, as (place, words, since)."""

    from clinic.audit import verifying  # noqa: PLC0415 -- Django is set up only by now

    def ask(connection, told=signed.told):
        cursor = connection.cursor(row_factory=psycopg.rows.tuple_row)
        return [(w.place, w.words, w.since) for w in verifying.everything(cursor, told)]

    return ask
