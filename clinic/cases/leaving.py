"""The ways off the path and back, each with its consequences in words: the lifecycle page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404

from clinic.cases import actions, rules
from clinic.cases.forms import MayBeReasonForm, ReasonForm
from clinic.cases.models import Case
from clinic.workflow import STATUS, Obstacle


@dataclass(frozen=True)
class Way:
    """One act of the lifecycle page: what it does, and what follows from it."""

    code: str
    title: str
    button: str
    consequences: str
    act: Callable
    obstacles_to: Callable
    form: type[forms.Form] = ReasonForm
    icon: str = "flag"
    kind: str = "secondary"


@dataclass(frozen=True)
class Shown:
    """A way as one person sees it for one case."""

    way: Way
    form: forms.Form
    obstacles: list[Obstacle] = field(default_factory=list)

    @property
    def is_of_this_stage(self) -> bool:
        return STATUS.code not in {obstacle.code for obstacle in self.obstacles}


WAYS = [
    Way(
        "suspend",
        "Suspend for safety",
        "Suspend this case",
        "No dose can be prepared or given until somebody who decides eligibility lets the case go"
        " on. Planned visits stay in the diary. The case remembers the stage it left.",
        actions.suspend,
        rules.obstacles_to_suspend,
        icon="pause",
        kind="danger",
    ),
    Way(
        "resume",
        "Let the case go on",
        "Let it go on",
        "The case returns to the stage it left. Everything before the dose is asked again.",
        actions.resume,
        rules.obstacles_to_resume,
        icon="play",
        kind="primary",
    ),
    Way(
        "withdraw",
        "The person withdraws",
        "Record the withdrawal",
        "The person does not wish to go on. Planned visits and contacts are cancelled; the case can"
        " then only be closed. A new referral opens a new case.",
        actions.withdraw,
        rules.obstacles_to_withdraw,
        form=MayBeReasonForm,
        icon="arrow-left",
    ),
    Way(
        "lose",
        "Lost to follow-up",
        "Record as lost",
        "The person cannot be reached. Say what was tried. Planned visits are cancelled; the case"
        " may go on if they return.",
        actions.lose,
        rules.obstacles_to_lose,
        icon="phone",
    ),
    Way(
        "close",
        "Close the case",
        "Close the case",
        "Nothing of it waits for anybody any more. Late facts can still be added to a closed case.",
        actions.close,
        rules.obstacles_to_close,
        icon="check-circle",
    ),
]


def way(code: str) -> Way:
    """One way by its code, or no such page."""
    for each in WAYS:
        if each.code == code:
            return each
    raise Http404("There is no such act.")


def ways(case: Case, *, by: Any, at: datetime, form: forms.Form | None) -> list[Shown]:
    """Every way for one case, the open ones first, each with what stands in its way."""
    return sorted(_shown(case, by=by, at=at, form=form), key=lambda each: bool(each.obstacles))


def _shown(case: Case, *, by: Any, at: datetime, form: forms.Form | None) -> list[Shown]:
    return [
        Shown(
            each,
            form if form is not None and form.prefix == each.code else each.form(prefix=each.code),
            list(each.obstacles_to(case, by=by, at=at)),
        )
        for each in WAYS
    ]
