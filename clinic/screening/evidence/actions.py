"""Results are entered with their papers, taken back, and their files opened."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.cases import actions as cases
from clinic.cases.models import STEPS, Case, Status
from clinic.screening import queries as screenings
from clinic.screening.evidence.contents import Given
from clinic.screening.evidence.models import Evidence, EvidenceFile
from clinic.screening.evidence.queries import asked
from clinic.screening.evidence.rules import (
    TAKEN_BACK,
    obstacles_to_enter,
    obstacles_to_open_file,
    obstacles_to_withdraw,
)
from clinic.workflow import Refused, refuse_unless_clear


@transaction.atomic
def enter(
    case: Case,
    *,
    by: Any,
    at: datetime,
    code: str,
    result: str,
    shows: str,
    done_on: date,
    done_by: str,
    file: Given | None = None,
) -> Evidence:
    """Keep a result of a day, by whom, with the paper or picture of it, encrypted."""
    case.lock()
    digest = file.digest if file else ""
    refuse_unless_clear(
        obstacles_to_enter(
            case, by=by, at=at, code=code, result=result, done_on=done_on, digest=digest
        )
    )
    wanted = asked(case, code, on=at.astimezone(case.site.tz).date())
    assert wanted is not None  # the rules have refused otherwise
    evidence = Evidence.objects.create(
        case=case,
        code=code,
        asked=wanted.words,
        result=result.strip(),
        shows=shows,
        done_on=done_on,
        done_by=done_by.strip(),
        file_kind=file.kind if file else "",
        file_size=len(file.content) if file else 0,
        file_digest=digest,
        entered_at=at,
        entered_by=by,
    )
    if file:
        EvidenceFile.objects.create(evidence=evidence, content=file.content)
    record(
        "result entered",
        evidence,
        by=by,
        at=at,
        asked_by=code,
        shows=shows,
        done_on=done_on,
        file=evidence.file_kind,
        digest=digest,
    )
    return evidence


@transaction.atomic
def withdraw(evidence: Evidence, *, by: Any, at: datetime, words: str) -> None:
    """Take a result back: it stays in the record, marked, and nothing rests on it any more."""
    evidence.case.lock()
    evidence.refresh_from_db(fields=["withdrawn_at", "withdrawn_by", "withdrawn_words"])
    refuse_unless_clear(obstacles_to_withdraw(evidence, by=by, at=at, words=words))
    rested = evidence.rulings.filter(case=evidence.case).exists()
    stood = screenings.standing_decision(evidence.case)
    changed = Evidence.objects.filter(pk=evidence.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=at, withdrawn_by=by, withdrawn_words=words.strip()
    )
    if not changed:
        raise Refused([TAKEN_BACK("This has been taken back already.")])
    evidence.refresh_from_db(fields=["withdrawn_at", "withdrawn_by", "withdrawn_words"])
    if rested and stood and Status.SCREENING in STEPS[Status(evidence.case.status)]:
        cases.reopen_screening(
            evidence.case, by=by, at=at, reason="A result the decision rests on was taken back."
        )
    record("result taken back", evidence, by=by, at=at, words=words.strip())


@transaction.atomic
def open_file(evidence: Evidence, *, by: Any, at: datetime) -> bytes:
    """Give the paper or picture out, as it was given in, and write down who had it."""
    refuse_unless_clear(obstacles_to_open_file(evidence, by=by, at=at))
    content = bytes(evidence.file.content)
    if sha256(content).hexdigest() != evidence.file_digest:
        raise RuntimeError(f"The file of evidence {evidence.key} is not what was given.")
    record("file of a result opened", evidence, by=by, at=at, digest=evidence.file_digest)
    return content
