"""The facts of one cycle or of fifty, in the same number of questions; what there is to prepare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q

from clinic.access import Permission, may
from clinic.booking.models import Stage, Visit, VisitPerson
from clinic.booking.queries import TOOK_PLACE, visit_rule
from clinic.cases.models import Case, Contact, Cycle, Hold
from clinic.cases.models import Status as CaseStatus
from clinic.cases.queries import Turn, Wanted
from clinic.checklists.document import Checklist
from clinic.checklists.models import Form
from clinic.checklists.models import Status as FormStatus
from clinic.checklists.queries import as_answers, standing_answers
from clinic.documents.queries import required_of
from clinic.people.models import Duty, DutyShift, Licence, User
from clinic.protocols.calculators import total_given
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import document_at
from clinic.screening.evidence.queries import newest_of_tests
from clinic.screening.medicines.queries import medicines_of
from clinic.screening.queries import PURPOSE, screenings_of
from sessions.preparation.facts import Attempt, Day, Facts, Filled
from sessions.preparation.models import DecisionPast, WayHome

PREPARED_IN = {CaseStatus.ELIGIBLE, CaseStatus.PREPARING}
# Whoever is ready waits for nothing but the session: where it is lost, for another.
WAITS_FOR_SESSION = PREPARED_IN | {CaseStatus.READY}

# The supervised session lies above this slice. When its app is ready it adds what it knows of the
# day here: asked with many cycles and a moment, it answers by the cycle's id.
ASK_THE_DAY: list[Callable[[list[Cycle], datetime], Mapping[int, Day]]] = []
# The same for the dose that is about to be given: asked with a cycle, it answers with its amount, its
# total, its lot and who checked it, or with nothing as long as none is at hand.
ASK_THE_DOSE: list[Callable[[Cycle], Mapping[str, Any] | None]] = []


def current_cycles(cases: Iterable[Case]) -> dict[int, Cycle]:
    """The newest cycle of each case."""
    rows = (
        Cycle.objects.filter(case_id__in=[case.pk for case in cases])
        .order_by("case_id", "-number")
        .distinct("case_id")
        .select_related("case__patient", "case__site", "case__protocol_version__protocol")
    )
    return {cycle.case_id: cycle for cycle in rows}


def facts_of(
    cycles: Iterable[Cycle],
    *,
    at: datetime,
    days: Mapping[int, Day] | None = None,
    on_the_day: bool = False,
    as_if: ProtocolVersion | None = None,
) -> dict[int, Facts]:
    """Gather what the gates ask about, for many cycles in a constant number of queries.

    Until the person is here the question is put for the moment the session is planned at;
    `on_the_day` puts it for this moment, whatever was planned; `as_if` puts it under another
    version.
    """
    rows = list(
        Cycle.objects.filter(pk__in=[cycle.pk for cycle in cycles])
        .select_related("case__patient", "case__site", "case__protocol_version__protocol")
        # A version's document is read once a process; fifty cycles need not carry it.
        .defer("case__protocol_version__document")
    )
    cases = list({row.case_id: row.case for row in rows}.values())
    for case in cases if as_if else ():
        case.protocol_version = as_if
    documents = {case.pk: document_at(case.protocol_version, case.site) for case in cases}
    known = _days(rows, at, days)
    dosing, preparation = _visits(rows)
    standing = required_of(cases, at)
    screening = screenings_of(cases)
    emergency, ways_home = _emergency(cases), _ways_home(rows)
    measures, checks = _measures(cases), _checks(rows, documents, known)
    enrolled = _enrolled(documents, measures)
    evidence = newest_of_tests(
        {pk: {test.code for test in document.tests} for pk, document in documents.items()}
    )
    medicines = medicines_of(cases)
    holds, shifts, decided = _holds(cases), _shifts(cases, at), _decided(rows)
    found = {}
    for row in rows:
        case, visit = row.case, dosing.get(row.pk)
        is_here = on_the_day or known.get(row.pk, Day()).is_checked_in
        moment = at if is_here or visit is None else max(at, visit.starts_at)
        facts = Facts(
            cycle=row,
            case=case,
            document=documents[case.pk],
            asked_at=at,
            at=moment,
            visit=visit,
            booked=tuple(visit.people.all()) if visit else (),
            documents=tuple(standing[case.pk]),
            screening=screening.get(case.pk),
            visits=tuple(preparation.get(row.pk, ())),
            emergency=tuple(emergency.get(case.patient_id, ())),
            way_home=ways_home.get(row.pk),
            measures=measures.get(case.pk, {}),
            evidence=evidence.get(case.pk, {}),
            enrolled=enrolled.get(case.pk, {}),
            checks=checks.get(row.pk),
            holds=tuple(hold for hold in holds if hold.site_id == case.site_id),
            shifts=tuple(shift for shift in shifts if shift.site_id == case.site_id),
            decided=(),
            day_facts=known.get(row.pk, Day()),
            medicines=medicines[case.pk],
        )
        of_the_day = (past for past in decided.get(row.pk, ()) if past.on_day == facts.day)
        screened = facts.screening and replace(facts.screening, on=facts.day)
        found[row.pk] = replace(facts, decided=tuple(of_the_day), screening=screened)
    return found


def facts_of_case(case: Case, *, at: datetime) -> Facts:
    """The facts of a case's newest cycle."""
    cycle = case.cycles.order_by("-number")[0]  # a case is opened with its first
    return facts_of([cycle], at=at)[cycle.pk]


