"""One case on one page: where it stands, what is in the way, and everything that happened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from clinic.access import Permission, may
from clinic.attention.models import Matter
from clinic.attention.queries import as_seen_by, open_matters_of
from clinic.audit.canonical import decimal_text
from clinic.audit.models import TrailEntry
from clinic.booking.models import Stage, Visit
from clinic.booking.models import Status as VisitStatus
from clinic.booking.queries import visits_of
from clinic.cases.models import Case, Contact, Cycle, Status
from clinic.cases.moving.models import CaseMove
from clinic.cases.moving.queries import moves_of
from clinic.cases.queries import contacts_of, holds_on, team_in_words, wants_of
from clinic.checklists.models import Form
from clinic.checklists.queries import Reading, forms_of, readings_of
from clinic.documents.papers import title_of
from clinic.documents.queries import required
from clinic.protocols.corrected import Correction
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.queries import document_at, document_of, errata_of
from clinic.screening.queries import deciding_licence
from clinic.workflow import Obstacle
from sessions.aftercare.queries import contacts_of as touchpoints_of
from sessions.casefile.places import address
from sessions.casefile.ticks import Tick, tick_of
from sessions.integration.models import Commitment
from sessions.integration.queries import Measures, measures
from sessions.preparation.agreed import Agreed, agreed_with
from sessions.preparation.clearing import who_clears
from sessions.preparation.rules import GateStep, gates
from sessions.reports.queries import Due, reports_of
from sessions.reports.queries import read as read_reports
from sessions.supervised.models import LIVE, SupervisedSession
from sessions.supervised.models import Status as SessionStatus

P, S = Permission, Status
PATH = [
    S.REFERRED,
    S.SCREENING,
    S.ELIGIBLE,
    S.PREPARING,
    S.READY,
    S.IN_SESSION,
    S.INTEGRATING,
    S.AFTERCARE,
    S.CLOSED,
]
BEFORE_THE_DOSE = {S.ELIGIBLE, S.PREPARING, S.READY}
TIMELINE, TIMELINE_WHOLE = 40, 1000
# Written down all the same; here they would hide what matters, or say it twice.
NOT_IN_TIMELINE = [
    "answers saved",
    "case opened",
    "contacts planned",
    "entered a session",
    "event",
    "event undone",
    "form opened",
    "handed over",
    "left a session",
    "matter climbed",
    "message moved",
    "message queued",
    "message waits for the morning",
    "observations charted",
    "refused",
    "reports planned",
    "session planned",
    "visit arrived",
]


@dataclass(frozen=True)
class NextAct:
    """Something this person may do next with the case, and where."""

    label: str
    url: str
    icon: str
    is_main: bool


@dataclass(frozen=True)
class Treated:
    """One supervised session as the case file shows it."""

    session: SupervisedSession
    total: str
    doses: list[Any]
    adverse_events: list[Any]


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    title: str
    by: str
    body: str
    icon: str
    tone: str
    href: str
    show_day: bool


@dataclass(frozen=True)
class File:
    """The whole case file of one person at one moment."""

    case: Case
    cycle: Cycle | None
    document: ProtocolDocument
    stages: list[dict[str, Any]]
    alerts: list[dict[str, Any]]
    acts: list[NextAct]
    others: list[NextAct]
    gates: list[GateStep]
    ticks: list[Tick]
    obstacles: list[Obstacle]
    who_clears: dict[str, str]
    wants: list[tuple[str, str]]
    documents: list[Any]
    visits: list[Visit]
    agreed: list[Agreed]
    treated: list[Treated]
    measures: Measures | None
    commitments: list[Commitment]
    touchpoints: list[tuple[Cycle, list[Any]]]
    reports: list[Due]
    matters: list[Any]
    team: list[Any]
    contacts: list[tuple[Contact, bool]]  # each with whether a guardianship has ended
    moves: list[CaseMove]
    errata: list[Correction]
    timeline: list[Entry]
    timeline_is_cut: bool
    is_clinical: bool


def file_of(case: Case, user: Any, *, at: datetime, lines: int = TIMELINE) -> File:
    """Everything of one case that this person may see, in a constant number of queries."""
    document = document_at(case.protocol_version, case.site)
    today = at.astimezone(case.site.tz).date()
    cycle = case.cycles.order_by("-number").first()
    visits = list(visits_of(case).order_by("-starts_at"))
    sessions = _sessions(case)
    documents = required(case, at)
    asked = gates(cycle, at=at, by=user) if cycle and case.status in BEFORE_THE_DOSE else []
    obstacles = [obstacle for step in asked for obstacle in step.obstacles]
    is_clinical = any(may(user, p, site=case.site_id) for p in (P.INTEGRATE, P.LEAD_SAFETY))
    entries = _timeline(case, lines)
    return File(
        case=case,
        cycle=cycle,
        document=document,
        stages=_stages(case),
        alerts=[*case.patient.alerts, *_alerts(case, documents)],
        acts=list(_next_acts(case, user, visits, sessions, at)),
        others=list(_other_acts(case, user)),
        gates=asked,
        ticks=[tick_of(step, case=case, by=user) for step in asked],
        obstacles=obstacles,
        who_clears=who_clears(obstacles, case=case, by=user, at=at),
        # The gates say the same, and more exactly.
        wants=[] if asked else _wants(case),
        documents=documents,
        visits=visits,
        agreed=agreed_with(case, user),
        treated=[_treated(session) for session in sessions],
        measures=measures(case) if is_clinical else None,
        commitments=_commitments(case) if is_clinical else [],
        touchpoints=touchpoints_of(case, at),
        reports=read_reports(reports_of(case), at),
        matters=_matters(case, user, at) if may(user, P.ACKNOWLEDGE, site=case.site_id) else [],
        team=team_in_words(case),
        contacts=[(each, each.is_over_on(today)) for each in contacts_of(case.patient)],
        moves=list(moves_of(case)),
        errata=errata_of(case.protocol_version),
        timeline=entries[:lines],
        timeline_is_cut=len(entries) > lines,
        is_clinical=is_clinical,
    )


# -- Where it stands -------------------------------------------------------------------------


def _stages(case: Case) -> list[dict[str, Any]]:
    """The path of a case; one that left it stands where it left, and says why."""
    left = case.status not in PATH
    stands_at = case.left_stage if left else case.status
    reached = PATH.index(Status(stands_at)) if stands_at in PATH else 1
    return [
        {
            "label": stage.label,
            "state": "done" if n < reached else "current" if n == reached else "ahead",
            "note": case.get_status_display() if left and n == reached else "",
        }
        for n, stage in enumerate(PATH)
    ]


def _alerts(case: Case, documents: Iterable[Any]) -> Iterator[dict[str, Any]]:
    keys = [case.patient.key, case.protocol_version.key, case.site.key]
    for hold in holds_on(case.site, keys):
        yield {"word": "Hold", "text": f"{hold.words}: {hold.reason}", "tone": "danger"}
    if case.patient.language != "en":
        yield {"word": "Language", "text": case.patient.language, "tone": "info"}
    for each in documents:
        # What the person said about being touched is for everybody who sees them.
        if each.document and each.document.choice and "touch" in each.rule.code:
            said = f"{each.document.choice} {each.document.limits}".strip()
            yield {"word": each.rule.title, "text": said, "tone": "info"}
    if case.status_reason and case.status not in PATH:
        yield {"word": case.get_status_display(), "text": case.status_reason, "tone": "attention"}


def _wants(case: Case) -> list[tuple[str, str]]:
    return [(want.words, address(want.clears, want.subject or case.key)) for want in wants_of(case)]


# -- What comes next -------------------------------------------------------------------------

# In each status: label, page, whose permission, icon. The first one a person may do is the main one.
STEPS_ON: dict[str, list[tuple[str, str, Permission, str]]] = {
    S.REFERRED: [("Start the screening", "screening:form", P.SCREEN, "clipboard")],
    S.SCREENING: [
        ("Decide on eligibility", "screening:decide", P.DECIDE, "document-check"),
        ("Go on with the screening", "screening:form", P.SCREEN, "clipboard"),
        ("Settle the findings", "screening:findings", P.SCREEN, "list"),
    ],
    S.ELIGIBLE: [("Begin the preparation", "preparation:show", P.PREPARE, "journal")],
    S.PREPARING: [
        ("Prepare", "preparation:show", P.PREPARE, "journal"),
        ("Sign documents", "documents:index", P.PREPARE, "document"),
        ("Book a visit", "booking:book", P.BOOK, "calendar"),
        ("Plan the way home", "preparation:way_home", P.PREPARE, "car"),
        ("Ready for the session?", "preparation:ready", P.PREPARE, "check-circle"),
    ],
    S.READY: [
        ("Everything before the dose", "preparation:ready", P.PREPARE, "check-circle"),
        ("Sign documents", "documents:index", P.PREPARE, "document"),
        ("Book a visit", "booking:book", P.BOOK, "calendar"),
    ],
    S.INTEGRATING: [
        ("Contacts after the session", "aftercare:index", P.FOLLOW_UP, "phone"),
        ("Book an integration visit", "booking:book", P.BOOK, "calendar"),
        ("Measures over time", "integration:measures", P.INTEGRATE, "chart"),
    ],
    S.AFTERCARE: [
        ("Contacts after the session", "aftercare:index", P.FOLLOW_UP, "phone"),
        ("Measures over time", "integration:measures", P.INTEGRATE, "chart"),
    ],
    S.DEFERRED: [("Look at the screening again", "screening:form", P.SCREEN, "clipboard")],
    S.SUSPENDED: [("Resume or close", "cases:lifecycle", P.PREPARE, "play")],
    S.LOST: [("Resume or close", "cases:lifecycle", P.PREPARE, "play")],
}
OTHERS = [
    ("Documents", "documents:index", P.SEE_CASE, "document"),
    ("Results and evidence", "evidence:of_case", P.SEE_CASE, "document-check"),
    ("Medicines", "medicines:of_case", P.SEE_CASE, "clipboard"),
    ("People near the {person}", "cases:contacts", P.SEE_CASE, "people"),
    ("Care team", "cases:team", P.SEE_CASE, "badge"),
    ("Messages", "messages:index", P.SEE_CASE, "mail"),
    ("Links for the {person}", "links:index", P.SEE_CASE, "link"),
    ("Print the case file", "casefile:print", P.SEE_CASE, "print"),
    ("Holds", "cases:holds", P.LEAD_SAFETY, "stop"),
    ("Move to another version", "cases:move", P.DECIDE, "arrow-right"),
    ("Report", "safety:report_on", P.SEE_CASE, "flag"),
    ("Suspend, withdraw or close", "cases:lifecycle", P.SEE_CASE, "pause"),
]
BY_VISIT = {
    Stage.PREPARATION: ("preparation:visit", P.PREPARE, "journal"),
    Stage.INTEGRATION: ("integration:visit", P.INTEGRATE, "journal"),
}


def _next_acts(
    case: Case,
    user: Any,
    visits: Iterable[Visit],
    sessions: Iterable[SupervisedSession],
    at: datetime,
) -> Iterator[NextAct]:
    today = at.astimezone(case.site.tz).date()
    wanted = [
        *_of_sessions(sessions, today),
        *_of_visits(visits),
        *[(*step, case.key) for step in STEPS_ON.get(case.status, [])],
    ]
    is_main = True
    for label, name, permission, icon, key in wanted:
        url = address(name, key)
        if name == "screening:decide" and deciding_licence(user, case, on=today) is None:
            continue  # the step is another's: the version names whose
        if url and may(user, permission, site=case.site_id):
            yield NextAct(label, url, icon, is_main)
            is_main = False


def _of_sessions(
    sessions: Iterable[SupervisedSession], today: date
) -> Iterator[tuple[str, str, Permission, str, Any]]:
    for session in sessions:
        if session.status in LIVE:
            yield "Open the run sheet", "supervised:show", P.SUPERVISE, "vitals", session.key
        elif session.status == SessionStatus.PLANNED:
            if session.visit.starts_at.astimezone(session.case.site.tz).date() == today:
                yield "Check in", "supervised:show", P.SUPERVISE, "person-check", session.key
        elif session.status != SessionStatus.SIGNED:
            yield "Sign the record", "supervised:sign", P.RELEASE, "pencil", session.key


def _of_visits(visits: Iterable[Visit]) -> Iterator[tuple[str, str, Permission, str, Any]]:
    """The next visit of each stage is held; those after it wait for their turn."""
    offered: set[str] = set()
    for visit in sorted(visits, key=lambda each: each.starts_at):
        is_open = visit.status in {VisitStatus.PLANNED, VisitStatus.ARRIVED} and not visit.ahead
        if is_open and visit.stage in BY_VISIT and visit.stage not in offered:
            offered.add(visit.stage)
            name, permission, icon = BY_VISIT[Stage(visit.stage)]
            called = visit.title[:1].lower() + visit.title[1:]
            yield f"Hold the {called}", name, permission, icon, visit.key


def _other_acts(case: Case, user: Any) -> Iterator[NextAct]:
    for label, name, permission, icon in OTHERS:
        url = address(name, case.key) or address(name)
        if url and may(user, permission, site=case.site_id):
            said = label.format(person=document_of(case.protocol_version).nouns.person)
            yield NextAct(said, url, icon, is_main=False)


def answers_of(case: Case) -> list[tuple[Form, Reading]]:
    """Every form of a case with its answers, each in the words it was filled on, the newest first."""
    return readings_of(forms_of(case).select_related("completed_by", "started_by"))


# -- What happened ---------------------------------------------------------------------------


def _sessions(case: Case) -> list[SupervisedSession]:
    return list(
        case.supervised_sessions.select_related("visit__room", "cycle", "case__site")
        .prefetch_related("doses", "adverse_events")
        .order_by("-planned_at", "-pk")
    )


def _treated(session: SupervisedSession) -> Treated:
    doses = list(session.doses.all())
    total = sum((dose.amount for dose in doses), Decimal(0))
    return Treated(
        session=session,
        total=f"{decimal_text(total)} {doses[0].unit}" if doses else "",
        doses=doses,
        adverse_events=list(session.adverse_events.all()),
    )


def _commitments(case: Case) -> list[Commitment]:
    return list(case.commitments.select_related("made_by").order_by("-pk"))


def _matters(case: Case, user: Any, at: datetime) -> list[Any]:
    found: QuerySet[Matter] = open_matters_of(case).select_related(
        "case__patient", "taken_by", "site"
    )
    return as_seen_by(user, found, at)


SIGNS = {
    "clinic.Case": ("door", "info"),
    "clinic.Form": ("clipboard", "neutral"),
    "clinic.ScreeningDecision": ("document-check", "info"),
    "clinic.SignedDocument": ("document", "neutral"),
    "clinic.DeclinedDocument": ("document", "attention"),
    "clinic.CapacityAssessment": ("clipboard", "info"),
    "clinic.Visit": ("calendar", "neutral"),
    "clinic.Message": ("mail", "neutral"),
    "clinic.Matter": ("bell", "attention"),
    "clinic_sessions.SupervisedSession": ("vitals", "record"),
    "clinic_sessions.Dose": ("dose", "record"),
    "clinic_sessions.Order": ("document-check", "record"),
    "clinic_sessions.AdverseEvent": ("warning", "attention"),
    "clinic_sessions.Note": ("pencil", "neutral"),
    "clinic_sessions.Touchpoint": ("phone", "neutral"),
    "clinic_sessions.Report": ("document", "neutral"),
}
PAGES = {
    "clinic.Form": "checklists:fill",
    "clinic.Visit": "booking:show",
    "clinic.Matter": "attention:show",
    "clinic_sessions.SupervisedSession": "supervised:show",
    "clinic_sessions.Touchpoint": "aftercare:touchpoint",
    "clinic_sessions.Report": "reports:show",
}
OF_DOCUMENTS = {"clinic.SignedDocument", "clinic.DeclinedDocument", "clinic.CapacityAssessment"}
SAID = ("reason", "outcome", "words")


def _timeline(case: Case, lines: int) -> list[Entry]:
    """What the trail holds of a case, newest first, in words; one more than is shown."""
    rows = list(
        TrailEntry.objects.filter(case_key=case.key)
        .exclude(act__in=NOT_IN_TIMELINE)
        .exclude(act__startswith="decided:")
        .select_related("by")
        .order_by("-at", "-sequence")[: lines + 1]
    )
    zone, entries, day = case.site.tz, [], None
    for row in rows:
        here = row.at.astimezone(zone).date()
        document = document_of(case.protocol_version, row.at)  # in the words of its day
        entries.append(_entry(row, document, show_day=here != day))
        day = here
    return entries


def _entry(row: TrailEntry, document: ProtocolDocument, *, show_day: bool) -> Entry:
    icon, tone = SIGNS.get(row.subject_kind, ("dot", "neutral"))
    said = json.loads(row.payload) if row.payload else {}
    words = [_about(row.subject_kind, said, document)]
    words += [said[name] for name in SAID if isinstance(said.get(name), str)]
    if said.get("under_effects"):
        words.append("under effects")
    if isinstance(said.get("capacity"), str):
        words.append(document.capacity(said["capacity"]))
    page = PAGES.get(row.subject_kind, "")
    return Entry(
        at=row.at,
        title=row.act[:1].upper() + row.act[1:],
        by=str(row.by) if row.by else "",
        body=" · ".join(filter(None, words)),
        icon=icon,
        tone=tone,
        href=address(page, row.subject_key) if page and row.subject_key else "",
        show_day=show_day,
    )


def _about(kind: str, said: dict[str, Any], document: ProtocolDocument) -> str:
    """Which document, contact, visit, dose or form a line is about, in the protocol's words."""
    code = said.get("code", "")
    if kind in OF_DOCUMENTS:
        return title_of(code, document)
    if kind == "clinic_sessions.Touchpoint":
        return getattr(document.touchpoint(code), "title", code)
    if kind == "clinic.Visit":
        titles = {rule.code: rule.title for rule in document.visits}
        return titles.get(code, str(code).replace("-", " "))
    if kind in {"clinic_sessions.Dose", "clinic_sessions.Order"} and "amount" in said:
        return f"{said['amount']} {document.unit}"
    if kind == "clinic.Form" and said.get("total") is not None:
        return f"{said['total']} points"
    return ""
