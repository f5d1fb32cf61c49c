"""What a person who comes back answered last time: read beside the form, never carried into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.checklists import engine
from clinic.checklists.models import Form, Status
from clinic.checklists.queries import as_answers, checklist_of, knows, standing_answers

AT_MOST = 40  # answered forms of other cases, the newest first


@dataclass(frozen=True)
class LastTime:
    """The answer a person gave to the same question in another case."""

    spoken: str
    at: datetime
    by: Any
    by_patient: bool


def last_time(form: Form) -> dict[str, LastTime]:
    """By item, what stood last on a form of another case of the same person.

    A question is the same one where its code and its words are.
    """
    found: dict[str, LastTime] = {}
    asked = {item.code: item for item in checklist_of(form).items}
    earlier = _forms_before(form)
    answers = standing_answers(earlier)
    for one in earlier:
        rows = answers[one.pk]
        said = as_answers(rows)
        for item in checklist_of(one).items:
            same = asked.get(item.code)
            if item.code in found or item.code not in said or not same or same.text != item.text:
                continue
            row = rows[item.code]
            found[item.code] = LastTime(
                engine.spoken(item, said[item.code]), row.answered_at, row.answered_by,
                row.by_patient,
            )  # fmt: skip
    return found


def _forms_before(form: Form) -> list[Form]:
    """The answered forms of the person's other cases, in as many questions for one as for forty."""
    forms = list(
        Form.objects.filter(case__patient=form.case.patient_id, answered_at__isnull=False)
        .exclude(case=form.case_id)
        .exclude(status=Status.ABANDONED)
        .select_related("site")
        .defer("definition")
        .order_by("-answered_at", "-pk")[:AT_MOST]
    )
    unread = {one.definition_digest: one.pk for one in forms if not knows(one)}
    for one in Form.objects.filter(pk__in=unread.values()) if unread else ():
        checklist_of(one)
    return forms
