"""One made-up person's way through the clinic, step by step, by the real actions.

Each step takes the house, the case and the moment; each moves the made-up clock first, so that what
the database receives bears the moment the step is told at.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from clinic.booking import actions as booking
from clinic.booking.models import Visit
from clinic.cases import actions as cases
from clinic.cases.models import Case, Contact, Patient
from clinic.cases.queries import current_cycle
from clinic.checklists import actions as checklists
from clinic.checklists.engine import Answer
from clinic.checklists.files import instrument
from clinic.checklists.queries import checklist_of
from clinic.context import set_context
from clinic.documents import actions as documents
from clinic.documents.queries import required
from clinic.protocols.calculators import age_on
from clinic.protocols.queries import document_of
from clinic.screening import actions as screening
from clinic.screening.official import actions as official
from clinic.screening.queries import open_findings, screening_of
from sessions.aftercare import actions as aftercare
from sessions.aftercare.models import Status as TouchpointStatus
from sessions.aftercare.models import Touchpoint
from sessions.integration import actions as integration
from sessions.preparation import actions as preparation
from sessions.rehearsal.answering import harmless, scored
from sessions.rehearsal.house import House, proof
from sessions.supervised import actions as supervised
from sessions.supervised.models import SupervisedSession

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

OPEN = [TouchpointStatus.PLANNED, TouchpointStatus.SENT, TouchpointStatus.ANSWERED]
CALM = {
    "systolic": "124",
    "diastolic": "78",
    "heart_rate": "72",
    "spo2": "98",
    "respiratory_rate": "14",
    "sedation": "5",
    "dissociation": "0",
    "nausea": "0",
}
BEFORE = {"systolic": "122", "diastolic": "76", "heart_rate": "70", "spo2": "98",
          "temperature": "36.6", "respiratory_rate": "14", "sedation": "5"}  # fmt: skip
AMOUNT = Decimal(50)
WEIGHT = Decimal(70)


def clock(house: House, at: datetime) -> None:
    """Set the made-up clock of this transaction."""
    set_context(user_id=house.intake.pk, sites=[house.site.pk], clock=at)


def entry_key(*parts: Any) -> UUID:
    """The key a made-up device gives an entry: the same for the same entry."""
    return uuid5(UUID(int=0), "/".join(map(str, parts)))


# -- Before the session ----------------------------------------------------------------------


def registered(
    house: House,
    *,
    at: datetime,
    family_name: str = "Ashgrove",
    given_name: str = "Rowan",
    born: date = date(1985, 7, 14),
    **details: Any,
) -> Patient:
    """Intake staff register a person and see their identity document."""
    clock(house, at)
    facts = {
        "email": f"{given_name}.{family_name}@patients.example".lower().replace(" ", "-"),
        "phone": "+1 212 555 0142",
        "address": "7 Orchard Lane",
        "language": "en",
        "zone": house.site.zone,
        "may_email": True,
        "allergies": "Penicillin",
    }
    patient = cases.register(
        by=house.intake,
        at=at,
        site=house.site,
        family_name=family_name,
        given_name=given_name,
        date_of_birth=born,
        **(facts | details),
    )
    cases.see_identity(patient, by=house.intake, at=at, document="Passport")
    cases.add_contact(
        patient,
        by=house.intake,
        at=at,
        role=Contact.Role.EMERGENCY,
        name="Alder Ashgrove",
        relation="sibling",
        phone="+1 212 555 0143",
    )
    return patient


def referred(house: House, patient: Patient, *, at: datetime) -> Case:
    """Intake staff open a case on the published protocol and name its team."""
    clock(house, at)
    case = cases.refer(
        patient,
        by=house.intake,
        at=at,
        protocol_version=house.version,
        referral_source="Family doctor",
        referral_reason="Depression that two medicines did not lift.",
    )
    for user, capacity in [
        (house.facilitator, "facilitator"),
        (house.nurse, "nurse"),
        (house.prescriber, "prescriber"),
    ]:
        cases.join_team(case, by=house.facilitator, at=at, user=user, capacity=capacity)
    return case


def answered(house: House, case: Case, *, at: datetime, by: Any = None, **chosen: Any) -> Any:
    """Intake staff fill the screening form; `chosen` gives some answers by item code."""
    clock(house, at)
    by = by or house.intake
    form = screening.start(case, by=by, at=at)
    born, day = case.patient.date_of_birth, at.date()
    usual = {
        "age": age_on(born, day),
        "systolic": 126,
        "diastolic": 79,
        "failed_antidepressants": 2,
    }
    answers = harmless(checklist_of(form), day, **(usual | chosen))
    screening.save(case, by=by, at=at, form=form, answers=answers, revision=form.revision)
    return form


def reviewed(house: House, case: Case, *, at: datetime) -> None:
    """The prescriber settles every finding that asks for somebody."""
    clock(house, at)
    form = screening_of(case, on=at.date()).form
    for found in open_findings(case, on=at.date()):
        screening.rule_on(
            form,
            by=house.prescriber,
            at=at,
            item=found.item,
            ruling="cleared" if found.meaning == "action" else "accepted",
            reason="Discussed with the person and their doctor; documented in the file.",
            evidence_on=at.date(),
            approval_reference="IRB 2026/1 (made up)",
            approval_on=at.date(),
            proof=proof(house.prescriber, at),
        )


def decided(house: House, case: Case, *, at: datetime, outcome: str = "eligible") -> None:
    """The prescriber decides on the screening and signs."""
    clock(house, at)
    version = document_of(case.protocol_version)
    screened = screening_of(case, on=at.date())
    if screened.official_form and not screened.confirmation and outcome == "eligible":
        official.confirm(
            case,
            by=house.prescriber,
            at=at,
            edition="2025",
            language="English",
            proof=proof(house.prescriber, at),
        )
    is_declined = outcome == "declined" and version.denial_reasons
    screening.decide(
        case,
        by=house.prescriber,
        at=at,
        outcome=outcome,
        reason="" if outcome == "eligible" else "Not now; the findings outweigh the benefit.",
        deferred_until=at.date() + 90 * DAY if outcome == "deferred" else None,
        denial_reasons=["none-of-these"] if is_declined else [],
        proof=proof(house.prescriber, at),
    )


def begun(house: House, case: Case, *, at: datetime) -> None:
    """The facilitator begins to prepare the person."""
    clock(house, at)
    preparation.begin(case, by=house.facilitator, at=at)


def consented(house: House, case: Case, *, at: datetime, without: tuple[str, ...] = ()) -> None:
    """The person signs every document of the protocol before the facilitator."""
    clock(house, at)
    for row in required(case, at):
        if row.rule.code in without or row.document is not None:
            continue
        documents.sign(
            case,
            by=house.facilitator,
            at=at,
            code=row.rule.code,
            text=row.text,
            printed_name=f"{case.patient.given_name} {case.patient.family_name}",
            **_choice(row.rule),
            proof=proof(house.facilitator, at),
        )


def _choice(rule: Any) -> dict[str, str]:
    if not rule.widens:
        return {}
    if rule.code == "touch-consent":
        return {"choice": "limits", "limits": "Hand on the shoulder, after asking."}
    return {"choice": "no" if rule.code == "recording-consent" else "yes"}


def measured(
    house: House, case: Case, *, at: datetime, phq: int = 2, gad: int = 1, by: Any = None
) -> None:
    """The person answers both questionnaires with a clinician; `phq` and `gad` are per item."""
    clock(house, at)
    by = by or house.facilitator
    cycle = current_cycle(case)
    for code, each in [("phq-9", phq), ("gad-7", gad)]:
        checklist = instrument(code)
        form = checklists.open_form(
            case, by=by, at=at, checklist=checklist, purpose="measure", cycle=cycle
        )
        answers = scored(checklist, each)
        if code == "phq-9":
            answers["phq9"] = Answer("known", "not-at-all")
        checklists.answer(form, by=by, at=at, answers=answers, revision=form.revision)
        checklists.complete(form, by=by, at=at)


def booked(
    house: House,
    case: Case,
    *,
    at: datetime,
    starts_at: datetime,
    stage: str,
    room: Any = None,
    minutes: int = 60,
    people: list[tuple[Any, str]] | None = None,
) -> Visit:
    """Intake staff book a visit of the protocol."""
    clock(house, at)
    if people is None:
        people = [(house.facilitator, "facilitator")]
        if stage == "dosing":
            people += [(house.nurse, "nurse"), (house.prescriber, "prescriber")]
    return booking.book(
        case,
        by=house.intake,
        at=at,
        stage=stage,
        code=stage,
        room=room or house.room,
        starts_at=starts_at,
        ends_at=starts_at + minutes * MINUTE,
        people=people,
    )


def prepared(house: House, visit: Visit, *, at: datetime, by: Any = None) -> None:
    """The facilitator holds a preparation visit and goes through everything on its list."""
    clock(house, at)
    by = by or house.facilitator
    form = preparation.open_content(visit, by=by, at=at)
    checklists.answer(
        form,
        by=by,
        at=at,
        answers=harmless(checklist_of(form), at.date()),
        revision=form.revision,
    )
    checklists.complete(form, by=by, at=at)
    preparation.complete_visit(visit, by=by, at=at)


def way_home_planned(house: House, case: Case, *, at: datetime, pickup_at: datetime | None) -> None:
    """The facilitator writes down who fetches the person."""
    clock(house, at)
    preparation.plan_way_home(
        current_cycle(case),
        by=house.facilitator,
        at=at,
        kind="adult_present",
        escort_name="Alder Ashgrove",
        escort_phone="+1 212 555 0143",
        pickup_at=pickup_at,
        will_not_drive=True,
    )


def declared_ready(house: House, case: Case, *, at: datetime) -> None:
    """The facilitator declares the person ready."""
    clock(house, at)
    preparation.declare_ready(case, by=house.facilitator, at=at)


# -- The session -----------------------------------------------------------------------------


def checked_in(
    house: House, session: SupervisedSession, *, at: datetime, nurse: Any = None
) -> None:
    """The person comes; what they signed is re-affirmed."""
    clock(house, at)
    nurse = nurse or house.nurse
    supervised.check_in(session, by=nurse, at=at)
    for row in required(session.case, at):
        if row.waits_for_today:
            documents.reaffirm(row.document, by=nurse, at=at, about_key=session.key)


def checks_done(
    house: House, session: SupervisedSession, *, at: datetime, nurse: Any = None, **chosen: Any
) -> None:
    """The nurse goes through today's checks."""
    clock(house, at)
    nurse = nurse or house.nurse
    form = supervised.begin_todays_checks(session, by=nurse, at=at)
    local = at.astimezone(house.site.tz).date()
    chosen = {"weight_kg": str(WEIGHT), "weighed_on": local.isoformat()} | chosen
    supervised.answer_todays_checks(
        session,
        by=nurse,
        at=at,
        form=form,
        answers=harmless(checklist_of(form), local, **chosen),
        revision=form.revision,
        is_finished=True,
    )


