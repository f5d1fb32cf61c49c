"""Filling a checklist: every answer is kept, the newest stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.checklists import engine, queries, scoring, signals
from clinic.checklists.document import Checklist
from clinic.checklists.models import STEPS, Answer, Form, Status
from clinic.checklists.rules import (
    obstacles_to_answer,
    obstacles_to_complete,
    obstacles_to_open,
    obstacles_to_reopen,
)
from clinic.workflow import move, refuse_unless_clear


@transaction.atomic
def open_form(
    case: Any,
    *,
    by: Any,
    at: datetime,
    checklist: Checklist,
    purpose: str,
    about_key: Any = None,
    cycle: Any = None,
    by_patient: bool = False,
) -> Form:
    """Open a form on a checklist as it stands now, or go on with the one that is being filled.

    One whose answers have grown too old is not gone on with: it stays readable, and all is asked
    again. A list of one session or visit belongs to it, and is gone on with past midnight.
    """
    case.lock()
    refuse_unless_clear(
        obstacles_to_open(case, by=by, at=at, checklist=checklist, by_patient=by_patient)
    )
    begun = queries.open_form_of(
        case, code=checklist.code, purpose=purpose, about_key=about_key, cycle=cycle
    )
    if begun is not None:
        on = at.astimezone(begun.site.tz).date()
        rows = queries.standing_answers([begun])[begun.pk]
        if about_key is not None or not queries.too_old(begun, rows, on, checklist.freshness_days):
            return begun
        move(begun, Status.ABANDONED, table=STEPS)
        record("form given up", begun, by=by, at=at, reason="Its answers have grown too old.")
    form = Form.objects.create(
        case=case,
        code=checklist.code,
        purpose=purpose,
        about_key=about_key,
        cycle=cycle,
        definition=checklist.model_dump(mode="json"),
        definition_digest=checklist.digest(),
        started_at=at,
        started_by=by,
        by_patient=by_patient,
    )
    record(
        "form opened",
        form,
        by=by,
        at=at,
        code=form.code,
        purpose=purpose,
        checklist=form.definition_digest,
    )
    return form


@transaction.atomic
def answer(
    form: Form,
    *,
    by: Any,
    at: datetime,
    answers: Mapping[str, engine.Answer],
    revision: int,
    by_patient: bool = False,
    said_at: Mapping[str, datetime] | None = None,
) -> Form:
    """Save answers as they were given; what is no longer asked is cleared, and stays readable.

    Only items named in `answers` are touched; an empty answer takes one back. Saving what stands
    already changes nothing and writes nothing. `said_at` names the answers that the person gave
    earlier, and when: they are as old as that.
    """
    _hold(form)
    refuse_unless_clear(
        obstacles_to_answer(
            form, by=by, at=at, answers=answers, revision=revision, by_patient=by_patient
        )
    )
    checklist = queries.checklist_of(form)
    before = queries.current_answers(form)
    after = {code: given for code, given in {**before, **answers}.items() if engine.given(given)}
    for code in engine.hidden_answers(checklist, after):
        del after[code]
    changed = _changed(before, after)
    if not changed:
        return form
    said = said_at or {}
    Answer.objects.bulk_create(
        _row(
            form,
            code,
            after.get(code),
            by=by,
            at=said.get(code, at),
            by_patient=by_patient or code in said,
        )
        for code in changed
    )
    Form.objects.filter(pk=form.pk).update(revision=form.revision + 1, answered_at=at)
    form.revision, form.answered_at = form.revision + 1, at
    raised = [flag for flag in scoring.flags(checklist, after) if flag.item in changed]
    signals.answered.send(sender=Form, form=form, flags=raised, by=by, at=at)
    record(
        "answers saved",
        form,
        by=by,
        at=at,
        revision=form.revision,
        items=changed,
        by_patient=by_patient,
    )
    return form


@transaction.atomic
def complete(form: Form, *, by: Any, at: datetime, by_patient: bool = False) -> Form:
    """Finish a form and score it, where its checklist says how."""
    _hold(form)
    refuse_unless_clear(obstacles_to_complete(form, by=by, at=at, by_patient=by_patient))
    checklist, answers = queries.checklist_of(form), queries.current_answers(form)
    result = scoring.score(checklist, answers) if checklist.scoring else None
    move(
        form,
        Status.COMPLETED,
        table=STEPS,
        completed_at=at,
        completed_by=by,
        total=result.total if result and result.complete else None,
        band=result.band.code if result and result.band else "",
    )
    raised = list(scoring.flags(checklist, answers))
    signals.answered.send(sender=Form, form=form, flags=raised, by=by, at=at)
    record("form completed", form, by=by, at=at, total=form.total, band=form.band)
    return form


@transaction.atomic
def finish(
    form: Form, *, by: Any, at: datetime, answers: Mapping[str, engine.Answer], revision: int
) -> Form:
    """Save the last answers of a form and complete it, or neither."""
    answer(form, by=by, at=at, answers=answers, revision=revision)
    return complete(form, by=by, at=at)


@transaction.atomic
def reopen(form: Form, *, by: Any, at: datetime, reason: str) -> Form:
    """Open a completed form again; its total is worked out anew when it is completed."""
    _hold(form)
    refuse_unless_clear(obstacles_to_reopen(form, by=by, at=at, reason=reason))
    move(
        form,
        Status.OPEN,
        table=STEPS,
        completed_at=None,
        completed_by=None,
        total=None,
        band="",
    )
    record("form opened again", form, by=by, at=at, reason=reason)
    return form


def _hold(form: Form) -> None:
    form.case.lock()
    form.refresh_from_db(fields=["status", "revision", "answered_at", "completed_at"])


def _changed(before: Mapping[str, engine.Answer], after: Mapping[str, engine.Answer]) -> list[str]:
    then, now = engine.as_json(before), engine.as_json(after)
    return sorted(code for code in {**then, **now} if then.get(code) != now.get(code))


def _row(
    form: Form, code: str, given: engine.Answer | None, *, by: Any, at: datetime, by_patient: bool
) -> Answer:
    kept = engine.as_json({code: given})[code] if given else {"value": None}
    return Answer(
        form=form,
        site_id=form.site_id,
        item=code,
        state=str(kept["state"]) if given else Answer.State.CLEARED,
        value=kept["value"],
        answered_at=at,
        answered_by=by,
        by_patient=by_patient,
    )
