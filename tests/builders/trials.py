"""People in a trial: a participant on a shipped protocol, walked up to the day by the real acts."""

from uuid import uuid4

from clinic.cases import actions as cases
from clinic.checklists import actions as checklists
from clinic.checklists.files import instrument
from clinic.checklists.queries import checklist_of
from clinic.screening import actions as screening
from sessions.preparation import actions as preparation
from sessions.rehearsal import walk
from sessions.rehearsal.answering import harmless, scored
from sessions.supervised import actions
from sessions.supervised.models import SupervisedSession
from tests.builders.house import DAY, HOUR, MINUTE

CALM = {"systolic": "124", "diastolic": "78", "heart_rate": "80", "distress": "2"}
WARM = CALM | {"temperature": "36.8"}


def a_participant(house, at, *, person=None, **answers):
    """Somebody eligible whose preparation has begun."""
    patient = walk.registered(house, at=at, **(person or {}))
    case = cases.refer(
        patient, by=house.intake, at=at, protocol_version=house.version,
        referral_source="Psychiatrist", referral_reason="Nightmares that nothing has lifted.",
    )  # fmt: skip
    for user, capacity in [*house.pair, (house.prescriber, "prescriber")]:
        cases.join_team(case, by=house.facilitator, at=at, user=user, capacity=capacity)
    form = screening.start(case, by=house.intake, at=at)
    said = harmless(checklist_of(form), at.date(), **answers)
    screening.save(case, by=house.intake, at=at, form=form, answers=said, revision=0)
    walk.decided(house, case, at=at + HOUR)
    case.refresh_from_db()
    walk.begun(house, case, at=at + HOUR)
    return case


def measured(house, case, at, *codes):
    for code in codes:
        checklist = instrument(code)
        form = checklists.open_form(
            case, by=house.lead, at=at, checklist=checklist, purpose="measure",
            cycle=case.cycles.last(),
        )  # fmt: skip
        answers = scored(checklist, 0)
        checklists.answer(form, by=house.lead, at=at, answers=answers, revision=form.revision)
        checklists.complete(form, by=house.lead, at=at)


def a_talk(house, case, at, minutes=90):
    visit = walk.booked(
        house,
        case,
        at=at - DAY,
        starts_at=at,
        stage="preparation",
        minutes=minutes,
        people=house.pair,
    )
    walk.prepared(house, visit, at=at + HOUR, by=house.lead)


def a_session(house, case, at, *measures, minutes, way_home):
    """A dosing session planned for its time, with the way home after it."""
    told = at - DAY
    walk.clock(house, told)
    measured(house, case, told, *measures)
    preparation.plan_way_home(
        case.cycles.last(), by=house.lead, at=told, kind=way_home,
        escort_name="Alder Ashgrove", escort_phone="+1 212 555 0143", pickup_at=None,
        will_not_drive=True,
    )  # fmt: skip
    people = [*house.pair, (house.prescriber, "prescriber")]
    visit = walk.booked(
        house, case, at=told, starts_at=at, stage="dosing", minutes=minutes, people=people
    )
    return SupervisedSession.objects.get(visit=visit)


def checked(house, session, at):
    walk.checked_in(house, session, at=at, nurse=house.lead)
    walk.checks_done(house, session, at=at + 5 * MINUTE, nurse=house.lead)
    charted(house, session, at + 20 * MINUTE, WARM)


def charted(house, session, at, readings):
    walk.clock(house, at)
    actions.observe(
        session, by=house.lead, at=at, client_key=uuid4(), readings=readings, stated_at=at
    )