def ways_home_of(facts: Facts) -> set[str]:
    """The ways home this version accepts; none named means any."""
    release = facts.document.release
    accepted = {way.value for way in release.ways_home} if release else set()
    return set() if "plan_followed" in accepted else accepted


def way_home_initial(facts: Facts) -> dict[str, Any]:
    """The plan that stands, for the form that changes it."""
    plan = facts.way_home
    if plan is None:
        return {"pickup_day": facts.visit and facts.day}
    pickup = plan.pickup_at.astimezone(facts.case.site.tz) if plan.pickup_at else None
    return {
        "kind": plan.kind,
        "escort_name": plan.escort_name,
        "escort_phone": plan.escort_phone,
        "pickup_day": pickup and pickup.date(),
        "pickup_time": pickup and pickup.time(),
        "will_not_drive": plan.will_not_drive,
    }


def wanted_by(cases: list[Case], at: datetime) -> dict[int, list[Wanted]]:
    """What each case before its dose still needs, besides what is signed."""
    before = [case for case in cases if case.status in WAITS_FOR_SESSION]
    cycles = list(current_cycles(before).values()) if before else []
    prepared = [cycle for cycle in cycles if cycle.case.status in PREPARED_IN]
    facts = facts_of(prepared, at=at) if prepared else {}
    sessions = _sessions_of(cycles)
    return {
        cycle.case_id: [
            *(_wants(facts[cycle.pk]) if cycle.pk in facts else ()),
            *_wants_session(cycle, sessions.get(cycle.pk, [])),
        ]
        for cycle in cycles
    }


def _sessions_of(cycles: list[Cycle]) -> dict[int, list[Visit]]:
    """Every visit booked for the dose of a cycle, whatever became of it."""
    found: dict[int, list[Visit]] = {}
    for visit in Visit.objects.filter(cycle__in=cycles, stage=Stage.DOSING) if cycles else ():
        found.setdefault(visit.cycle_id, []).append(visit)
    return found


def _wants_session(cycle: Cycle, sessions: list[Visit]) -> Iterator[Wanted]:
    """A session, and since when the one it had is lost: called off, or missed at its time."""
    if any(visit.status in TOOK_PLACE for visit in sessions):
        return
    if sessions:
        since = max(visit.cancelled_at or visit.starts_at for visit in sessions)
        words = "session not booked: rebook or call"
        yield Wanted(words, "booking:book", turn=Turn.INTAKE, since=since)
    elif cycle.case.status != CaseStatus.ELIGIBLE:
        yield Wanted("session not booked", "booking:book", turn=Turn.INTAKE)


def _wants(facts: Facts) -> Iterator[Wanted]:
    if facts.case.status == CaseStatus.ELIGIBLE:
        yield Wanted("preparation not begun", "preparation:show")
        return
    for rule in facts.document.visits:
        held = sum(v.code == rule.code and v.done_at is not None for v in facts.visits)
        is_wanted = rule.stage.value == Stage.PREPARATION and rule.belongs_to(facts.cycle.number)
        if is_wanted and held < rule.count_min:
            yield Wanted(f"{rule.title}: {held} of {rule.count_min} held", "preparation:show")
    if facts.way_home is None:
        yield Wanted("way home not planned", "preparation:way_home")


def attempt_of(
    facts: Facts,
    *,
    by: User,
    amount: Decimal | None = None,
    total: Decimal | None = None,
    lot: Any = None,
    is_still_in_stock: bool = False,
    second: User | None = None,
) -> Attempt:
    """The dose somebody is about to give, with what the second person may do.

    `total` is what the person will have had in this session with this dose.
    """
    before = total_given(facts.day_facts.given)
    if total is not None:
        before = total - (amount or Decimal(0))
    return Attempt(
        by=by,
        amount=amount,
        given_before=before,
        lot=lot,
        is_still_in_stock=is_still_in_stock,
        second=second,
        second_may_dose=bool(second and may(second, Permission.DOSE, site=facts.case.site)),
        second_licences=tuple(Licence.objects.filter(user=second)) if second else (),
    )


def dose_at_hand(facts: Facts, *, by: User) -> Attempt | None:
    """The dose that stands ready to be given to somebody who is here, as if this person gave it."""
    for ask in ASK_THE_DOSE if facts.day_facts.is_checked_in else ():
        known = ask(facts.cycle)
        if known is not None:
            return attempt_of(facts, by=by, **known)
    return None


def _days(cycles: list[Cycle], at: datetime, days: Mapping[int, Day] | None) -> Mapping[int, Day]:
    if days is not None:
        return days
    found: dict[int, Day] = {}
    for ask in ASK_THE_DAY:
        found.update(ask(cycles, at))
    return found


