"""When a report to somebody outside is due, by what its clock runs from."""

from dataclasses import dataclass
from datetime import date, timedelta

from clinic.protocols.document import ProtocolDocument, Report


@dataclass(frozen=True)
class ReportDue:
    """A report, the day its clock began and the last day on which it is in time."""

    report: Report
    from_day: date
    due_on: date | None


def report_due(report: Report, from_day: date) -> ReportDue:
    """Give the last day of a report: so many days after its clock began; None if it is voluntary."""
    begins = period_end(report, from_day) if report.clock_from == "period_end" else from_day
    due_on = None if report.due_days is None else begins + timedelta(days=report.due_days)
    return ReportDue(report, begins, due_on)


def reports_due(document: ProtocolDocument, clock: str, from_day: date) -> tuple[ReportDue, ...]:
    """List the reports whose clock begins with an event, an awareness, a session or a period."""
    return tuple(
        report_due(each, from_day) for each in document.reports if each.clock_from == clock
    )


def period_end(report: Report, day: date) -> date:
    """Give the last day of the reporting period a day lies in."""
    ends = [
        date(year, int(written[:2]), int(written[3:]))
        for year in (day.year, day.year + 1)
        for written in report.period_ends
    ]
    return min((end for end in ends if end >= day), default=day)
