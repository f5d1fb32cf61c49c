"""Whether the trail is whole, and who opened what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clinic.access import Permission, sites_where
from clinic.audit.models import TrailEntry

OPENED = "case opened"
ONE_OPENING = timedelta(minutes=15)


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong with the trail: which stream, which entry, what, since when."""

    stream: str
    sequence: int
    words: str
    since: datetime | None

    def __str__(self) -> str:
        since = f", {self.since:%Y-%m-%d %H:%M:%S %Z}" if self.since else ""
        return f"{self.stream}, entry {self.sequence}{since}: {self.words}"


@dataclass(frozen=True)
class Head:
    """The last link of a stream."""

    stream: str
    sequence: int
    hash: str


# Every link is worked out again by the database, all streams at once: nothing is read row by row.
_EACH_ENTRY = """
    SELECT stream, sequence, received_at, is_edited, payload_is_edited,
           sequence - COALESCE(before, 0) - 1 AS gap,
           CASE WHEN sequence = COALESCE(before, 0) + 1
                THEN previous_hash <> COALESCE(hash_before, '') ELSE false END AS is_unlinked
    FROM (
        SELECT e.stream, e.sequence, e.received_at, e.previous_hash,
               vigil_link(e) <> e.hash AS is_edited,
               COALESCE(encode(sha256(convert_to(e.payload, 'UTF8')), 'hex')
                        <> e.payload_digest, false) AS payload_is_edited,
               lag(e.sequence) OVER in_order AS before,
               lag(e.hash) OVER in_order AS hash_before
        FROM clinic_trailentry e
        WINDOW in_order AS (PARTITION BY e.stream ORDER BY e.sequence)
    ) AS linked
"""
_WRONG_ENTRIES = f"""
    SELECT * FROM ({_EACH_ENTRY}) AS each
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
_WRONG_ANCHORS = """
    SELECT anchor.stream, anchor.sequence, entry.sequence IS NULL, entry.received_at
    FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS anchor (stream, sequence, hash)
    LEFT JOIN clinic_trailentry entry USING (stream, sequence)
    WHERE entry.hash IS DISTINCT FROM anchor.hash ORDER BY 1, 2
"""


def wrong_entries(cursor: Any) -> Iterator[Wrong]:
    """Entries that were edited, whose forerunner was removed, or that link to another one."""
    cursor.execute(_WRONG_ENTRIES)
    for stream, sequence, at, edited, payload_edited, gap, unlinked in cursor.fetchall():
        if edited:
            yield Wrong(stream, sequence, "the entry was changed after it was written.", at)
        if payload_edited:
            yield Wrong(stream, sequence, "what it says was changed after it was written.", at)
        if gap:
            missing = "the entry" if gap == 1 else f"{gap} entries"
            yield Wrong(stream, sequence, f"{missing} before it was removed.", at)
        if unlinked:
            yield Wrong(stream, sequence, "it does not follow from the entry before it.", at)


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
        yield Wrong(stream, last or 0, words, at)


def wrong_against_anchors(cursor: Any, anchors: Iterable[Head]) -> Iterator[Wrong]:
    """Entries that no longer have the hash that was once written down outside the database."""
    anchors = list(anchors)
    cursor.execute(
        _WRONG_ANCHORS,
        [[a.stream for a in anchors], [a.sequence for a in anchors], [a.hash for a in anchors]],
    )
    for stream, sequence, is_gone, at in cursor.fetchall():
        words = (
            "it was anchored outside and is gone."
            if is_gone
            else "the chain up to it was written anew after it was anchored outside."
        )
        yield Wrong(stream, sequence, words, at)


def heads(cursor: Any) -> list[Head]:
    """The last link of every stream."""
    cursor.execute(
        "SELECT stream, sequence, hash FROM clinic_chainhead WHERE sequence > 0 ORDER BY stream"
    )
    return [Head(*row) for row in cursor.fetchall()]


def visible_trail(user: Any) -> Any:
    """The trail of the sites whose trail this person reads, newest first."""
    return (
        TrailEntry.objects.filter(site_id__in=sites_where(user, Permission.READ_TRAIL))
        .select_related("by", "site")
        .order_by("-received_at", "-pk")
    )


def has_just_opened(user: Any, case: Any, *, at: datetime) -> bool:
    """Whether the person's opening of the case was written within a quarter of an hour."""
    return TrailEntry.objects.filter(
        act=OPENED, case_key=case.key, by=user, at__gt=at - ONE_OPENING
    ).exists()