def observed(
    house: House,
    session: SupervisedSession,
    *,
    at: datetime,
    planned_for: datetime | None = None,
    stated_at: datetime | None = None,
    nurse: Any = None,
    before: bool = False,
    **readings: str,
) -> Any:
    """The nurse charts one set of observations."""
    clock(house, at)
    return supervised.observe(
        session,
        by=nurse or house.nurse,
        at=at,
        client_key=entry_key(session.key, "set", at.isoformat()),
        readings=(BEFORE if before else CALM) | readings,
        stated_at=stated_at or at,
        planned_for=planned_for,
    )


def ordered(
    house: House, session: SupervisedSession, *, at: datetime, amount: Decimal = AMOUNT
) -> Any:
    """The prescriber orders the dose and signs."""
    clock(house, at)
    return supervised.order(
        session,
        by=house.prescriber,
        at=at,
        amount=amount,
        weight_kg=WEIGHT,
        proof=proof(house.prescriber, at),
    )


def drawn(house: House, order: Any, *, at: datetime, nurse: Any = None, second: Any = None) -> None:
    """The nurse draws the dose; a second person checks it and signs."""
    clock(house, at)
    second = second or house.prescriber
    supervised.prepare(
        order,
        by=nurse or house.nurse,
        at=at,
        lot=house.lot,
        quantity=order.amount,
        second=second,
        second_proof=proof(second, at),
    )


