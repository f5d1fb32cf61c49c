"""Whether the trail, and every row it sealed, still is what was written; where not, and since when.

Each check asks the database set by set and yields what it found. A check that cannot see everything
raises Unreadable: nothing is called whole that was not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.audit import guards
from clinic.audit.checkpoints import Written
from clinic.walls.seals import FROZEN_FROM


class Unreadable(Exception):
    """Something could not be looked at, so nothing can be said about it."""


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong: where, what, and from what moment it can have happened."""

    place: str
    words: str
    since: datetime | None = None

    def __str__(self) -> str:
        since = f" (not before {self.since:%Y-%m-%d %H:%M:%S %Z})" if self.since else ""
        return f"{self.place}: {self.words}{since}"


# Every link is worked out again by the database, all streams at once: nothing is read row by row.
_EACH_ENTRY = """
    SELECT stream, sequence, before, received_at, is_edited, payload_is_edited,
           sequence - COALESCE(before, 0) - 1 AS gap,
           CASE WHEN sequence = COALESCE(before, 0) + 1
                THEN previous_hash <> COALESCE(hash_before, '') ELSE false END AS is_unlinked
    FROM (
        SELECT e.stream, e.sequence, e.received_at, e.previous_hash,
               vigil_link_of(e, person.key, site.key) <> e.hash AS is_edited,
               COALESCE(encode(sha256(convert_to(e.payload, 'UTF8')), 'hex')
                        <> e.payload_digest, false) AS payload_is_edited,
               lag(e.sequence) OVER in_order AS before,
               lag(e.hash) OVER in_order AS hash_before
        FROM clinic_trailentry e
        LEFT JOIN clinic_user person ON person.id = e.by_id
        LEFT JOIN clinic_site site ON site.id = e.site_id
        WINDOW in_order AS (PARTITION BY e.stream ORDER BY e.sequence)
    ) AS linked
"""
_WRONG_ENTRIES = f"""
    SELECT each.*, (SELECT earlier.received_at FROM clinic_trailentry earlier
                    WHERE earlier.stream = each.stream AND earlier.sequence = each.before)
    FROM ({_EACH_ENTRY}) AS each
    WHERE is_edited OR payload_is_edited OR gap <> 0 OR is_unlinked ORDER BY stream, sequence
"""
_WRONG_HEADS = """
    SELECT COALESCE(head.stream, last.stream), head.sequence, last.sequence, last.received_at
    FROM clinic_chainhead head FULL JOIN (
        SELECT DISTINCT ON (stream) stream, sequence, hash, received_at
        FROM clinic_trailentry ORDER BY stream, sequence DESC
    ) AS last USING (stream)
    WHERE (head.sequence, head.hash) IS DISTINCT FROM (last.sequence, last.hash)
      AND NOT (last.stream IS NULL AND head.sequence = 0)
    ORDER BY 1
"""
_WRONG_CHECKPOINTS = """
    SELECT DISTINCT ON (told.stream) told.stream, told.sequence, entry.sequence IS NULL, told.at
    FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::timestamptz[])
         AS told (stream, sequence, hash, at)
    LEFT JOIN clinic_trailentry entry USING (stream, sequence)
    WHERE entry.hash IS DISTINCT FROM told.hash ORDER BY told.stream, told.sequence
"""


def everything(cursor: Any, told: list[Written]) -> Iterator[Wrong]:
    """Every check, one after the other; raises Unreadable on the first that cannot look."""
    see_it_all(cursor)
    yield from wrong_entries(cursor)
    yield from wrong_heads(cursor)
    yield from wrong_guards(cursor, told)
    yield from wrong_rows(cursor)
    yield from wrong_against(cursor, told)


def see_it_all(cursor: Any) -> None:
    """Raises Unreadable where the walls hide rows from whoever asks, or a table is not there."""
    cursor.execute('SELECT DISTINCT "table" FROM clinic_sealshape')
    tables = ["clinic_trailentry", *sorted(table for (table,) in cursor.fetchall())]
    cursor.execute(
        "SELECT name, to_regclass(name) IS NULL,"
        " COALESCE(row_security_active(to_regclass(name)), false) FROM unnest(%s::text[]) AS name",
        [tables],
    )
    for table, is_gone, is_walled in cursor.fetchall():
        if is_gone:
            raise Unreadable(f"the table {table} is not there.")
        if is_walled:
            raise Unreadable(
                f"this role sees only a part of {table}; run it as reader (VIGIL_DB_ROLE=reader)."
            )


