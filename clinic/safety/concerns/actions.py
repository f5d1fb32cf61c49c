"""Raise a concern, hear it, write down what was done, close it. No row of the trail says what."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.context import writing_unheard
from clinic.people.models import Site
from clinic.safety import kinds
from clinic.safety.concerns import queries
from clinic.safety.concerns.models import Concern, ConcernNote
from clinic.safety.concerns.rules import (
    obstacles_to_close,
    obstacles_to_hear,
    obstacles_to_note,
    obstacles_to_raise,
    obstacles_to_tell_through,
)
from clinic.workflow import alone, lock, refuse_unless_clear


@transaction.atomic
def raise_concern(
    site: Site,
    *,
    by: Any,
    at: datetime,
    words: str,
    patient: Any = None,
    about_user: Any = None,
    through_key: Any = None,
) -> Concern:
    """Tell the safety lead and nobody else; a patient tells it through a link, without a name."""
    if through_key:
        alone(f"told through {through_key}")
        refuse_unless_clear(obstacles_to_tell_through(through_key, at=at))
    refuse_unless_clear(
        obstacles_to_raise(site, by=by, at=at, patient=patient, about_user=about_user)
    )
    key = uuid.uuid4()
    with writing_unheard(key):
        concern = Concern.objects.create(
            key=key,
            site=site,
            patient=patient,
            about_user=about_user,
            words=words,
            from_patient=through_key is not None,
            through_key=through_key,
            raised_at=at,
            raised_by=by,
        )
    told = queries.hearers(site, patient=patient, about_user=about_user)
    kinds.tell(concern, told, by=by, at=at, due_at=at)
    # What nobody has taken after a day is said to the other safety leads as well, and to no others.
    others = queries.hearers(site, patient=patient, about_user=about_user, everywhere=True)
    kinds.tell(concern, others, by=by, at=at, due_at=at + kinds.A_DAY, time="again")
    record("concern raised", concern, by=by, at=at)
    return concern


@transaction.atomic
def hear(concern: Concern, *, by: Any, at: datetime) -> Concern:
    """Take a concern: from now on this person looks after it."""
    lock(concern)
    refuse_unless_clear(obstacles_to_hear(concern, by=by, at=at))
    concern.heard_at, concern.heard_by = at, by
    concern.save(update_fields=["heard_at", "heard_by"])
    record("concern heard", concern, by=by, at=at)
    return concern


@transaction.atomic
def note(concern: Concern, *, by: Any, at: datetime, words: str) -> ConcernNote:
    """Write down what was done about a concern."""
    lock(concern)
    refuse_unless_clear(obstacles_to_note(concern, by=by, at=at))
    written = ConcernNote.objects.create(concern=concern, noted_at=at, noted_by=by, words=words)
    record("concern noted on", concern, by=by, at=at)
    return written


@transaction.atomic
def close(concern: Concern, *, by: Any, at: datetime, outcome: str) -> Concern:
    """Close a concern with what came of it."""
    lock(concern)
    refuse_unless_clear(obstacles_to_close(concern, by=by, at=at))
    concern.closed_at, concern.closed_by, concern.outcome = at, by, outcome
    concern.save(update_fields=["closed_at", "closed_by", "outcome"])
    record("concern closed", concern, by=by, at=at)
    return concern
