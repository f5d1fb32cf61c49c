"""Make a link, send or hand it over, take it back; and what comes in through it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.checklists import actions as checklists
from clinic.checklists.models import Form
from clinic.checklists.wording.queries import in_use
from clinic.links.kinds import SENT
from clinic.links.models import PatientLink
from clinic.links.rules import (
    obstacles_to_answer,
    obstacles_to_make_link,
    obstacles_to_offer,
    obstacles_to_revoke,
    obstacles_to_tell,
)
from clinic.links.tokens import digest_of, new_token
from clinic.messages import actions as messages
from clinic.people.queries import system_user
from clinic.safety.concerns import actions as concerns
from clinic.safety.concerns.models import Concern
from clinic.workflow import refuse_unless_clear

DAYS = 7  # house: how long a link stays open unless the protocol says otherwise


@transaction.atomic
def make_link(
    form: Form, *, by: Any, at: datetime, days: float = DAYS, packet_key: uuid.UUID | None = None
) -> tuple[PatientLink, str]:
    """Make a link that opens one form for a while; its secret is told once and not kept."""
    form.case.lock()
    refuse_unless_clear(obstacles_to_make_link(form, by=by, at=at))
    key = uuid.uuid4()
    token = new_token(key)
    link = PatientLink.objects.create(
        key=key,
        case=form.case,
        form=form,
        packet_key=packet_key,
        token_digest=digest_of(token),
        made_at=at,
        made_by=by,
        expires_at=at + timedelta(days=days),
    )
    record("link made", link, by=by, at=at, form=form.key, expires_at=link.expires_at)
    return link, token


@transaction.atomic
def offer(
    case: Any, *, by: Any, at: datetime, code: str, by_email: bool, purpose: str = "measure"
) -> PatientLink:
    """Put a questionnaire before a person: by e-mail, or as a link handed over on the spot."""
    case.lock()
    refuse_unless_clear(obstacles_to_offer(case, by=by, at=at, by_email=by_email))
    form = checklists.open_form(
        case, by=by, at=at, checklist=in_use()[code], purpose=purpose, by_patient=True
    )
    link, _ = make_link(form, by=by, at=at)
    if by_email:
        messages.queue(
            by=by,
            at=at,
            kind=SENT,
            occurrence=f"link/{link.key}",
            due_at=at,
            case=case,
            about_key=link.key,
        )
    return link


@transaction.atomic
def revoke(link: PatientLink, *, by: Any, at: datetime) -> PatientLink:
    """Take a link back: from now on it opens nothing, and an unsent letter with it stays here.

    What went out as one address is taken back as one; what was sent back already stays.
    """
    link.case.lock()
    link.refresh_from_db()
    refuse_unless_clear(obstacles_to_revoke(link, by=by, at=at))
    link.revoked_at, link.revoked_by = at, by
    link.save(update_fields=["revoked_at", "revoked_by"])
    keys = [link.key]
    if link.packet_key:
        others = PatientLink.objects.filter(
            packet_key=link.packet_key, revoked_at=None
        ).select_for_update()
        keys += [each.key for each in others]
        still_open = others.filter(finished_at=None)
        still_open.update(revoked_at=at, revoked_by=by)
    for key in keys:
        messages.cancel_all(link.case, by=by, at=at, about_key=key, reason="Link taken back.")
    record("link taken back", link, by=by, at=at)
    return link


# -- What comes in through a link: the patient answers, the system writes it down ------------


@transaction.atomic
def answer(
    link: PatientLink, *, by: Any, at: datetime, answers: Mapping[str, Any], revision: int
) -> PatientLink:
    """Keep the answers the person has given so far; they may come back and go on."""
    link.case.lock()
    link.refresh_from_db()
    refuse_unless_clear(obstacles_to_answer(link, at=at))
    if link.opened_at is None:
        link.opened_at = at
        link.save(update_fields=["opened_at"])
    checklists.answer(
        link.form, by=system_user(), at=at, answers=answers, revision=revision, by_patient=True
    )
    record("answered through a link", link, by=system_user(), at=at)
    return link


@transaction.atomic
def finish(
    link: PatientLink, *, by: Any, at: datetime, answers: Mapping[str, Any], revision: int
) -> PatientLink:
    """Keep the last answers, finish the form, and shut the link behind it."""
    answer(link, by=by, at=at, answers=answers, revision=revision)
    checklists.complete(link.form, by=system_user(), at=at, by_patient=True)
    link.finished_at = at
    link.save(update_fields=["finished_at"])
    record("finished through a link", link, by=system_user(), at=at)
    return link


@transaction.atomic
def tell(
    *, link: PatientLink, by: Any, at: datetime, words: str, about_user: Any = None
) -> Concern:
    """The person tells somebody other than their therapist; nothing of it is in their case."""
    refuse_unless_clear(obstacles_to_tell(link, at=at))
    return concerns.raise_concern(
        link.site,
        by=system_user(),
        at=at,
        words=words,
        patient=link.case.patient,
        about_user=about_user,
        through_key=link.key,
    )


@transaction.atomic
def close_all(case: Any, *, by: Any, at: datetime) -> None:
    """Shut every link of a case that has ended, and send nothing more to the person."""
    case.lock()
    still_open = PatientLink.objects.filter(
        case=case, revoked_at__isnull=True, finished_at__isnull=True
    )
    shut = still_open.update(revoked_at=at, revoked_by=by)
    stopped = messages.cancel_all(case, by=by, at=at, reason="The case has ended.")
    if shut or stopped:
        record("links shut", case, by=by, at=at, links=shut, messages=stopped)
