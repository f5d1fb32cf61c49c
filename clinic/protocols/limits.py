"""What a reading means: its band, and how it stands against the person's own baseline."""

from decimal import Decimal

from clinic.protocols.document import Band, BaselineLimit, Limit, Phase, ProtocolDocument


def band(limit: Limit, value: Decimal) -> Band:
    """Find the one band a value lies in."""
    for each in limit.bands:
        if (each.starts is None or value >= each.starts) and (
            each.below is None or value < each.below
        ):
            return each
    raise LookupError(f"{limit.parameter}: no band holds {value}.")


def crossed(
    document: ProtocolDocument, parameter: str, phase: Phase, baseline: Decimal, value: Decimal
) -> tuple[BaselineLimit, ...]:
    """List the limits against the person's own baseline that a value has gone beyond."""
    return tuple(
        each
        for each in document.baseline_limits
        if (each.parameter, each.phase) == (parameter, phase)
        and _is_beyond(each, baseline, value - baseline)
    )


def _is_beyond(limit: BaselineLimit, baseline: Decimal, rise: Decimal) -> bool:
    if limit.amount is not None:
        most = limit.amount
    elif limit.percent is not None and baseline > 0:
        most = baseline * limit.percent / 100
    else:
        return False
    rose = limit.change in ("rise", "either") and rise > most
    fell = limit.change in ("fall", "either") and -rise > most
    return rose or fell
