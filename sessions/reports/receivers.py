"""What is reported is planned in the very transaction of what it is about."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from sessions.reports import actions
from sessions.supervised.signals import over, untoward


@receiver(over, dispatch_uid="reports.over")
def of_a_session(sender: Any, session: Any, by: Any, at: Any, **kwargs: Any) -> None:
    """A session is over, whatever way it ended."""
    if session.dosed_at is not None:
        actions.plan_for_session(session, by=by, at=at)


@receiver(untoward, dispatch_uid="reports.untoward")
def of_an_event(sender: Any, adverse_event: Any, by: Any, at: Any, **kwargs: Any) -> None:
    """Something untoward was reported or assessed."""
    actions.plan_for_event(adverse_event, by=by, at=at)