def dosed(house: House, order: Any, *, at: datetime, nurse: Any = None) -> Any:
    """The nurse gives the dose."""
    clock(house, at)
    return supervised.give(
        order,
        by=nurse or house.nurse,
        at=at,
        client_key=entry_key(order.key, "given"),
        given_at=at,
        amount=order.amount,
    )


def up_to_the_dose(
    house: House, session: SupervisedSession, *, at: datetime, nurse: Any = None
) -> Any:
    """Everything from the door to the dose, which is given at `at`."""
    checked_in(house, session, at=at - 25 * MINUTE, nurse=nurse)
    checks_done(house, session, at=at - 20 * MINUTE, nurse=nurse)
    observed(house, session, at=at - 15 * MINUTE, nurse=nurse, before=True)
    order = ordered(house, session, at=at - 10 * MINUTE)
    drawn(house, order, at=at - 5 * MINUTE, nurse=nurse)
    return dosed(house, order, at=at, nurse=nurse)


COURSE = {  # minutes after the dose: what a calm session looks like
    0: {},
    15: {"systolic": "141", "diastolic": "88", "heart_rate": "88", "sedation": "4",
         "dissociation": "7"},
    30: {"systolic": "148", "diastolic": "90", "heart_rate": "92", "sedation": "4",
         "dissociation": "8"},
    45: {"systolic": "138", "diastolic": "86", "heart_rate": "84", "dissociation": "5"},
    60: {"systolic": "130", "diastolic": "82", "heart_rate": "78", "dissociation": "2"},
    90: {"dissociation": "1"},
    120: {},
}  # fmt: skip


