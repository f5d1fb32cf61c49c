"""Why an answer the person sent cannot be reviewed now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.checklists import engine
from clinic.checklists.document import Item
from clinic.checklists.models import Form
from clinic.checklists.queries import checklist_of, current_answers
from clinic.screening.sent.models import ReviewedAnswer
from clinic.screening.sent.queries import as_seen, cleared_by, target_of, why_not_the_same
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
ANOTHER = gate(
    "question_not_the_same",
    "The screening does not ask the question as the person was asked it.",
)
CLEARS = gate(
    "follow_up_cleared_unsaid",
    "An answer of staff is cleared only where that was said before: its question is asked no more.",
)


def obstacles_to_review(
    form: Form,
    *,
    by: Any,
    at: datetime,
    items: Sequence[str] | None = None,
    takes: bool = False,
    seen: str | None = None,
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
        yield from _obstacles_in_target(form, items, seen)


def _obstacles_in_target(form: Form, items: Sequence[str], seen: str | None) -> Iterator[Obstacle]:
    target = target_of(form)
    if target is None:
        yield NOT_BEGUN("Begin the screening on these questions first: answers go into it.")
        return
    checklist, sent, stands = checklist_of(target), current_answers(form), current_answers(target)
    taken = {item: sent[item] for item in items if item in sent}
    for item in checklist_of(form).items:
        if item.code in taken and (why := why_not_the_same(item, checklist.item(item.code))):
            yield ANOTHER(f"{_name(item)}: {why} Leave it, or ask the person again.")
    hidden = set(engine.hidden_answers(checklist, {**stands, **taken}))
    for item in checklist.items:
        if item.code in taken and item.code in hidden:
            yield FOLLOWS(f"{_name(item)}: take over the answer it follows as well.")
    if seen != as_seen(target):
        for item in cleared_by(checklist, stands, taken):
            answer = engine.spoken(item, stands[item.code])
            yield CLEARS(
                f"“{_name(item)}” would no longer be asked, and its answer ({answer}) be cleared."
                " Press again to agree."
            )


def _name(item: Item) -> str:
    return f"{item.number} {item.text}".strip()
