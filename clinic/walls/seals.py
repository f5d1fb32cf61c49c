"""Which rows are sealed into the trail by the act that wrote them, and when.

A table that is append-only is sealed row by row as it is written; one of which the application may
change named columns, without those. A row that may change for a while is sealed at the step from
which nobody may change it any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from encrypted_fields.fields import EncryptedFieldMixin
from pghistory.models import Event


@dataclass(frozen=True)
class Frozen:
    """The status from which a row stays as it is, and which of its columns still may change."""

    status: str
    but: tuple[str, ...] = ()


FROZEN_FROM = {
    "clinic_sessions_supervisedsession": Frozen("signed"),
    "clinic_protocolversion": Frozen(
        "published",
        but=("status", "retired_at", "retired_by_id", "submitted_at", "submitted_by_id", "errata"),
    ),
}
# The trail is its own seal; what triggers write of changed rows has no act of its own.
UNSEALED = {"clinic_trailentry", "pghistory_events"}


def put_up(cursor: Any, append_only: list[str], may_update: dict) -> None:
    """Seal every row that is written for good; a table keeps the shape it was sealed in."""
    events = {m._meta.db_table for m in apps.get_models() if issubclass(m, Event)}
    for table in append_only:
        if table not in UNSEALED | events:
            _seal(cursor, table, _left_out(table), "AFTER INSERT", "")
    for table, columns in may_update.items():
        if columns and table != "clinic_chainhead":
            changing = (*columns, *(["balance"] if table == "clinic_lot" else []))
            _seal(cursor, table, [*_left_out(table), *changing], "AFTER INSERT", "")
    for table, frozen in FROZEN_FROM.items():
        when = f"WHEN (NEW.status = '{frozen.status}' AND OLD.status <> '{frozen.status}')"
        out = [*_left_out(table), *frozen.but]
        _seal(cursor, table, out, "AFTER UPDATE OF status", when)


def _left_out(table: str) -> list[str]:
    """What is encrypted at rest is kept out: it reads differently under another key."""
    (model,) = (m for m in apps.get_models() if m._meta.db_table == table)
    return [f.column for f in model._meta.fields if isinstance(f, EncryptedFieldMixin)]


def _seal(cursor: Any, table: str, out: list[str], event: str, when: str) -> None:
    cursor.execute(
        "SELECT array_agg(column_name::text ORDER BY column_name) FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND column_name <> ALL (%s)",
        [table, out],
    )
    (columns,) = cursor.fetchone()
    cursor.execute(
        'INSERT INTO clinic_sealshape ("table", columns) VALUES (%s, %s) ON CONFLICT DO NOTHING',
        [table, columns],
    )
    cursor.execute(
        'SELECT id FROM clinic_sealshape WHERE "table" = %s AND columns = %s', [table, columns]
    )
    (shape,) = cursor.fetchone()
    cursor.execute(
        f'CREATE OR REPLACE TRIGGER vigil_seal {event} ON "{table}" FOR EACH ROW {when}'
        f" EXECUTE FUNCTION vigil_seal({shape}, '{{{','.join(out)}}}')"
    )