def wrong_entries(cursor: Any) -> Iterator[Wrong]:
    """Entries that were edited, whose forerunner was removed, or that link to another one."""
    cursor.execute(_WRONG_ENTRIES)
    # An entry that was changed may say any time of itself; the one before it came no later.
    told_by_another: dict[tuple[str, int], datetime | None] = {}
    for (
        stream,
        sequence,
        before,
        at,
        edited,
        payload_edited,
        gap,
        unlinked,
        at_before,
    ) in cursor.fetchall():
        place, since = _entry(stream, sequence), told_by_another.get((stream, before), at_before)
        if edited:
            told_by_another[stream, sequence] = since
            yield Wrong(place, "the entry was changed after it was written.", since)
        if payload_edited:
            words = "what it says was changed after it was written."
            yield Wrong(place, words, since if edited else at)
        if gap:
            missing = "the entry" if gap == 1 else f"{gap} entries"
            yield Wrong(place, f"{missing} before it was removed.", since)
        if unlinked:
            yield Wrong(place, "it does not follow from the entry before it.", since)


def wrong_heads(cursor: Any) -> Iterator[Wrong]:
    """Streams whose end is not where their head says: a cut tail, or entries put in by hand."""
    cursor.execute(_WRONG_HEADS)
    for stream, head, last, at in cursor.fetchall():
        if head is None:
            words = "the stream's head was removed."
        elif (last or 0) < head:
            words = f"the tail was cut: {head - (last or 0)} of {head} entries are gone."
        else:
            words = "the head of the stream is not its last entry."
        yield Wrong(_entry(stream, last or 0), words, at)


def wrong_guards(cursor: Any, told: list[Written]) -> Iterator[Wrong]:
    """Guards that are down, each since the last checkpoint that still saw it stand, if one did."""
    for each in guards.down(cursor):
        stood = [t.at for t in told if t.guards_down is not None and str(each) not in t.guards_down]
        yield Wrong(each.table, each.words, max(stood, default=None))


def wrong_rows(cursor: Any) -> Iterator[Wrong]:
    """Rows outside the trail that are not as the act sealed them, are gone, or no act wrote."""
    cursor.execute("SET LOCAL timezone = 'UTC'")  # as they were read when they were sealed
    cursor.execute(_sealed_rows(cursor))
    for table, row, words, stream, sequence, at in cursor.fetchall():
        sealed = f" (sealed by {_entry(stream, sequence)})" if stream else ""
        yield Wrong(f"{table}, row {row}", f"{words}{sealed}.", at)


def wrong_against(cursor: Any, told: list[Written]) -> Iterator[Wrong]:
    """Entries that no longer have the hash that was once written down outside, and a database put
    back to a time before what it had told the outside.
    """
    rows = [(head, checkpoint.at) for checkpoint in told for head in checkpoint.heads]
    cursor.execute(
        _WRONG_CHECKPOINTS,
        [
            [head.stream for head, _ in rows],
            [head.sequence for head, _ in rows],
            [head.hash for head, _ in rows],
            [at for _, at in rows],
        ],
    )
    for stream, sequence, is_gone, at in cursor.fetchall():
        words = (
            "a checkpoint wrote it down outside, and it is gone."
            if is_gone
            else "the chain up to it was written anew after a checkpoint wrote it down outside."
        )
        yield Wrong(_entry(stream, sequence), words, at)
    yield from _wrong_checkpoints(cursor, told)


def _wrong_checkpoints(cursor: Any, told: list[Written]) -> Iterator[Wrong]:
    cursor.execute("SELECT number, line FROM clinic_checkpoint")
    kept = dict(cursor.fetchall())
    for checkpoint in told:
        if checkpoint.number not in kept:
            words = "it stands outside and not in the database, which was put back or cut."
        elif kept[checkpoint.number] != checkpoint.line:
            words = "it reads differently outside and in the database."
        else:
            continue
        yield Wrong(f"checkpoint {checkpoint.number}", words, checkpoint.at)
        return


