"""How long a person stays and how many one member of staff may watch, by the total given."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil

from clinic.protocols.document import ProtocolDocument, RatioRow, StayRow
from clinic.protocols.doses import DoseGiven, in_order, total_given


def minimum_stay(
    document: ProtocolDocument,
    total: Decimal | None,
    *,
    last_here: int | None = None,
    products: Iterable[str] = (),
) -> int:
    """Give the least minutes of stay for a total; an unknown total takes the longest stay.

    `last_here` is the days since the person's last session at this place, None if they had none;
    a shorter stay for those who come again needs to know what they took.
    """
    if document.minimum_stay is None:
        return 0
    rows = document.minimum_stay.rows
    if total is None:
        return max(row.minutes for row in rows)
    row = next((row for row in rows if _covers(row, total)), rows[-1])
    return _stay_of(row, last_here, set(products))


def earliest_release(
    document: ProtocolDocument, doses: Sequence[DoseGiven], *, last_here: int | None = None
) -> datetime | None:
    """Give the first moment at which the person may leave; nothing given, no such moment."""
    if not doses:
        return None
    ordered = in_order(doses)
    from_last = (
        document.minimum_stay is not None and document.minimum_stay.counted_from == "last_dose"
    )
    start = ordered[-1].at if from_last else ordered[0].at
    products = {dose.product for dose in ordered}
    least = minimum_stay(document, total_given(ordered), last_here=last_here, products=products)
    return start + timedelta(minutes=least)


def ratio(document: ProtocolDocument, largest_total: Decimal | None) -> int | None:
    """Say how many people one member of staff may watch; None where the protocol has no ratio."""
    if not document.ratio:
        return None
    if largest_total is None:
        return min(row.clients_per_staff for row in document.ratio)
    found = next((row for row in document.ratio if _covers(row, largest_total)), document.ratio[-1])
    return found.clients_per_staff


def staff_needed(document: ProtocolDocument, totals: Iterable[Decimal | None]) -> int | None:
    """Say how many staff a room needs, driven by the largest total in it."""
    everyone = list(totals)
    if not document.ratio or not everyone:
        return 0 if document.ratio else None
    known = [total for total in everyone if total is not None]
    largest = max(known) if len(known) == len(everyone) else None
    return ceil(len(everyone) / (ratio(document, largest) or 1))


def group_problems(document: ProtocolDocument, people: int) -> tuple[str, ...]:
    """Say why so many people cannot be in one session together."""
    rule = document.group
    if rule is None or people <= rule.at_most:
        return ()
    return (f"{people} in one session; this protocol has at most {rule.at_most}.",)


def _stay_of(row: StayRow, last_here: int | None, products: set[str]) -> int:
    rule = row.shorter
    if rule is None or last_here is None or last_here > rule.within_days:
        return row.minutes
    # A product nobody wrote down may be the one that rules it out.
    is_known = bool(products) and "" not in products
    return row.minutes if not is_known or products & set(rule.not_for) else rule.minutes


def _covers(row: StayRow | RatioRow, total: Decimal) -> bool:
    return row.below is None or total < row.below
