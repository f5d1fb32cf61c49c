"""What the person said in their preparation, for those who are with them later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.cases.models import Case
from clinic.checklists.document import Kind
from clinic.checklists.models import Answer, Form
from clinic.checklists.models import Status as FormStatus
from clinic.checklists.queries import checklist_of, standing_answers

PURPOSE = "preparation"
READERS = (Permission.PREPARE, Permission.SUPERVISE, Permission.LEAD_SAFETY)


@dataclass(frozen=True)
class Agreed:
    """One thing that was written down, in the words it was written in."""

    title: str
    words: str
    by: Any
    at: datetime


def agreed_with(case: Case, user: Any) -> list[Agreed]:
    """What was written with the person, of each question the newest words; for who cares for them."""
    if not any(may(user, permission, site=case.site_id) for permission in READERS):
        return []
    rows = Form.objects.filter(case=case, purpose=PURPOSE).exclude(status=FormStatus.ABANDONED)
    forms = list(rows.order_by("pk"))
    newest: dict[str, Agreed] = {}
    answers = standing_answers(forms)
    for form in forms:
        newest |= dict(_written_on(form, answers[form.pk]))
    return list(newest.values())


def _written_on(form: Form, rows: Mapping[str, Answer]) -> Iterator[tuple[str, Agreed]]:
    for item in checklist_of(form).items:
        row = rows.get(item.code)
        if item.kind == Kind.TEXT and row is not None and row.value:
            yield item.code, Agreed(item.text, row.value, row.answered_by, row.answered_at)