def _visits(cycles: list[Cycle]) -> tuple[dict[int, Visit], dict[int, list[Visit]]]:
    people = Prefetch(
        "people", VisitPerson.objects.select_related("user").prefetch_related("user__licences")
    )
    rows = (
        Visit.objects.filter(
            Q(stage=Stage.DOSING, status__in=TOOK_PLACE)
            | Q(stage=Stage.PREPARATION, status__in=TOOK_PLACE),
            cycle__in=cycles,
        )
        .select_related("room")
        .prefetch_related(people)
        .order_by("starts_at")
    )
    dosing: dict[int, Visit] = {}
    preparation: dict[int, list[Visit]] = {}
    for row in rows:
        if row.stage == Stage.DOSING:
            dosing[row.cycle_id] = row
        else:
            preparation.setdefault(row.cycle_id, []).append(row)
    return dosing, preparation


def _checks(
    cycles: list[Cycle], documents: Mapping[int, ProtocolDocument], days: Mapping[int, Day]
) -> dict[int, Filled]:
    """Today's checks of each live session; those of another day or session are no checks at all."""
    keys = {
        days[cycle.pk].session_key: cycle.pk
        for cycle in cycles
        if cycle.pk in days and days[cycle.pk].session_key and documents[cycle.case_id].today
    }
    forms = Form.objects.filter(about_key__in=list(keys)).exclude(status=FormStatus.ABANDONED)
    wanted = {
        days[pk].session_key: documents[cycle.case_id].today.checklist  # type: ignore[union-attr]
        for cycle in cycles
        for pk in [cycle.pk]
        if pk in days and days[pk].session_key in keys
    }
    ours = [form for form in forms.order_by("pk") if form.code == wanted[form.about_key]]
    return {keys[filled.form.about_key]: filled for filled in _filled(ours)}


def _filled(forms: list[Form]) -> list[Filled]:
    """Forms with the answers that stand on them."""
    rows = standing_answers(forms)
    return [Filled(form, as_answers(rows[form.pk])) for form in forms]


def _emergency(cases: list[Case]) -> dict[int, list[Contact]]:
    rows = Contact.objects.filter(
        patient_id__in=[case.patient_id for case in cases],
        role=Contact.Role.EMERGENCY,
        ended_at__isnull=True,
    )
    return _by(rows, "patient_id")


def _ways_home(cycles: list[Cycle]) -> dict[int, WayHome]:
    rows = (
        WayHome.objects.filter(cycle__in=cycles)
        .select_related("planned_by")
        .order_by("cycle_id", "-pk")
        .distinct("cycle_id")
    )
    return {row.cycle_id: row for row in rows}


def _measures(cases: list[Case]) -> dict[int, dict[str, Form]]:
    found: dict[int, dict[str, Form]] = {}
    rows = Form.objects.filter(case__in=cases, status=FormStatus.COMPLETED)
    for row in rows.exclude(purpose=PURPOSE).defer("definition").order_by("completed_at"):
        found.setdefault(row.case_id, {})[row.code] = row
    return found


def _enrolled(
    documents: Mapping[int, ProtocolDocument], measures: Mapping[int, Mapping[str, Form]]
) -> dict[int, dict[str, Filled]]:
    """What the forms of the registers say, case by case; nothing is asked where there are none."""
    forms = [
        measures[case][rule.checklist]
        for case, document in documents.items()
        for rule in document.enrolments
        if rule.checklist in measures.get(case, {})
    ]
    found: dict[int, dict[str, Filled]] = {}
    for filled in _filled(forms) if forms else []:
        found.setdefault(filled.form.case_id, {})[filled.form.code] = filled
    return found


def _holds(cases: list[Case]) -> list[Hold]:
    sites = {case.site_id for case in cases}
    return list(Hold.objects.filter(site_id__in=sites, lifted_at__isnull=True))


def _shifts(cases: list[Case], at: datetime) -> list[DutyShift]:
    rows = DutyShift.objects.filter(
        site_id__in={case.site_id for case in cases}, duty=Duty.ON_CALL, ends_at__gt=at
    )
    return list(rows.select_related("user").order_by("starts_at"))


def _decided(cycles: list[Cycle]) -> dict[int, list[DecisionPast]]:
    rows = DecisionPast.objects.filter(cycle__in=cycles).select_related("decided_by")
    return _by(rows.order_by("pk"), "cycle_id")


def _by(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found


def is_preparation(visit: Visit) -> bool:
    """Whether a visit belongs to the time before the dose."""
    return visit.stage == Stage.PREPARATION


def content_of(visit: Visit) -> Checklist | None:
    """The list of what a visit covers, as the version has it."""
    document = document_at(visit.case.protocol_version, visit.case.site)
    rule = visit_rule(visit.case, visit.stage, visit.code)
    return document.checklist(rule.checklist) if rule and rule.checklist else None


def content_form(visit: Visit) -> Form | None:
    """The filled list of a visit, if it has been opened."""
    forms = Form.objects.filter(about_key=visit.key, case=visit.case)
    return forms.exclude(status=FormStatus.ABANDONED).order_by("-pk").first()
