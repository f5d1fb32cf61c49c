"""Why a form cannot be filled, completed or opened again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.checklists import engine, queries
from clinic.checklists.document import Checklist
from clinic.checklists.models import STEPS, TO_REVIEW, Form, Status
from clinic.workflow import CHANGED, ROLE, Basis, Obstacle, gate, obstacles_in_status

MALFORMED = gate(
    "answer_not_possible", "An answer cannot be one to its question.", clears="checklists:fill"
)
INCOMPLETE = gate(
    "incomplete", "A question that must be answered has no answer.", clears="checklists:fill"
)
NO_WORDS = gate(
    "instrument_text_not_loaded",
    "The words of the form are not part of Vigil and have not been loaded.",
    basis=Basis.LAW,
    citation="The licence of whoever holds the rights to its words",
    clears="wording:show",
)
RESULT_ALONE = gate(
    "result_slot_not_asked", "A form that takes only a result cannot be put before a person."
)
NO_REASON = gate("reopened_without_reason", "A completed form is opened again for a reason.")

FILLING = (
    Permission.SCREEN,
    Permission.PREPARE,
    Permission.SUPERVISE,
    Permission.INTEGRATE,
    Permission.FOLLOW_UP,
)


def obstacles_to_open(
    case: Any, *, by: Any, at: datetime, checklist: Checklist, by_patient: bool
) -> Iterator[Obstacle]:
    """Care and intake staff open forms that have their words; the patient's are opened for them."""
    yield from _obstacles_in_role(case.site_id, by, by_patient)
    if checklist.waits_for_its_text:
        yield NO_WORDS(
            f"The text of {checklist.title} is not loaded; its licence does not let it ship.",
            subject=checklist.code,
        )
    if checklist.takes_a_result and by_patient:
        yield RESULT_ALONE(
            f"Of {checklist.title} only the result is written down; nobody can be asked it here."
        )


def obstacles_to_answer(
    form: Form,
    *,
    by: Any,
    at: datetime,
    answers: Mapping[str, engine.Answer],
    revision: int | None = None,
    by_patient: bool = False,
) -> Iterator[Obstacle]:
    """Answers go into an open form, over what their giver has seen, and must be possible."""
    if form.status != Status.OPEN:
        # It has been completed meanwhile, or was before: either way it is opened again first.
        yield from obstacles_in_status(form, Status.COMPLETED, STEPS)
    yield from _obstacles_in_role(form.site_id, by, by_patient)
    yield from _obstacles_in_whose_it_is(form, by_patient)
    if revision is not None and form.revision != revision:
        yield CHANGED("Somebody else has answered on this form since you opened it.")
    checklist = queries.checklist_of(form)
    faults = engine.problems(checklist, {**queries.current_answers(form), **answers})
    for code in answers:
        item = checklist.item(code)
        for sentence in faults.get(code, []):
            where = f"{item.number} {item.text}".strip() if item else code
            yield MALFORMED(f"{where}: {sentence}", subject=str(form.key))


def obstacles_to_complete(
    form: Form, *, by: Any, at: datetime, by_patient: bool = False
) -> Iterator[Obstacle]:
    """A form is complete when every question that is asked and required has an answer."""
    yield from obstacles_in_status(form, Status.COMPLETED, STEPS)
    yield from _obstacles_in_role(form.site_id, by, by_patient)
    yield from _obstacles_in_whose_it_is(form, by_patient)
    checklist, answers = queries.checklist_of(form), queries.current_answers(form)
    for item in engine.missing(checklist, answers):
        yield INCOMPLETE(f"{item.number} {item.text}".strip(), subject=str(form.key))


def obstacles_to_reopen(
    form: Form, *, by: Any, at: datetime, reason: str = "-"
) -> Iterator[Obstacle]:
    """A completed form is opened again by staff, saying why."""
    yield from obstacles_in_status(form, Status.OPEN, STEPS)
    yield from _obstacles_in_role(form.site_id, by, by_patient=False)
    yield from _obstacles_in_whose_it_is(form, by_patient=False)
    if not reason.strip():
        yield NO_REASON("Say why the form is opened again.")


def _obstacles_in_role(site_id: int, by: Any, by_patient: bool) -> Iterator[Obstacle]:
    # A patient has no role: their link is what lets them in, and the system acts for them.
    if by_patient and by.is_system:
        return
    if not any(may(by, permission, site=site_id) for permission in FILLING):
        yield ROLE("None of your roles at this site fills forms.")


def _obstacles_in_whose_it_is(form: Form, by_patient: bool) -> Iterator[Obstacle]:
    if form.purpose == TO_REVIEW and not by_patient:
        yield ROLE("Only the person themselves fills this form. Review what they answered.")