def watched(
    house: House,
    session: SupervisedSession,
    *,
    dosed_at: datetime,
    until: datetime,
    nurse: Any = None,
    late: dict[int, int] | None = None,
) -> None:
    """The nurse charts the schedule up to a moment; `late` gives minutes of lateness by minute."""
    for minute, readings in COURSE.items():
        planned = dosed_at + minute * MINUTE
        at = planned + (late or {}).get(minute, 1) * MINUTE
        if at <= until:
            observed(house, session, at=at, planned_for=planned, nurse=nurse, **readings)


def tapped(
    house: House, session: SupervisedSession, *, at: datetime, code: str, nurse: Any = None
) -> Any:
    """Somebody taps an event."""
    clock(house, at)
    return supervised.event(
        session,
        by=nurse or house.nurse,
        at=at,
        client_key=entry_key(session.key, code, at.isoformat()),
        code=code,
        stated_at=at,
    )


def criteria_met(
    house: House, session: SupervisedSession, *, at: datetime, nurse: Any = None
) -> None:
    """The nurse goes through the criteria for leaving and finds the person ready."""
    clock(house, at)
    nurse = nurse or house.nurse
    form = supervised.begin_criteria(session, by=nurse, at=at)
    supervised.answer_criteria(
        session,
        by=nurse,
        at=at,
        form=form,
        answers=harmless(checklist_of(form), at.date()),
        revision=form.revision,
    )
    supervised.ready_to_leave(session, by=nurse, at=at)


def released(house: House, session: SupervisedSession, *, at: datetime, nurse: Any = None) -> None:
    """The nurse lets the person go home and signs."""
    clock(house, at)
    nurse = nurse or house.nurse
    supervised.release(session, by=nurse, at=at, proof=proof(nurse, at))


def signed(house: House, session: SupervisedSession, *, at: datetime, nurse: Any = None) -> None:
    """The nurse signs the record of the session."""
    clock(house, at)
    nurse = nurse or house.nurse
    supervised.sign(session, by=nurse, at=at, proof=proof(nurse, at))


def whole_session(
    house: House, session: SupervisedSession, *, at: datetime, nurse: Any = None
) -> datetime:
    """A calm session from the door to the signature; gives the moment of the release."""
    up_to_the_dose(house, session, at=at, nurse=nurse)
    tapped(house, session, at=at + 20 * MINUTE, code="eyes-closed", nurse=nurse)
    tapped(house, session, at=at + 50 * MINUTE, code="water", nurse=nurse)
    watched(house, session, dosed_at=at, until=at + 3 * HOUR, nurse=nurse)
    criteria_met(house, session, at=at + 123 * MINUTE, nurse=nurse)
    released(house, session, at=at + 126 * MINUTE, nurse=nurse)
    signed(house, session, at=at + 140 * MINUTE, nurse=nurse)
    return at + 126 * MINUTE


# -- Whole stretches -------------------------------------------------------------------------


def eligible(house: House, *, at: datetime, patient: Patient | None = None, **person: Any) -> Case:
    """A case that has been found eligible at `at`, of a new person or of one who is here already."""
    patient = patient or registered(house, at=at - 7 * DAY, **person)
    case = referred(house, patient, at=at - 6 * DAY)
    answered(house, case, at=at - 3 * DAY)
    reviewed(house, case, at=at - 2 * HOUR)
    decided(house, case, at=at)
    case.refresh_from_db()
    return case


