"""One gate to the dose in a line: the same on the case file and on the page of the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clinic.cases.models import Case
from clinic.pages.templatetags.vigil import moment
from sessions.preparation.clearing import where_to_clear
from sessions.preparation.rules import GateStep


@dataclass(frozen=True)
class Tick:
    """One gate in a word: open and until when, shut for a reason, or not asked before the day."""

    label: str
    ok: bool | None
    reason: str = ""
    href: str = ""  # where it is cleared, for a reader who may clear it


def tick_of(step: GateStep, *, case: Case, by: Any) -> Tick:
    """How a gate stands for this reader, and where they may clear it."""
    if step.waits_for:
        return Tick(step.title, None, f"asked {step.word.lower()}")
    if step.obstacles:
        first = step.obstacles[0]
        return Tick(step.title, False, first.message, where_to_clear(first, case=case, by=by))
    reasons = ["decided past"] if step.decided else []
    if step.clear_until:
        reasons.append(f"until {moment(step.clear_until)}")
    return Tick(step.title, True, ", ".join(reasons))
