"""Acts of screening: filling, settling what was found, deciding and signing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.audit import signing
from clinic.audit.actions import record
from clinic.cases import actions as cases
from clinic.cases.models import STEPS, Case, Status
from clinic.checklists import actions as checklists
from clinic.checklists import engine
from clinic.checklists.models import Form
from clinic.protocols.queries import document_of
from clinic.screening import queries
from clinic.screening.evidence.models import Evidence
from clinic.screening.models import FindingDecision, ScreeningDecision
from clinic.screening.rules import (
    day_of,
    obstacles_to_begin_anew,
    obstacles_to_decide,
    obstacles_to_open_again,
    obstacles_to_rule_on,
    obstacles_to_save,
    obstacles_to_start,
)
from clinic.workflow import refuse_unless_clear


@transaction.atomic
def start(case: Case, *, by: Any, at: datetime) -> Form:
    """Begin the screening of a referred person, on the checklist of their protocol version."""
    case.lock()
    refuse_unless_clear(obstacles_to_start(case, by=by, at=at))
    if case.status != Status.SCREENING:
        cases.begin_screening(case, by=by, at=at)
    return queries.current_form(case) or checklists.open_form(
        case,
        by=by,
        at=at,
        checklist=document_of(case.protocol_version).screening,
        purpose=queries.PURPOSE,
    )


@transaction.atomic
def begin_anew(case: Case, *, by: Any, at: datetime) -> Form:
    """Ask the whole screening again, for answers have grown too old; the old form stays readable."""
    case.lock()
    refuse_unless_clear(obstacles_to_begin_anew(case, by=by, at=at))
    return checklists.open_form(
        case,
        by=by,
        at=at,
        checklist=document_of(case.protocol_version).screening,
        purpose=queries.PURPOSE,
    )


@transaction.atomic
def save(
    case: Case,
    form: Form,
    *,
    by: Any,
    at: datetime,
    answers: Mapping[str, engine.Answer],
    revision: int,
    said_at: Mapping[str, datetime] | None = None,
) -> Form:
    """Save what was answered; a decision signed on other answers has to be made again.

    `said_at` names the answers that the person gave on an earlier day, and when.
    """
    if form.case_id != case.pk:
        raise ValueError("A screening is saved on the form of its own case.")
    case.lock()
    refuse_unless_clear(obstacles_to_save(case, by=by, at=at))
    stood = queries.standing_decision(case)
    before = form.revision
    form.case = case
    checklists.answer(
        form, by=by, at=at, answers=answers, revision=revision, said_at=said_at
    )  # fmt: skip
    if stood and form.revision != before and Status.SCREENING in STEPS[Status(case.status)]:
        cases.reopen_screening(case, by=by, at=at, reason="An answer was changed after signing.")
    return form


@transaction.atomic
def open_again(case: Case, *, by: Any, at: datetime, reason: str) -> Case:
    """Open a decided screening again, though no answer has changed."""
    case.lock()
    refuse_unless_clear(obstacles_to_open_again(case, by=by, at=at, reason=reason))
    return cases.reopen_screening(case, by=by, at=at, reason=reason)


@transaction.atomic
def rule_on(
    form: Form,
    *,
    by: Any,
    at: datetime,
    item: str,
    ruling: str,
    reason: str,
    evidence_on: date | None = None,
    seen: str | None = None,
    evidence: Evidence | None = None,
    approval_reference: str = "",
    approval_on: date | None = None,
    proof: signing.Proof | None = None,
) -> FindingDecision:
    """Settle what one answer asks for, under a name; a newer answer opens it again.

    To accept what excludes is signed, and needs the approval a trial asks for.
    """
    form.case.lock()
    if evidence is not None:
        evidence.refresh_from_db()  # it may have been taken back since the page was opened
    refuse_unless_clear(
        obstacles_to_rule_on(
            form,
            by=by,
            at=at,
            item=item,
            ruling=ruling,
            reason=reason,
            evidence_on=evidence_on,
            seen=seen,
            evidence=evidence,
            approval_reference=approval_reference,
            approval_on=approval_on,
            proof=proof,
        )
    )
    on = at.astimezone(form.case.site.tz).date()
    screening = queries.screening_of(form.case, on=on)
    found = screening.item(item) if screening else None
    assert screening is not None  # the rules have refused otherwise
    assert found is not None
    is_accepted = ruling == FindingDecision.Ruling.ACCEPTED
    is_approved = is_accepted and found.needs_approval
    decision = FindingDecision(
        case=form.case,
        site_id=form.site_id,
        form=form,
        item=item,
        because=found.because,
        ruling=ruling,
        reason=reason,
        evidence_on=day_of(evidence_on, evidence),
        evidence=evidence,
        approval_reference=approval_reference if is_approved else "",
        approval_on=approval_on if is_approved else None,
        decided_at=at,
        decided_by=by,
        answer_pk=found.answer.pk if found.answer else None,
    )
    if is_accepted and found.is_signed_when_accepted:
        licence = queries.deciding_licence(by, form.case, on=on)
        decision.signature = signing.sign(
            decision,
            by=by,
            at=at,
            meaning=queries.PAST_AN_EXCLUSION,
            content=queries.what_is_passed(screening, found, decision),
            proof=proof,
            licence=str(licence or ""),
        )
    decision.save()
    signed: dict[str, Any] = {}
    if decision.signature:
        signed["digest"] = decision.signature.digest
    if is_approved:
        signed |= {"approval": approval_reference, "approved_on": approval_on}
    record(
        "finding settled",
        decision,
        by=by,
        at=at,
        item=item,
        ruling=ruling,
        reason=reason,
        findings=[finding.message for finding in found.findings],
        **signed,
    )
    return decision


@transaction.atomic
def decide(
    case: Case,
    *,
    by: Any,
    at: datetime,
    outcome: str,
    proof: signing.Proof | None,
    reason: str = "",
    deferred_until: date | None = None,
    denial_reasons: Sequence[str] = (),
    seen: str = "",
) -> ScreeningDecision:
    """Decide eligibility, deferral or decline, signed on the screening as it stands."""
    case.lock()
    refuse_unless_clear(
        obstacles_to_decide(
            case,
            by=by,
            at=at,
            outcome=outcome,
            reason=reason,
            deferred_until=deferred_until,
            denial_reasons=denial_reasons,
            seen=seen,
        )
    )
    on = at.astimezone(case.site.tz).date()
    screening = queries.screening_of(case, on=on)
    assert screening is not None  # the rules have refused otherwise
    licence = queries.deciding_licence(by, case, on=on)
    decision = ScreeningDecision(
        case=case,
        site_id=case.site_id,
        form=screening.form,
        form_revision=screening.form.revision,
        outcome=outcome,
        reason=reason,
        denial_reasons=[
            {"code": code, "label": label}
            for code, label in queries.reasons_to_decline(case)
            if code in denial_reasons
        ],
        deferred_until=deferred_until,
        decided_at=at,
        decided_by=by,
    )
    decision.signature = signing.sign(
        decision,
        by=by,
        at=at,
        meaning=f"I have reviewed this screening and decide: {decision.get_outcome_display()}",
        content=queries.what_is_signed(screening, decision),
        proof=proof,
        licence=str(licence),
    )
    decision.save()
    if case.status == Status.SCREENING:
        cases.decided(case, by=by, at=at, outcome=outcome, reason=reason)
    record(
        "eligibility decided",
        decision,
        by=by,
        at=at,
        outcome=outcome,
        denial_reasons=list(denial_reasons),
        revision=decision.form_revision,
        digest=decision.signature.digest,
    )
    return decision