def ready(
    house: House,
    *,
    session_at: datetime,
    eligible_at: datetime | None = None,
    prepared_at: datetime | None = None,
    told_at: datetime | None = None,
    room: Any = None,
    people: list[tuple[Any, str]] | None = None,
    without: tuple[str, ...] = (),
    patient: Patient | None = None,
    **person: Any,
) -> tuple[Case, SupervisedSession]:
    """A case that is ready, with its session planned to begin at `session_at`.

    `told_at` is when the story is told: no step is later. `without` leaves out steps ("consent",
    "measures", "way_home", "preparation", "declaration"); the person is then not declared ready,
    and the case shows what is missing.
    """
    prepared_at = prepared_at or session_at - 5 * DAY
    eligible_at = eligible_at or prepared_at - 5 * DAY
    case = eligible(house, at=eligible_at, patient=patient, **person)
    begun(house, case, at=prepared_at - 4 * DAY)
    visit = booked(
        house,
        case,
        at=prepared_at - 3 * DAY,
        starts_at=prepared_at,
        stage="preparation",
        room=room,
        people=[(p, c) for p, c in people if c == "facilitator"] if people else None,
    )
    if "consent" not in without:
        consented(house, case, at=prepared_at + 5 * MINUTE)
    if "measures" not in without:
        measured(house, case, at=prepared_at + 10 * MINUTE)
    if "preparation" not in without:
        prepared(house, visit, at=prepared_at + HOUR)
    if "way_home" not in without:
        pickup_at = session_at + 3 * HOUR
        way_home_planned(house, case, at=prepared_at + HOUR, pickup_at=pickup_at)
    dosing = booked(
        house,
        case,
        at=prepared_at + HOUR,
        starts_at=session_at,
        stage="dosing",
        room=room,
        minutes=180,
        people=people,
    )
    if not without:
        declared_ready(house, case, at=min(session_at - DAY, told_at or session_at))
    case.refresh_from_db()
    return case, SupervisedSession.objects.get(visit=dosing)


def integrated(
    house: House, case: Case, *, released_at: datetime, starts_at: datetime | None = None
) -> Visit:
    """The integration visit a day and more after, with its note and one commitment."""
    starts_at = starts_at or released_at + 26 * HOUR
    visit = booked(house, case, at=released_at + HOUR, starts_at=starts_at, stage="integration")
    clock(house, starts_at)
    booking.arrive(visit, by=house.facilitator, at=starts_at)
    at = starts_at + HOUR
    clock(house, at)
    integration.write_note(
        visit,
        by=house.facilitator,
        at=at,
        body="Slept well. Spoke of the sea and of their mother; calm, a little tired.",
    )
    integration.commit(
        visit,
        by=house.facilitator,
        at=at,
        insight="I was never alone in it.",
        words="Call my sister on Sunday.",
        follow_up_on=at.date() + 7 * DAY,
    )
    integration.finish_visit(visit, by=house.facilitator, at=at)
    return visit


def followed_up(house: House, case: Case, *, until: datetime) -> None:
    """Every contact that was due by then was made in its hour."""
    due = Touchpoint.objects.filter(case=case, status__in=OPEN, due_at__lt=until)
    for touchpoint in due.order_by("due_at"):
        at = touchpoint.due_at + HOUR
        clock(house, at)
        aftercare.contact_made(
            touchpoint, by=house.facilitator, at=at, words="Slept well, in good spirits, safe."
        )


def into_aftercare(house: House, case: Case, *, at: datetime) -> None:
    """Integration is over for now; aftercare goes on."""
    clock(house, at)
    case.refresh_from_db()
    aftercare.begin_aftercare(case, by=house.facilitator, at=at)


def closed(house: House, case: Case, *, at: datetime) -> None:
    """Everything still planned is settled, and the case is closed."""
    clock(house, at)
    case.refresh_from_db()
    for touchpoint in Touchpoint.objects.filter(case=case, status__in=OPEN):
        words = "Treatment is complete; the person wishes no further contact."
        aftercare.call_off(touchpoint, by=house.facilitator, at=at, words=words)
    cases.close(case, by=house.facilitator, at=at, reason="Treatment complete; well.")


def protocol_of(case: Case) -> Any:
    """The document a case is pinned to."""
    return document_of(case.protocol_version)
