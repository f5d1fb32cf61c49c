"""What aftercare does when something happens below it; each inside the act's own transaction."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from clinic.attention import actions as attention
from clinic.attention.models import Urgency
from clinic.cases.models import Patient
from clinic.cases.models import Status as CaseStatus
from clinic.cases.signals import corrected, left
from clinic.checklists.models import Answer, Form
from clinic.checklists.models import Status as FormStatus
from clinic.checklists.signals import answered
from clinic.messages.models import Message
from clinic.messages.signals import sent
from sessions.aftercare import actions, queries
from sessions.aftercare.models import Touchpoint
from sessions.integration.signals import finished
from sessions.supervised.signals import ended

ENDS = {CaseStatus.WITHDRAWN, CaseStatus.CLOSED, CaseStatus.DIED}


@receiver(ended, dispatch_uid="aftercare.ended")
def plan_contacts(sender: Any, session: Any, by: Any, at: Any, **kwargs: Any) -> None:
    """A person has left a session: what follows is planned at once, for everyone given a dose."""
    if session.dosed_at is not None:
        actions.plan(session, by=by, at=at)


@receiver(finished, dispatch_uid="aftercare.visit")
def contact_by_visit(sender: Any, visit: Any, by: Any, at: Any, **kwargs: Any) -> None:
    """A visit that took place is the contact it was planned as."""
    actions.visit_held(visit, by=by, at=at)


@receiver(sent, sender=Message, dispatch_uid="aftercare.sent")
def letter_has_gone(sender: Any, message: Message, by: Any, at: Any, **kwargs: Any) -> None:
    """The contact shows that its letter went."""
    if message.kind == actions.LETTER:
        touchpoint = Touchpoint.objects.select_related("case").get(key=message.about_key)
        actions.letter_sent(touchpoint, by=by, at=at)


@receiver(answered, sender=Form, dispatch_uid="aftercare.red_flags")
def red_flags(sender: Any, form: Form, flags: list, by: Any, at: Any, **kwargs: Any) -> None:
    """Every positive answer reaches a named person at once, the form finished or not."""
    for flag in flags:
        given = Answer.objects.filter(form=form, item=flag.item).order_by("-pk").first()
        attention.raise_matter(
            by=by,
            at=at,
            kind="red_flag",
            words=f"{form.definition['title']}: {flag.message}",
            urgency=Urgency.RED,
            occurrence=f"red-flag/{given.key}/{flag.code}",
            case=form.case,
            about_key=form.key,
        )


@receiver(answered, sender=Form, dispatch_uid="aftercare.answered")
def contact_answered(sender: Any, form: Form, by: Any, at: Any, **kwargs: Any) -> None:
    """A finished questionnaire of a contact counts towards its being answered."""
    touchpoint = queries.touchpoint_of_form(form) if form.status == FormStatus.COMPLETED else None
    if touchpoint is not None:
        actions.questions_answered(touchpoint, by=by, at=at)


@receiver(left, dispatch_uid="aftercare.left")
def leave_in_peace(sender: Any, case: Any, status: str, by: Any, at: Any, **kwargs: Any) -> None:
    """Who has died, withdrawn or finished is contacted no more; who is lost or held still is."""
    if status in ENDS:
        actions.cancel_all(case, by=by, at=at, words=f"The case has ended: {status}.")


@receiver(corrected, sender=Patient, dispatch_uid="aftercare.zone")
def move_with_the_person(
    sender: Any, patient: Patient, changed: list, by: Any, at: Any, **kwargs: Any
) -> None:
    """Who moves to another zone is contacted at the same hour there."""
    if "zone" in changed:
        for case in patient.cases.order_by("pk"):
            actions.keep_local_time(case, by=by, at=at)
