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
from clinic.checklists.document import Checklist, Item
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
    sent_on: datetime
    stands: str
    written: Answer | None
    review: ReviewedAnswer | None
    why_not: str  # why the screening cannot take it over as an answer; nothing where it can
    reads: str  # the question as the screening words it, where it was put right since
    clears: tuple[str, ...]  # the follow-ups staff answered that it makes never asked

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
    """The screening of the same case into which an answer can be taken over.

    It may be filled on a version of the form that was corrected since, or not yet: whether a
    question stands unchanged is asked of each.
    """
    target = current_form(form.case)
    return target if target is not None and target.code == form.code else None


def as_seen(target: Form | None) -> str:
    """What a page shows of the screening, to notice that it has been answered on since."""
    return f"{target.key} {target.revision}" if target else ""


def why_not_the_same(asked: Item, stands: Item | None) -> str:
    """Why an answer to one question is none to the other, in words; nothing where it is one."""
    if stands is None:
        return "The screening does not ask this question."
    if asked.kind != stands.kind or asked.instrument != stands.instrument:
        return f"The screening asks it in another way: {stands.kind.words}, not {asked.kind.words}."
    if asked.unit != stands.unit:
        return f"The screening asks it in another unit: {stands.unit or 'none'}."
    if _choices(asked) != _choices(stands):
        return "The screening has other choices for it."
    return ""


def cleared_by(
    checklist: Checklist, stands: engine.Answers, taken: engine.Answers
) -> tuple[Item, ...]:
    """The questions staff answered that are never asked once some answers are taken over."""
    hidden = set(engine.hidden_answers(checklist, {**stands, **taken}))
    return tuple(
        item
        for item in checklist.items
        if item.code in hidden and item.code in stands and item.code not in taken
    )


def _choices(item: Item) -> dict[str, str]:
    return {option.code: option.label for option in item.options}


def side_by_side(form: Form) -> list[Said]:
    """Every question the person answered, in the order of the form."""
    target = target_of(form)
    forms = [form, target] if target else [form]
    rows = standing_answers(forms)
    reviews = {
        row.item: row
        for row in ReviewedAnswer.objects.filter(form=form).select_related("reviewed_by")
    }
    checklist = checklist_of(target) if target else None
    return [
        _said(item, rows[form.pk], rows[target.pk] if target else {}, checklist, reviews)
        for item in checklist_of(form).items
        if item.code in rows[form.pk]
    ]


def _said(
    item: Item,
    sent: dict[str, Answer],
    written: dict[str, Answer],
    checklist: Checklist | None,
    reviews: dict[str, ReviewedAnswer],
) -> Said:
    stands, answer = as_answers(written), as_answers(sent)[item.code]
    asked = checklist.item(item.code) if checklist else None
    why_not = why_not_the_same(item, asked) if checklist else ""
    review = reviews.get(item.code)
    falls: tuple[Item, ...] = ()
    if checklist and not why_not and review is None:
        falls = cleared_by(checklist, stands, {item.code: answer})
    return Said(
        item=item.code,
        number=item.number,
        text=item.text,
        sent=engine.spoken(item, answer),
        sent_on=sent[item.code].answered_at,
        stands=engine.spoken(asked or item, stands.get(item.code)),
        written=written.get(item.code),
        review=review,
        why_not=why_not,
        reads=asked.text if asked and asked.text != item.text else "",
        clears=tuple(
            f"{each.number} {each.text} ({engine.spoken(each, stands[each.code])})".strip()
            for each in falls
        ),
    )


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
