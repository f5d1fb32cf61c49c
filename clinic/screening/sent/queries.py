"""What people sent back of their screening, beside what staff wrote; and what is still to review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.access import Permission, in_reach
from clinic.cases.models import OPEN, Case
from clinic.cases.queries import Turn, Wanted
from clinic.checklists import engine
from clinic.checklists.models import TO_REVIEW, Answer, Form, Status
from clinic.checklists.queries import as_answers, checklist_of, standing_answers
from clinic.links.models import PatientLink
from clinic.screening.queries import current_form
from clinic.screening.sent.models import ReviewedAnswer


@dataclass(frozen=True)
class Said:
    """One question the person answered: what they said, what staff wrote, what became of it."""

    item: str
    number: str
    text: str
    sent: str
    stands: str
    written: Answer | None
    review: ReviewedAnswer | None

    @property
    def is_same(self) -> bool:
        """Whether staff wrote the very same."""
        return self.written is not None and self.sent == self.stands


def sent_by(at: datetime) -> QuerySet[Form]:
    """The screenings people sent back, and those left half filled whose link is over."""
    opens = PatientLink.objects.filter(
        form=OuterRef("pk"), revoked_at=None, finished_at=None, expires_at__gt=at
    )
    left = Q(status=Status.OPEN, answered_at__isnull=False) & ~Exists(opens)
    return Form.objects.filter(Q(status=Status.COMPLETED) | left, purpose=TO_REVIEW)


def visible_sent(user: Any, at: datetime) -> QuerySet[Form]:
    """What people answered of their screening, of the cases this person may open."""
    return (
        sent_by(at)
        .filter(in_reach(user, Permission.SEE_CASE))
        .select_related("site", "case__site", "case__patient", "case__protocol_version__protocol")
    )


def target_of(form: Form) -> Form | None:
    """The screening of the same case that is filled on the same questions."""
    target = current_form(form.case)
    if target is None or checklist_of(target).persons_part().digest() != form.definition_digest:
        return None
    return target


def side_by_side(form: Form) -> list[Said]:
    """Every question the person answered, in the order of the form."""
    target = target_of(form)
    forms = [form, target] if target else [form]
    rows = standing_answers(forms)
    sent, written = rows[form.pk], rows[target.pk] if target else {}
    sent_answers, stands = as_answers(sent), as_answers(written)
    reviews = {
        row.item: row
        for row in ReviewedAnswer.objects.filter(form=form).select_related("reviewed_by")
    }
    return [
        Said(
            item.code,
            item.number,
            item.text,
            engine.spoken(item, sent_answers[item.code]),
            engine.spoken(item, stands.get(item.code)),
            written.get(item.code),
            reviews.get(item.code),
        )
        for item in checklist_of(form).items
        if item.code in sent
    ]


def wants_at(cases: Iterable[Case], at: datetime) -> dict[int, list[Wanted]]:
    """What people answered that waits for somebody to review it, by case."""
    # A link stays open past the decision: what comes back then may still change it.
    waiting = [case for case in cases if case.status in OPEN]
    forms = list(sent_by(at).filter(case__in=waiting).defer("definition"))
    found: dict[int, list[Wanted]] = {}
    for form, (sent, done) in zip(forms, _sent_and_done(forms), strict=True):
        if left := len(sent - done):
            found.setdefault(form.case_id, []).append(_wanted(form, left))
    return found


def reviewed_whole(numbers: list[int]) -> set[int]:
    """Of these forms, those that hold answers of the person and none that waits for a review."""
    forms = list(Form.objects.filter(pk__in=numbers, purpose=TO_REVIEW).defer("definition"))
    each = zip(forms, _sent_and_done(forms), strict=True)
    return {form.pk for form, (sent, done) in each if sent and sent <= done}


def _sent_and_done(forms: list[Form]) -> list[tuple[set[str], set[str]]]:
    """By form, which questions the person answered, and which answers were reviewed."""
    sent = standing_answers(forms)
    done: dict[int, set[str]] = {form.pk: set() for form in forms}
    rows = ReviewedAnswer.objects.filter(form__in=forms)
    for form_id, item in rows.values_list("form_id", "item"):
        done[form_id].add(item)
    return [(set(sent[form.pk]), done[form.pk]) for form in forms]


def _wanted(form: Form, left: int) -> Wanted:
    answers = "one answer" if left == 1 else f"{left} answers"
    return Wanted(
        f"{answers} of the person to review",
        "screening:review",
        subject=str(form.key),
        turn=Turn.INTAKE,
        since=form.completed_at or form.answered_at,
    )