def not_compared(cursor: Any, told: list[Written]) -> str:
    """What of the trail nothing outside was there to speak for, in words; empty if nothing."""
    if not told:
        return "there are no checkpoints to compare with: a chain rewritten whole would not show."
    cursor.execute("SELECT max(up_to) FROM clinic_dispatch WHERE error = ''")
    (sent,) = cursor.fetchone()
    if sent and told[-1].number < sent:
        return (
            f"the checkpoints after number {told[-1].number} are missing from what was given;"
            f" {sent} were sent out."
        )
    return ""


def _entry(stream: str, sequence: int) -> str:
    return f"{stream}, entry {sequence}"


# -- Rows outside the trail ------------------------------------------------------------------


def _sealed_rows(cursor: Any) -> str:
    """One question for all tables: each sealed row as it stands, and each row without a seal."""
    shapes = _shapes(cursor)
    numbers = ",".join(str(number) for number, *_ in shapes) or "0"
    arms = [
        "SELECT 'clinic_sealshape', shape::bigint, 'the shape it was sealed in is gone',"
        f" stream, sequence, received_at FROM sealed WHERE shape NOT IN ({numbers})"
    ]
    by_table: dict[str, list[int]] = {}
    for number, table, left_out in shapes:
        by_table.setdefault(table, []).append(number)
        arms.append(
            f"SELECT '{table}', s.id, CASE WHEN t.id IS NULL THEN 'it was removed'"
            " ELSE 'it was changed after it was written' END, s.stream, s.sequence, s.received_at"
            f' FROM sealed s LEFT JOIN "{table}" t ON t.id = s.id WHERE s.shape = {number}'
            f" AND (t.id IS NULL OR encode(sha256(convert_to((to_jsonb(t) - '{left_out}'::text[])"
            "::text, 'UTF8')), 'hex') <> s.digest)"
        )
    arms += [_unsealed(table, numbers) for table, numbers in by_table.items()]
    return (
        "WITH sealed AS MATERIALIZED (SELECT (s ->> 0)::int AS shape, (s ->> 1)::bigint AS id,"
        " s ->> 2 AS digest, e.stream, e.sequence, e.received_at FROM clinic_trailentry e"
        " CROSS JOIN LATERAL jsonb_array_elements(e.seals::jsonb) AS s WHERE e.seals IS NOT NULL) "
        + " UNION ALL ".join(arms)
        + " ORDER BY 1, 2"
    )


def _unsealed(table: str, shapes: Iterable[int]) -> str:
    frozen = FROZEN_FROM.get(table)
    # A version that was retired had been published.
    is_frozen = f"t.status IN ('{frozen.status}', 'retired') AND " if frozen else ""
    numbers = ",".join(map(str, shapes))
    return (
        f"SELECT '{table}', t.id, 'no act wrote it', NULL, NULL::bigint, NULL::timestamptz"
        f' FROM "{table}" t WHERE {is_frozen}NOT EXISTS'
        f" (SELECT FROM sealed s WHERE s.shape IN ({numbers}) AND s.id = t.id)"
    )


def _shapes(cursor: Any) -> list[tuple[int, str, str]]:
    """Each shape's number, its table and the columns that were not sealed, as an array in SQL."""
    cursor.execute(
        'SELECT id, "table", array_to_string(ARRAY(SELECT column_name::text'
        " FROM information_schema.columns WHERE table_schema = 'public'"
        "  AND table_name = \"table\" AND column_name <> ALL (columns)), ','),"
        " ARRAY(SELECT unnest(columns) EXCEPT SELECT column_name::text"
        "  FROM information_schema.columns"
        "  WHERE table_schema = 'public' AND table_name = \"table\") FROM clinic_sealshape"
    )
    found = []
    for number, table, left_out, gone in cursor.fetchall():
        if gone:
            raise Unreadable(f"{table} has lost {', '.join(gone)}, or this role may not read it.")
        found.append((number, table, f"{{{left_out}}}"))
    return found
