"""Which reports are due to whom, since when, by when; and what each one tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min, Q, QuerySet

from clinic.access import Permission, in_reach, sites_where
from clinic.cases.models import Case
from clinic.people.models import Site
from clinic.protocols import document as protocols
from clinic.protocols.calculators import ReportDue, report_due, reports_due
from clinic.protocols.queries import document_at
from sessions.reports.filling import Line, lines_of
from sessions.reports.models import Report, Status
from sessions.supervised.models import AdverseEvent, SupervisedSession
from sessions.supervised.queries import document, newest_assessment

OVERDUE = "report_overdue"  # the kind of matter that asks for a report nobody has sent
LOOKED_BACK = timedelta(days=400)  # house: of a protocol that was used before, so far back
WITH = (
    "site", "case__patient", "case__site", "session", "adverse_event", "signature", "settled_by",
    "protocol_version__protocol",
)  # fmt: skip


def visible_reports(user: Any) -> QuerySet[Report]:
    """The reports of the cases this person may open, and of the sites for which they report."""
    sites = sites_where(user, Permission.REPORT)
    return (
        Report.objects.filter(
            Q(case__isnull=False) & in_reach(user, Permission.SEE_CASE)
            | Q(case__isnull=True, site_id__in=sites)
        )
        .select_related(*WITH)
        .defer("protocol_version__document")
    )


def meaning_of(report: Report) -> protocols.Report:
    """What the protocol says of this report."""
    version = document_at(report.protocol_version, report.site)
    return next(each for each in version.reports if each.code == report.code)


def occurrence_of_matter(report: Report) -> str:
    """The one matter that asks for this report when it is overdue."""
    return f"report-overdue/{report.key}"


def today_at(site: Any, at: datetime) -> date:
    """The day on the wall of a site."""
    return at.astimezone(site.tz).date()


# -- What is due since what ------------------------------------------------------------------


def due_of_session(session: SupervisedSession) -> tuple[ReportDue, ...]:
    """What is reported of every session in which something was given, from its day."""
    if session.dosed_at is None:
        return ()
    return reports_due(document(session), "session", today_at(session.site, session.dosed_at))


def due_of_event(adverse_event: AdverseEvent) -> tuple[ReportDue, ...]:
    """What is reported of an adverse event that was found serious, or may be for all anybody said.

    The clinic is aware of it from the moment somebody here wrote it down.
    """
    version = document_at(adverse_event.case.protocol_version, adverse_event.site)
    assessed = newest_assessment(adverse_event)
    if not (assessed.is_serious if assessed else _may_be_serious(version, adverse_event.term)):
        return ()
    aware, happened = (
        today_at(adverse_event.site, moment)
        for moment in (adverse_event.reported_at, adverse_event.started_at)
    )
    return (
        *reports_due(version, "awareness", aware),
        *reports_due(version, "event", happened),
    )


def _may_be_serious(version: protocols.ProtocolDocument, label: str) -> bool:
    return any(term.serious for term in version.adverse_events if label in (term.label, term.code))


def due_of_site(site: Site, at: datetime) -> Iterator[tuple[Any, list[ReportDue]]]:
    """What a site reports of each period since it first used a protocol, the one that runs included."""
    cases = Case.objects.filter(site=site).select_related("protocol_version__protocol")
    newest: dict[int, Any] = {}
    for case in cases.order_by("protocol_version_id").distinct("protocol_version_id"):
        newest[case.protocol_version.protocol_id] = case.protocol_version
    today = today_at(site, at)
    for protocol, version in sorted(newest.items()):
        periodic = [
            each for each in document_at(version, site).reports if each.clock_from == "period_end"
        ]
        if periodic:
            used = cases.filter(protocol_version__protocol=protocol)
            first = today_at(site, used.aggregate(first=Min("referred_at"))["first"])
            since = max(first, today - LOOKED_BACK)
            yield version, [due for each in periodic for due in _periods(each, since, today)]


def _periods(report: protocols.Report, since: date, today: date) -> Iterator[ReportDue]:
    day = since
    while day <= today:
        due = report_due(report, day)
        yield due
        day = due.from_day + timedelta(days=1)


def overdue(at: datetime) -> list[Report]:
    """The reports that should have been sent by yesterday at their site."""
    late = Report.objects.filter(status=Status.DUE, due_on__lt=at.date() + timedelta(days=1))
    rows = late.select_related(*WITH).defer("protocol_version__document")
    return [row for row in rows if row.due_on and row.due_on < today_at(row.site, at)]


def sites() -> list[Site]:
    """Every open site."""
    return list(Site.objects.filter(closed_at__isnull=True).order_by("pk"))


# -- As a person reads it --------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """One report in a list: what, to whom, how its day stands."""

    report: Report
    meaning: protocols.Report
    about: str
    begins: str
    is_overdue: bool

    @property
    def word(self) -> str:
        if self.report.status != Status.DUE:
            return self.report.get_status_display()
        if self.report.due_on is None:
            return "Voluntary"
        return "Overdue" if self.is_overdue else "Due"

    @property
    def tone(self) -> str:
        if self.report.status != Status.DUE:
            return "neutral"
        return (
            "danger" if self.is_overdue else "info" if self.report.due_on is None else "attention"
        )


def read(rows: Iterable[Report], at: datetime) -> list[Due]:
    """The same reports in words."""
    return [_read(row, at) for row in rows]


def _read(report: Report, at: datetime) -> Due:
    meaning = meaning_of(report)
    is_late = report.due_on is not None and report.due_on < today_at(report.site, at)
    return Due(
        report=report,
        meaning=meaning,
        about=_about(report),
        begins=_begins(report, meaning),
        is_overdue=report.status == Status.DUE and is_late,
    )


def _about(report: Report) -> str:
    if report.case is not None:
        event = f"{report.adverse_event.term}, " if report.adverse_event else ""
        return f"{event}{report.case.patient}"
    return f"{report.protocol_version.protocol} at {report.site}"


def _begins(report: Report, meaning: protocols.Report) -> str:
    """What began the clock, in words; whose awareness the protocol means is said with it."""
    day = f"{report.begins_on:%d %B %Y}"
    if meaning.clock_from == "session":
        return f"From the session of {day}."
    if meaning.clock_from == "event":
        return f"From what happened on {day}."
    if meaning.clock_from == "period_end":
        return f"From the end of the period, {day}."
    whose = f" The awareness that counts: {meaning.awareness_of}." if meaning.awareness_of else ""
    return f"From {day}, when somebody here first wrote it down.{whose}"


def open_reports(user: Any) -> QuerySet[Report]:
    """What has yet to be sent, the day that comes first above; what is voluntary stands last."""
    return visible_reports(user).filter(status=Status.DUE)


def settled_reports(user: Any) -> QuerySet[Report]:
    """What was sent or set aside last."""
    return visible_reports(user).exclude(status=Status.DUE).order_by("-settled_at", "-pk")


def reports_of(case: Case) -> QuerySet[Report]:
    """The reports of one case."""
    return case.reports.select_related(*WITH).defer("protocol_version__document")


def shown(report: Report) -> dict[str, Any]:
    """What a report says, as whoever signs for it was shown it."""
    meaning = meaning_of(report)
    return {
        "report": meaning.title,
        "to": meaning.to,
        "clock began on": report.begins_on,
        "due on": report.due_on,
        "contents": {f"{line.group} {line.label}".strip(): line.value for line in contents(report)},
    }


def contents(report: Report) -> list[Line]:
    """What a report must contain, with what the record has of it."""
    return lines_of(report, meaning_of(report), document_at(report.protocol_version, report.site))
