"""What a prescriber is shown before they sign: what is allowed, and how an amount works out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clinic.audit.canonical import decimal_text
from clinic.checklists.exact import as_written
from clinic.protocols.calculators import (
    amount_problems,
    amount_typed,
    dose_range,
    first_given,
    other_unit,
    supplement_window,
    total_range,
)
from clinic.protocols.document import ProtocolDocument
from sessions.supervised import queries
from sessions.supervised.doses.rules import arithmetic_of_order, who_agrees
from sessions.supervised.models import SupervisedSession


@dataclass(frozen=True)
class Shown:
    """One amount worked out."""

    amount_text: str
    lines: list[str]
    problems: tuple[str, ...]


def worked_out(session: SupervisedSession, typed: str, is_further: bool) -> Shown | None:
    """The arithmetic of an amount, or nothing where it is no amount."""
    document = queries.document(session)
    number, written = amount_typed(typed, document.unit)
    if written not in (None, document.unit):
        return Shown("", [], (other_unit(document.unit, str(written)),))
    try:
        amount = as_written(number)
    except ValueError:
        return None
    if amount <= 0:
        return None
    weight = queries.weight_of(session)
    return Shown(
        amount_text=decimal_text(amount),
        lines=arithmetic_of_order(session, amount, weight).split("; "),
        problems=amount_problems(
            document,
            amount,
            queries.counted_total(session),
            weight,
            is_further,
            session_number=queries.session_number(session),
            first=first_given(queries.doses_given(session)),
        ),
    )


def amounts_of(session: SupervisedSession, is_further: bool) -> list[tuple[str, Any]]:
    """What is known before an amount is typed: weight, limits, what was given."""
    document, weight = queries.document(session), queries.weight_of(session)
    single, total = dose_range(document, weight), total_range(document, weight)
    unit = document.unit
    facts: list[tuple[str, Any]] = [
        ("Substance", f"{document.substance_form}, {document.route}"),
        ("Weight", f"{decimal_text(weight)} kg" if weight else None),
        ("One dose", _span(single.minimum if not is_further else None, single.maximum, unit)),
        ("Whole session", _span(None, total.maximum, unit)),
        *([("In pieces", pieces)] if (pieces := _pieces(document)) else []),
        ("Given so far", f"{decimal_text(queries.counted_total(session))} {unit}"),
    ]
    window = supplement_window(document, queries.doses_given(session)) if is_further else None
    if window is not None:
        zone = session.site.tz
        ends = [f"{each.astimezone(zone):%H:%M}" for each in window if each is not None]
        facts.append(("A further dose may follow", " to ".join(ends)))
        if agrees := who_agrees(session):
            facts.append(("Who agrees to it", ", ".join(agrees)))
    return facts


def _pieces(document: ProtocolDocument) -> str | None:
    """What the substance comes in, and how long one waits between two of them."""
    rule = document.doses.pieces
    size = (rule.holds or rule.at_most) if rule else None
    if rule is None or size is None:
        return None
    holds = "" if rule.holds else "at most "
    said = f"{rule.names} of {holds}{decimal_text(size)} {document.unit}"
    return f"{said}, {rule.rest_minutes}min between two" if rule.rest_minutes else said


def _span(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    if low is None and high is None:
        return "no limit in the protocol"
    if low is None:
        return f"at most {decimal_text(high)} {unit}"
    if high is None:
        return f"at least {decimal_text(low)} {unit}"
    return f"{decimal_text(low)} to {decimal_text(high)} {unit}"
