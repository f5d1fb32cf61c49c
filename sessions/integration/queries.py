"""What was said after a session, what the person means to do, and how they have been since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from clinic.access import Permission, in_reach, may
from clinic.booking.models import Stage, Visit
from clinic.checklists import scoring
from clinic.checklists.exact import plainly
from clinic.checklists.files import instruments
from clinic.checklists.models import Answer, Form
from clinic.checklists.models import Status as FormStatus
from clinic.checklists.queries import as_answers, checklist_of, newest_answers
from clinic.checklists.scoring import SubscaleScore
from clinic.checklists.wording.queries import in_use
from clinic.pages.charts import Chart, Dose, Point, Series, score_chart
from sessions.integration.models import Commitment, Note, ProcessNote, Status
from sessions.supervised.models import Dose as DoseGiven

SCORED = ("phq-9", "gad-7")
SYMBOLS = ("circle", "square", "diamond", "triangle", "cross", "plus")


def visible_visits(user: Any) -> QuerySet[Visit]:
    """The integration visits of the cases this person may open."""
    notes = Note.objects.select_related("written_by").order_by("pk")
    commitments = Commitment.objects.select_related("settled_by", "made_by")
    return (
        Visit.objects.filter(in_reach(user, Permission.SEE_CASE), stage=Stage.INTEGRATION)
        .select_related("site", "room", "cycle", "case__site", "case__patient")
        .select_related("case__protocol_version__protocol")
        .prefetch_related(
            Prefetch("notes", notes), Prefetch("commitments", commitments), "people__user"
        )
    )


def visible_commitments(user: Any) -> QuerySet[Commitment]:
    """The commitments of the cases this person may open."""
    return Commitment.objects.filter(in_reach(user, Permission.SEE_CASE)).select_related(
        "case__site", "case__patient", "visit", "site"
    )


def process_notes(user: Any, visit: Visit) -> QuerySet[ProcessNote]:
    """The therapist's own notes, for those alone who may read them at this site."""
    notes = ProcessNote.objects.filter(visit=visit).select_related("written_by")
    return notes if may_read_process_notes(user, visit) else notes.none()


def may_read_process_notes(user: Any, visit: Visit) -> bool:
    """Whether this person may read process notes where the visit took place."""
    return may(user, Permission.SEE_PROCESS_NOTES, site=visit.site_id)


def open_commitments(case: Any) -> QuerySet[Commitment]:
    """What the person meant to do and nobody has asked about yet, the next to ask first."""
    return (
        Commitment.objects.filter(case=case, status=Status.OPEN)
        .select_related("visit", "site")
        .order_by("follow_up_on", "pk")
    )


def commitments_to_follow_up(user: Any, day: date) -> QuerySet[Commitment]:
    """The commitments to be asked about by this day, at the person's sites."""
    return (
        visible_commitments(user)
        .filter(status=Status.OPEN, follow_up_on__lte=day)
        .order_by("follow_up_on", "pk")
    )


@dataclass(frozen=True)
class Measures:
    """How the scores of one case went, against the doses it had."""

    chart: Chart | None
    scores: list[Score]
    to_fill: list[tuple[str, str]]


@dataclass(frozen=True)
class Score:
    """One finished questionnaire."""

    form: Form
    title: str
    total: Decimal | None
    highest: Decimal | None
    band: str
    change: Decimal | None  # since the one before of the same kind
    by_patient: bool
    parts: tuple[SubscaleScore, ...] = ()  # of one that has no total


def measures(case: Any) -> Measures:
    """Every finished questionnaire of a case, and the doses between them."""
    forms = list(
        Form.objects.filter(
            case=case, status=FormStatus.COMPLETED, code__in=list(instruments())
        ).order_by("completed_at", "pk")
    )
    doses = [
        Dose(dose.given_at, f"{dose.amount.normalize():f} {dose.unit}")
        for dose in DoseGiven.objects.filter(session__case=case).order_by("given_at")
    ]
    scores = _scores(forms)
    return Measures(
        chart=score_chart(_series(forms), doses)
        if any(f.total is not None for f in forms)
        else None,
        scores=scores[::-1],
        to_fill=[
            (code, checklist.title)
            for code, checklist in sorted(in_use().items())
            if not checklist.waits_for_its_text
        ],
    )


def _scores(forms: list[Form]) -> list[Score]:
    scores: list[Score] = []
    before: dict[str, Decimal] = {}
    without = newest_answers(form for form in forms if form.total is None)
    for form in forms:
        last = before.get(form.code)
        bands = (form.definition.get("scoring") or {}).get("bands") or []
        scores.append(
            Score(
                form=form,
                title=form.definition["title"],
                total=form.total,
                highest=None if form.total is None else scoring.most(checklist_of(form)),
                band=next((b["label"] for b in bands if b["code"] == form.band), ""),
                change=None if last is None or form.total is None else plainly(form.total - last),
                by_patient=form.by_patient,
                parts=_parts(form, without.get(form.pk, {})),
            )
        )
        if form.total is not None:
            before[form.code] = form.total
    return scores


def _parts(form: Form, rows: dict[str, Answer]) -> tuple[SubscaleScore, ...]:
    found = scoring.score(checklist_of(form), as_answers(rows)).subscales.values()
    return tuple(part for part in found if part.complete)


def _series(forms: list[Form]) -> list[Series]:
    scored = [form for form in forms if form.total is not None]
    found = {form.code for form in scored}
    codes = [code for code in SCORED if code in found] + sorted(found - set(SCORED))
    return [
        Series(
            name=code.upper(),
            unit="points",
            points=[
                Point(f.completed_at, f.total) for f in scored if f.code == code and f.completed_at
            ],
            symbol=SYMBOLS[number % len(SYMBOLS)],
        )
        for number, code in enumerate(codes)
    ]
