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
    if baseline <= 0:
        return ()
    percent = (value - baseline) / baseline * 100
    return tuple(
        each
        for each in document.baseline_limits
        if (each.parameter, each.phase) == (parameter, phase) and _is_beyond(each, percent)
    )


def _is_beyond(limit: BaselineLimit, percent: Decimal) -> bool:
    rose = limit.change in ("rise", "either") and percent > limit.percent
    fell = limit.change in ("fall", "either") and -percent > limit.percent
    return rose or fell
