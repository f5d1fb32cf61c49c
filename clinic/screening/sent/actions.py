"""Review what a person sent back of their screening, answer by answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.checklists.models import Form
from clinic.checklists.queries import as_answers, standing_answers
from clinic.screening import actions as screening
from clinic.screening.sent.models import ReviewedAnswer
from clinic.screening.sent.queries import target_of
from clinic.screening.sent.rules import obstacles_to_review
from clinic.workflow import refuse_unless_clear


@transaction.atomic
def review(
    form: Form,
    *,
    by: Any,
    at: datetime,
    items: Sequence[str],
    takes: bool,
    seen: str | None = None,
) -> Form:
    """Take answers of the person over into the screening, or leave them beside what was written.

    An answer taken over is as old as the day on which the person gave it. What staff wrote before
    stays readable as the earlier answer; a decision signed on it has to be made again. `seen` is
    the screening that a page has shown, with what would be cleared.
    """
    form.case.lock()
    refuse_unless_clear(
        obstacles_to_review(form, by=by, at=at, items=items, takes=takes, seen=seen)
    )
    target = target_of(form) if takes else None
    if target is not None:
        sent = standing_answers([form])[form.pk]
        chosen = {item: sent[item] for item in items}
        screening.save(
            form.case,
            target,
            by=by,
            at=at,
            answers=as_answers(chosen),
            revision=target.revision,
            said_at={item: row.answered_at for item, row in chosen.items()},
        )
    ReviewedAnswer.objects.bulk_create(
        ReviewedAnswer(
            form=form,
            site_id=form.site_id,
            item=item,
            is_taken=takes,
            reviewed_at=at,
            reviewed_by=by,
        )
        for item in items
    )
    words = "answers taken over" if takes else "answers left beside"
    record(words, form, by=by, at=at, items=list(items))
    return form
