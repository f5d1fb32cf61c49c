"""Why a set of observations cannot be charted as it was typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from clinic.protocols.document import BandName, Phase
from clinic.workflow import CHANGED, Obstacle, gate
from sessions.supervised import queries
from sessions.supervised.models import ObservationSet, SupervisedSession
from sessions.supervised.observations.readings import NotUnderstood, Understood, understand
from sessions.supervised.rules import UNKNOWN_WORD, obstacles_in_time, obstacles_to_chart

EMPTY = gate("set_empty", "A set has a value, or the reason why it has none.")
UNREADABLE = gate("reading_unreadable", "What was typed is no value of this parameter.")
IMPOSSIBLE = gate(
    "reading_impossible", "A value is physically impossible and was not kept on purpose."
)
NO_REASON = gate("correction_without_reason", "A correction says why the first was wrong.")


def phase_of(session: SupervisedSession) -> Phase:
    """Before the first dose, or after it."""
    return Phase.AFTER_DOSE if session.doses.all() else Phase.BEFORE_DOSE


def understood(
    session: SupervisedSession, readings: Mapping[str, str], units: Mapping[str, str]
) -> tuple[list[Understood], dict[str, str]]:
    """Every typed reading as understood, and a sentence for each that is not."""
    document, baseline = queries.document(session), queries.baseline(session)
    phase = phase_of(session)
    found, faults = [], {}
    for code, typed in readings.items():
        parameter = document.parameter(code)
        if parameter is None:
            faults[code] = f"This protocol has no parameter “{code}”."
            continue
        try:
            found.append(
                understand(
                    document,
                    parameter,
                    typed,
                    unit=units.get(code, ""),
                    phase=phase,
                    baseline=baseline.get(code) if phase == Phase.AFTER_DOSE else None,
                )
            )
        except NotUnderstood as wrong:
            faults[code] = f"{parameter.label}: {wrong}"
    return found, faults


def obstacles_to_observe(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    readings: Mapping[str, str],
    stated_at: datetime,
    units: Mapping[str, str] | None = None,
    keep: frozenset[str] = frozenset(),
    miss_reason: str = "",
) -> Iterator[Obstacle]:
    """A set is saved as typed: only nonsense, the future and an empty set are refused."""
    yield from obstacles_to_chart(session, by=by, at=at)
    yield from obstacles_in_time(stated_at, at)
    document = queries.document(session)
    if miss_reason and miss_reason not in {reason.code for reason in document.miss_reasons}:
        yield UNKNOWN_WORD("This protocol has no such reason for a missed set.")
    # After a call for help an entry needs only a time.
    if not readings and not miss_reason and session.help_called_at is None:
        yield EMPTY("Enter at least one value, or say why the set was missed.")
    found, faults = understood(session, readings, units or {})
    for code, fault in faults.items():
        yield UNREADABLE(fault, subject=code)
    for each in found:
        if each.band == BandName.IMPOSSIBLE and each.parameter not in keep:
            parameter = document.parameter(each.parameter)
            label = parameter.label if parameter else each.parameter
            yield IMPOSSIBLE(
                f"{label} {each.typed} is physically impossible. Correct it, or keep it as the"
                " device shows.",
                subject=each.parameter,
            )


def obstacles_to_correct(observation_set: ObservationSet, *, reason: str) -> Iterator[Obstacle]:
    """A correction is a new row with its reason; each set is corrected once, the newest stands."""
    if not reason.strip():
        yield NO_REASON("Say why the first entry is corrected; it stays readable.")
    if queries.successor_of(observation_set) is not None:
        yield CHANGED("Somebody has just corrected this set. Look at it again.")
