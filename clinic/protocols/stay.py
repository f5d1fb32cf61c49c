"""How long a person stays and how many one member of staff may watch, by the total given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil

from clinic.audit.canonical import decimal_text
from clinic.protocols.document import ProtocolDocument, RatioRow, ShorterStay, StayRow
from clinic.protocols.doses import DoseGiven, in_order, total_given


@dataclass(frozen=True)
class Stay:
    """The least minutes somebody stays, and in words why it is as long as that."""

    minutes: int
    because: str


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
    return _stay(document, total, last_here, set(products)).minutes


def stay_of(
    document: ProtocolDocument, doses: Sequence[DoseGiven], *, last_here: int | None = None
) -> Stay | None:
    """Give the least stay after these doses with its reason; nothing given, no stay."""
    if not doses or document.minimum_stay is None:
        return None
    return _stay(document, total_given(doses), last_here, {dose.product for dose in doses})


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


def product_in_words(code: str) -> str:
    """Say a product as a reader reads it: whole-fungi is whole fungi."""
    return code.replace("-", " ").replace("_", " ")


def _stay(
    document: ProtocolDocument, total: Decimal | None, last_here: int | None, products: set[str]
) -> Stay:
    if document.minimum_stay is None:
        return Stay(0, "")
    rows = document.minimum_stay.rows
    if total is None:
        longest = max(row.minutes for row in rows)
        return Stay(longest, "nobody knows the total, so the longest stay counts")
    number = next((i for i, row in enumerate(rows) if _covers(row, total)), len(rows) - 1)
    row, since = rows[number], rows[number - 1].below if number else None
    ends = [f"{decimal_text(since)} {document.unit} and more"] if since is not None else []
    ends += [f"less than {decimal_text(row.below)} {document.unit}"] if row.below else []
    amount = ", ".join(ends)
    if row.shorter is None:
        return Stay(row.minutes, amount)
    is_known = bool(products) and products <= set(document.doses.products)
    is_shorter, why = _comes_again(row.shorter, last_here, products if is_known else None)
    return Stay(row.shorter.minutes if is_shorter else row.minutes, f"{amount}; {why}")


def _comes_again(
    rule: ShorterStay, last_here: int | None, products: set[str] | None
) -> tuple[bool, str]:
    if last_here is None:
        return False, "no earlier session here"
    was_here = f"last session here {last_here} days ago"
    if last_here > rule.within_days:
        return False, f"{was_here}, more than {rule.within_days}"
    if not rule.not_for:
        return True, was_here
    # A product nobody wrote down may be the one that rules it out.
    if products is None:
        return False, f"{was_here}, but not every product taken is written down"
    if ruled_out := sorted(products & set(rule.not_for)):
        named = ", ".join(map(product_in_words, ruled_out))
        return False, f"{was_here}, but no shorter stay after {named}"
    return True, was_here


def _covers(row: StayRow | RatioRow, total: Decimal) -> bool:
    return row.below is None or total < row.below
