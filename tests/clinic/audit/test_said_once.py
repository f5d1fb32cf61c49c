"""What may still be said of a row that stands is said once: tried for every group in the walls."""

import re

import psycopg
import pytest
from django.apps import apps

from clinic.walls import lists
from tests.clinic.audit.test_signed_is_frozen import ENDED, GOES_ON, MAY_MOVE, NUMBERS
from tests.database import as_owner

pytestmark = pytest.mark.django_db

# Every group of columns that the walls let be written once; one new there is tried here.
ONCE = sorted(
    (table, columns)
    for table, name, _, function in lists("TRIGGERS")
    if name == "once"
    for columns in re.findall(r"'([^']+)'", function)
)
SAID = {  # two values of a kind: what is said, and what somebody would say instead
    "boolean": ("true", "false"),
    "timestamp with time zone": ("now()", "now() + interval '1 day'"),
    "date": ("current_date", "current_date + 1"),
    **dict.fromkeys(["text", "character varying"], ("'x'", "'y'")),
    **dict.fromkeys(NUMBERS, ("1", "2")),
}


def a_row_to_try(owner, table):
    """An empty row of a table's shape behind its guard alone, by the kinds of its columns."""
    owner.execute(f'CREATE TEMP TABLE tried AS SELECT * FROM "{table}" WITH NO DATA')
    (guard,) = owner.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE tgrelid = %s::regclass AND tgname = 'vigil_once' AND tgenabled = 'O'",
        [table],
    ).fetchone()
    owner.execute(re.sub(r" ON \S+ ", " ON tried ", guard, count=1))
    owner.execute("INSERT INTO tried DEFAULT VALUES")
    return dict(
        owner.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
            [table],
        ).fetchall()
    )


def is_taken(owner, **values):
    try:
        owner.execute(f"UPDATE tried SET {', '.join(f'{c} = {v}' for c, v in values.items())}")
    except psycopg.errors.RestrictViolation:
        return False
    return True


@pytest.mark.parametrize(("table", "columns"), ONCE)
def test_what_may_still_be_said_is_said_once(table, columns):
    names = columns.split(",")
    with as_owner() as owner:
        kinds = a_row_to_try(owner, table)
        said = {name: SAID[kinds[name]] for name in names}

        early = [n for n in names[1:] if is_taken(owner, **{n: said[n][0]})]
        at_once = is_taken(owner, **{n: first for n, (first, _) in said.items()})
        again = [n for n in names for v in (said[n][1], "NULL") if is_taken(owner, **{n: v})]

    assert (early, at_once, again) == ([], True, [])


def test_whatever_may_move_of_a_signed_row_is_said_once():
    """A status moves by the workflow's own table of steps, which the database holds as well."""
    held = {(table, name) for table, columns in ONCE for name in columns.split(",")}

    may_move = {
        (apps.get_model(label)._meta.db_table, column)
        for label, columns in {**MAY_MOVE, GOES_ON: ENDED}.items()
        for column in columns - {"status"}
    }
    assert sorted(may_move - held) == []


def test_no_row_that_is_said_once_is_left_out():
    with as_owner() as owner:
        guarded = owner.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'vigil_once'"
        ).fetchall()

    assert {table for (table,) in guarded} == {table for table, _ in ONCE}
