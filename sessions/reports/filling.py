"""A report's fields from the record: a value where there is one, a blank where there is none.

Nothing is asserted that nobody wrote down: an effect nobody recorded stays blank, it is not "no".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from clinic.audit.canonical import decimal_text
from clinic.checklists.engine import spoken
from clinic.checklists.queries import checklist_of, current_answers
from clinic.protocols import document as protocols
from clinic.screening.queries import current_form
from sessions.reports.models import Report
from sessions.supervised import queries as supervised
from sessions.supervised.events.rules import OUTCOMES, RELATEDNESS, SERIOUSNESS
from sessions.supervised.models import AdverseEvent, SupervisedSession

MINUTES_40 = timedelta(minutes=40)


@dataclass(frozen=True)
class Line:
    """One thing a report must say: its words on the form, and what the record has."""

    label: str
    value: str
    group: str = ""
    source: str = ""  # where the record has it
    confirm: bool = False


class Session:
    """What the fields of a report on a session are filled from."""

    def __init__(self, session: SupervisedSession, version: protocols.ProtocolDocument):
        rows = SupervisedSession.objects.filter(pk=session.pk)
        self.row = supervised.with_rows(rows.select_related(*supervised.WITH)).get()
        self.version, self.patient, self.site = version, self.row.case.patient, self.row.site

    @cached_property
    def doses(self) -> list[Any]:
        return supervised.ordered_doses(self.row)

    @cached_property
    def first(self) -> datetime | None:
        return self.doses[0].given_at if self.doses else None

    @cached_property
    def sets(self) -> list[Any]:
        return supervised.standing_sets(self.row)

    @cached_property
    def medicines(self) -> tuple[set[str], set[str]] | None:
        """What the screening offered as medicines, and what of it was said; None without an answer."""
        form = current_form(self.row.case)
        item = checklist_of(form).item("interacting_medicines") if form else None
        answer = current_answers(form).get(item.code) if form and item else None
        if item is None or answer is None or answer.state != "known":
            return None
        return {option.code for option in item.options}, set(answer.value)

    @cached_property
    def monitor(self) -> Any:
        """Who was with the person from the first dose on, or last before it."""
        logged = [each for each in self.row.presences.all() if each.where == "with_client"]
        until = self.first or self.row.ended_at
        before = [each for each in logged if until is None or each.stated_at <= until]
        found = max(before, key=lambda each: (each.stated_at, each.pk), default=None)
        return found.user if found else None

    def minutes(self, at: datetime | None) -> str:
        """Whole minutes from the first dose."""
        if at is None or self.first is None:
            return ""
        return str((at - self.first) // timedelta(minutes=1))

    def reading(self, parameter: str, sets: Iterable[Any]) -> str:
        """The last value of a parameter in some of the sets."""
        values = [
            reading.value
            for each in sets
            for reading in each.readings.all()
            if reading.parameter == parameter and reading.value is not None
            and supervised.is_usable(reading)
        ]  # fmt: skip
        return decimal_text(values[-1]) if values else ""

    def before(self) -> list[Any]:
        return [each for each in self.sets if self.first and each.stated_at <= self.first]

    def after(self) -> list[Any]:
        return [each for each in self.sets if self.first and each.stated_at > self.first]

    def at_40(self) -> list[Any]:
        """The set made for the check at forty minutes."""
        return [
            each for each in self.sets if self.first and each.planned_for == self.first + MINUTES_40
        ]

    def effect(self, code: str) -> AdverseEvent | None:
        """The first adverse event of this name."""
        term = self.version.term(code)
        names = {code, term.label if term else code}
        return next((each for each in self.row.adverse_events.all() if each.term in names), None)

    def serious(self) -> list[tuple[AdverseEvent, Any]]:
        """The adverse events that stand assessed as serious."""
        found = [(each, supervised.newest_assessment(each)) for each in self.events()]
        return [(each, assessed) for each, assessed in found if assessed and assessed.is_serious]

    def events(self) -> list[AdverseEvent]:
        return list(self.row.adverse_events.all())


def _yes(holds: bool | None) -> str:
    return "" if holds is None else "yes" if holds else "no"


def _medicine(code: str) -> Callable[[Session], str]:
    def fill(of: Session) -> str:
        if of.medicines is None or code not in of.medicines[0]:
            return ""
        return _yes(code in of.medicines[1])

    return fill


def _name(of: Session, *, last: bool) -> str:
    first, _, rest = of.monitor.name.rpartition(" ") if of.monitor else ("", "", "")
    return rest if last else first


def _is_first(of: Session) -> str:
    earlier = SupervisedSession.objects.filter(
        case__patient=of.patient, dosed_at__isnull=False, dosed_at__lt=of.row.dosed_at
    )
    return _yes(not earlier.exists()) if of.row.dosed_at else ""


def _enrolled(of: Session) -> str:
    forms = of.row.case.forms.filter(completed_at__isnull=False).order_by("-pk")
    codes = {each.checklist for each in of.version.enrolments if each.of == "person"}
    form = forms.filter(code__in=codes).first()
    item = checklist_of(form).item("enrolled") if form else None
    return spoken(item, current_answers(form).get(item.code)) if form and item else ""


def _dose(of: Session) -> str:
    if not of.doses or not all(dose.amount_known for dose in of.doses):
        return ""
    return f"{decimal_text(supervised.counted_total(of.row))} {of.doses[0].unit}"


def _other_dose(of: Session) -> str:
    return "" if _dose(of) in ("56 mg", "84 mg") else _dose(of)


def _lots(of: Session) -> str:
    return ", ".join(dict.fromkeys(dose.lot_number for dose in of.doses if dose.lot_number))


def _vitals_at_the_end(of: Session) -> str:
    form = supervised.form_of(of.row, supervised.RELEASE)
    item = checklist_of(form).item("vitals_acceptable") if form else None
    answer = current_answers(form).get("vitals_acceptable") if form else None
    return spoken(item, answer) if item and answer else ""


def _oximetry(of: Session) -> str:
    return _yes(True) if of.reading("spo2", of.sets) else ""


def _lowest(of: Session) -> str:
    values = [
        reading.value
        for each in of.after()
        for reading in each.readings.all()
        if reading.parameter == "spo2" and reading.value is not None
    ]
    return decimal_text(min(values)) if values else ""


def _is_serious(of: Session) -> str:
    if of.serious():
        return "yes"
    assessed = [supervised.newest_assessment(each) for each in of.events()]
    return _yes(False) if assessed and all(assessed) else ""


def _what_made_it(of: Session) -> str:
    said = [SERIOUSNESS.get(each.seriousness, each.seriousness) for _, each in of.serious()]
    return ", ".join(dict.fromkeys(said))


def _what_happened(of: Session) -> str:
    return "; ".join(f"{each.term}: {each.words}".rstrip(": ") for each, _ in of.serious())


def _effect(code: str, part: str) -> Callable[[Session], str]:
    def fill(of: Session) -> str:
        event = of.effect(code)
        if event is None:
            return ""
        assessed = supervised.newest_assessment(event)
        ended = assessed.ended_at if assessed else None
        return {
            "": lambda: _yes(True),
            "_onset": lambda: of.minutes(event.started_at),
            "_resolved": lambda: of.minutes(ended),
        }[part]()

    return fill


# By the item of the form. What the record does not hold has no line here and stays blank.
FILLED: dict[str, Callable[[Session], str]] = {
    "patient_first_name": lambda of: of.patient.given_name,
    "patient_last_name": lambda of: of.patient.family_name,
    "patient_birth_date": lambda of: f"{of.patient.date_of_birth:%d %B %Y}",
    "first_treatment": _is_first,
    "patient_enrolled": _enrolled,
    "benzodiazepines": _medicine("benzodiazepine"),
    "sedative_hypnotics": _medicine("sedative-hypnotic"),
    "psychostimulants": _medicine("psychostimulant"),
    "maois": _medicine("maoi"),
    "opioids": _medicine("opioid"),
    "monitor_first_name": lambda of: _name(of, last=False),
    "monitor_last_name": lambda of: _name(of, last=True),
    "monitor_email": lambda of: of.monitor.email if of.monitor else "",
    "monitor_telephone": lambda of: of.site.phone,
    "setting_name": lambda of: of.site.name,
    "setting_address": lambda of: of.site.address,
    "treatment_date": lambda of: f"{of.first.astimezone(of.site.tz):%d %B %Y}" if of.first else "",
    "dose": _dose,
    "dose_other": _other_dose,
    "lot_number": _lots,
    "total_minutes": lambda of: of.minutes(of.row.ended_at),
    "fit_to_leave_minutes": lambda of: of.minutes(of.row.ready_at),
    "vitals_acceptable_end": _vitals_at_the_end,
    "systolic_before": lambda of: of.reading("systolic", of.before()),
    "diastolic_before": lambda of: of.reading("diastolic", of.before()),
    "systolic_40": lambda of: of.reading("systolic", of.at_40()),
    "diastolic_40": lambda of: of.reading("diastolic", of.at_40()),
    "systolic_end": lambda of: of.reading("systolic", of.after()),
    "diastolic_end": lambda of: of.reading("diastolic", of.after()),
    "pulse_oximetry": _oximetry,
    "spo2_lowest": _lowest,
    **{
        f"{item}{part}": _effect(code, part)
        for item, code in {
            "sedation": "sedation",
            "dissociation": "dissociation",
            "respiratory_depression": "respiratory-depression",
        }.items()
        for part in ("", "_onset", "_resolved")
    },
    "serious_event": _is_serious,
    "serious_event_kind": _what_made_it,
    "serious_event_words": _what_happened,
}


def lines_of(
    report: Report, meaning: protocols.Report, version: protocols.ProtocolDocument
) -> list[Line]:
    """What a report must contain: its fields, what it adds up, or the adverse event it tells of."""
    if meaning.fields and report.session is not None:
        return _fields(meaning, version, Session(report.session, version))
    if report.adverse_event is not None:
        return _event(report.adverse_event)
    return [Line(count, "", group="What it adds up") for count in meaning.counts]


def _fields(
    meaning: protocols.Report, version: protocols.ProtocolDocument, of: Session
) -> list[Line]:
    form = version.checklist(meaning.checklist) if meaning.checklist else None
    groups: dict[str, str] = {}
    group = ""
    for item in form.items if form else ():
        group = item.group or group
        groups[item.code] = group
    lines = []
    for field in meaning.fields:
        asked = form.item(field.item) if form else None
        fill = FILLED.get(field.item)
        lines.append(
            Line(
                label=asked.text if asked else field.item.replace("_", " "),
                value=fill(of) if fill else "",
                group=groups.get(field.item, ""),
                source=field.filled_from,
                confirm=field.confirm,
            )
        )
    return lines


def _event(event: AdverseEvent) -> list[Line]:
    assessed = supervised.newest_assessment(event)
    zone = event.site.tz
    said = {
        "What happened": " ".join(filter(None, [event.term, event.words])),
        "Began": f"{event.started_at.astimezone(zone):%d %B %Y, %H:%M}",
        "Written down": f"{event.reported_at.astimezone(zone):%d %B %Y, %H:%M}",
        "Grade": str(assessed.grade) if assessed else "",
        "Serious": _yes(assessed.is_serious) if assessed else "",
        "What makes it serious": SERIOUSNESS.get(assessed.seriousness, "") if assessed else "",
        "Related to the dose": RELATEDNESS.get(assessed.relatedness, "") if assessed else "",
        "Expected": _yes(assessed.is_expected) if assessed else "",
        "Outcome": OUTCOMES.get(assessed.outcome, "") if assessed else "",
        "What was done": assessed.action_taken if assessed else "",
    }
    return [Line(label, value, group="Adverse event") for label, value in said.items()]
