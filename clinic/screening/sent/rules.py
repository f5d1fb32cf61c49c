"""Why an answer the person sent cannot be reviewed now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.checklists import engine
from clinic.checklists.models import Form
from clinic.checklists.queries import checklist_of, current_answers
from clinic.screening.sent.models import ReviewedAnswer
from clinic.screening.sent.queries import target_of
from clinic.workflow import CHANGED, ROLE, Obstacle, gate

NOTHING_CHOSEN = gate("no_answer_chosen", "Nothing was chosen of what the person sent.")
NOT_BEGUN = gate(
    "no_screening_to_take_over_into",
    "There is no screening on the same questions into which an answer could be taken over.",
    clears="screening:form",
)
FOLLOWS = gate(
    "answer_follows_another",
    "The question is asked only after another answer, which the screening does not have.",
)


def obstacles_to_review(
    form: Form, *, by: Any, at: datetime, items: Sequence[str] | None = None, takes: bool = False
) -> Iterator[Obstacle]:
    """Who screens at the site takes each answer over, or leaves it beside what was written, once.

    Asked by a page before anything is chosen, `items` is None.
    """
    if not may(by, Permission.SCREEN, site=form.site_id):
        yield ROLE("None of your roles at this site fills screening forms.")
    if items is None:
        return
    if not items:
        yield NOTHING_CHOSEN("Choose at least one answer.")
    if ReviewedAnswer.objects.filter(form=form, item__in=items).exists():
        yield CHANGED("Somebody else has just reviewed one of these. Look again, then decide.")
    if takes:
        yield from _obstacles_in_target(form, items)


def _obstacles_in_target(form: Form, items: Sequence[str]) -> Iterator[Obstacle]:
    target = target_of(form)
    if target is None:
        yield NOT_BEGUN("Begin the screening on these questions first: answers go into it.")
        return
    checklist, sent = checklist_of(form), current_answers(form)
    after = {**current_answers(target), **{item: sent[item] for item in items if item in sent}}
    hidden = set(engine.hidden_answers(checklist, after))
    for item in checklist.items:
        if item.code in items and item.code in hidden:
            where = f"{item.number} {item.text}".strip()
            yield FOLLOWS(f"{where}: take over the answer it follows as well.")
