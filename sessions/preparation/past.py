"""How often each gate was decided past, for the safety lead's page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from clinic.access import Permission, in_reach
from clinic.safety import counted
from clinic.workflow import GATES
from sessions.preparation.models import DecisionPast


def by_month_and_gate(user: Any, on: date) -> Iterable[counted.Decided]:
    """What was decided past in the last twelve months, the newest month first."""
    since = on.replace(year=on.year - 1, day=1)
    decisions = (
        DecisionPast.objects.filter(
            in_reach(user, Permission.LEAD_SAFETY, patient="cycle__case__patient"),
            on_day__gte=since,
        )
        .select_related("cycle__case__patient")
        .order_by("-on_day__year", "-on_day__month", "code", "pk")
    )
    for (month, code), rows in groupby(
        decisions, lambda row: (row.on_day.replace(day=1), row.code)
    ):
        yield counted.Decided(month, GATES[code].meaning, tuple(row.cycle.case for row in rows))


counted.register(by_month_and_gate)
