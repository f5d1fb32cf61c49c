"""Why so many people are not dosed in one room: too many of them, or too few with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from clinic.audit.canonical import decimal_text
from clinic.booking.groups.queries import Dosed
from clinic.protocols.calculators import group_problems, staff_needed
from clinic.protocols.document import ProtocolDocument
from clinic.workflow import Basis, Obstacle, gate

GROUP = gate(
    "group_staff",
    "More people would be dosed in one room than the protocol or those with them allow.",
    basis=Basis.PROTOCOL,
    clears="booking:week",
)


def obstacles_in_group(
    document: ProtocolDocument, own: Dosed, others: Iterable[Dosed]
) -> Iterator[Obstacle]:
    """No reason lets a group be too large: book more people with it, plan less, or another time."""
    for words in group_words(document, own, others):
        yield GROUP(words)


def group_words(document: ProtocolDocument, own: Dosed, others: Iterable[Dosed]) -> tuple[str, ...]:
    """Say what a group lacks at the first moment at which it lacks it."""
    beside = list(others)
    moments = sorted({own.starts_at, *(each.starts_at for each in beside)})
    for moment in moments:
        if not own.starts_at <= moment < own.ends_at:
            continue
        there = [each for each in beside if each.starts_at <= moment < each.ends_at]
        if there and (found := _at_once(document, [own, *there])):
            return found
    return ()


def _at_once(document: ProtocolDocument, group: list[Dosed]) -> tuple[str, ...]:
    planned = [each.most_planned for each in group]
    needed = staff_needed(document, planned)
    booked = len(frozenset().union(*(each.staff for each in group)))
    too_many = group_problems(document, len(group))
    if needed is None or booked >= needed:
        return too_many
    nouns = document.nouns
    who = nouns.clinician if needed == 1 else nouns.clinicians
    words = (
        f"{len(group)} {nouns.people}{_doses(document, planned)} need {needed} {who} with them; "
        f"{booked} {'is' if booked == 1 else 'are'} booked."
    )
    return (*too_many, words)


def _doses(document: ProtocolDocument, planned: list[Decimal | None]) -> str:
    """At which doses; nothing, where the ratio is the same at each."""
    if all(row.below is None for row in document.ratio):
        return ""
    known = [each for each in planned if each is not None]
    if len(known) < len(planned):
        return ", not each with a dose planned,"
    return f" at doses up to {decimal_text(max(known))} {document.unit}"
