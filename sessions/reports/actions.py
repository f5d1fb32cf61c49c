"""Plan the reports a protocol asks for; write down that one was sent, or is not owed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.attention import actions as attention
from clinic.attention.models import Urgency
from clinic.audit import signing
from clinic.audit.actions import record
from clinic.audit.models import Signature
from clinic.protocols.calculators import ReportDue
from clinic.workflow import lock, move, refuse_unless_clear
from sessions.reports import queries
from sessions.reports.models import STEPS, Report, Status
from sessions.reports.rules import obstacles_to_send, obstacles_to_set_aside
from sessions.supervised.models import AdverseEvent, SupervisedSession


@transaction.atomic
def plan_for_session(session: SupervisedSession, *, by: Any, at: datetime) -> list[Report]:
    """Plan what is reported of every session in which something was given, once."""
    session.case.lock()
    due = queries.due_of_session(session)
    facts = {"case": session.case, "session": session}
    return _plan(session, due, session.case.protocol_version, by=by, at=at, **facts)


@transaction.atomic
def plan_for_event(adverse_event: AdverseEvent, *, by: Any, at: datetime) -> list[Report]:
    """Plan what is reported of an adverse event that is, or may be, serious, once."""
    case = adverse_event.case
    case.lock()
    due = queries.due_of_event(adverse_event)
    facts = {"case": case, "session": adverse_event.session, "adverse_event": adverse_event}
    return _plan(adverse_event, due, case.protocol_version, by=by, at=at, **facts)


@transaction.atomic
def plan_for_site(site: Any, *, by: Any, at: datetime) -> list[Report]:
    """Plan what a site reports of each period in which it used a protocol, once."""
    lock(site)
    return [
        report
        for version, due in queries.due_of_site(site, at)
        for report in _plan(site, due, version, by=by, at=at, about=version.protocol.key)
    ]


def _plan(
    subject: Any, due: Iterable[ReportDue], version: Any, *, by: Any, at: datetime,
    about: Any = "", **facts: Any,
) -> list[Report]:  # fmt: skip
    planned = []
    for each in due:
        day = each.from_day if about else ""
        row, is_new = Report.objects.get_or_create(
            occurrence="/".join(
                filter(None, [str(subject.key), str(about), each.report.code, str(day)])
            ),
            defaults={
                "site_id": getattr(subject, "site_id", None) or subject.pk,
                "protocol_version": version,
                "code": each.report.code,
                "begins_on": each.from_day,
                "due_on": each.due_on,
                **facts,
            },
        )
        if is_new:
            planned.append(row)
    if planned:
        codes = {row.code: row.due_on for row in planned}
        record("reports planned", subject, by=by, at=at, due=codes)
    return planned


@transaction.atomic
def send(
    report: Report,
    *,
    by: Any,
    at: datetime,
    sent_on: date,
    how: str,
    reference: str = "",
    words: str = "",
    proof: signing.Proof | None,
) -> Report:
    """Write down, signed, that a report went: when, how, and under which reference."""
    _hold(report)
    facts: dict[str, Any] = {
        "sent_on": sent_on, "how": how, "reference": reference, "words": words,
    }  # fmt: skip
    refuse_unless_clear(obstacles_to_send(report, by=by, at=at, proof=proof, **facts))
    signature = signing.sign(
        report,
        by=by,
        at=at,
        meaning="I sent this report",
        content={**queries.shown(report), **facts},
        proof=proof,
    )
    _settle(report, Status.SENT, signature, facts, by=by, at=at)
    record("report sent", report, by=by, at=at, code=report.code, **facts)
    return report


@transaction.atomic
def set_aside(
    report: Report, *, by: Any, at: datetime, words: str, proof: signing.Proof | None
) -> Report:
    """Write down, signed, why a report is not owed."""
    _hold(report)
    refuse_unless_clear(obstacles_to_set_aside(report, by=by, at=at, words=words, proof=proof))
    facts = {"words": words}
    signature = signing.sign(
        report,
        by=by,
        at=at,
        meaning="This report is not owed",
        content={**queries.shown(report), **facts},
        proof=proof,
    )
    _settle(report, Status.NOT_OWED, signature, facts, by=by, at=at)
    record("report not owed", report, by=by, at=at, code=report.code, words=words)
    return report


@transaction.atomic
def ask_for_report(report: Report, *, by: Any, at: datetime) -> None:
    """A report was not sent in time: ask for a person."""
    _hold(report)
    if report.status != Status.DUE:
        return  # somebody was quicker
    attention.raise_matter(
        by=by,
        at=at,
        kind=queries.OVERDUE,
        words=f"Report overdue: {queries.meaning_of(report).title}.",
        urgency=Urgency.AMBER,
        occurrence=queries.occurrence_of_matter(report),
        site=report.site,
        case=report.case,
        about_key=report.key,
    )


def _hold(report: Report) -> None:
    if report.case is not None:
        report.case.lock()
    lock(report)


def _settle(
    report: Report, to: str, signature: Signature, facts: dict[str, Any], *, by: Any, at: datetime
) -> None:
    facts = {**facts, "settled_at": at, "settled_by": by, "signature": signature}
    move(report, to, table=STEPS, **facts)
    attention.settle(
        occurrence=queries.occurrence_of_matter(report),
        by=by,
        at=at,
        outcome=f"{signature.meaning}.",
    )
