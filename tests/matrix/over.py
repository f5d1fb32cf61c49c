"""What a place has behind it: what was closed, lifted, given up, and what waits for the site alone.

Lists show such rows where nobody asks for them by their key, so that an open filter shows there.
"""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from uuid import uuid4

from clinic.attention import actions as attention
from clinic.cases import actions as cases
from clinic.cases.break_glass import actions as break_glass
from clinic.cases.importing import actions as importing
from clinic.cases.signatures.queries import latest_under
from clinic.context import set_context
from clinic.people import actions as people
from clinic.people.models import Duty, DutyShift, RoleAtSite
from clinic.people.queries import system_user
from clinic.safety.concerns import actions as concerns
from clinic.safety.incidents import actions as incidents
from clinic.stock import actions as stock
from sessions.rehearsal import walk
from sessions.reports import actions as reports
from sessions.reports.models import Report
from sessions.supervised import actions as supervised
from sessions.supervised.models import SupervisedSession
from tests.builders.house import DAY, HOUR, MINUTE, NOON, proof


def settled(place):
    """A matter, a complaint and a concern, each closed; a hold, lifted and signed."""
    house, word, at = place.house, place.secret, NOON - DAY
    walk.clock(house, at)
    matter = _matter(place, f"Settled {word}", at=at, case=place.rows["case"][0])
    attention.take(matter, by=house.medical_lead, at=at)
    attention.close(matter, by=house.medical_lead, at=at, outcome=f"Called {word}")
    incident = incidents.report(
        house.site, by=house.intake, at=at, kind="complaint", words=f"Old complaint {word}"
    )
    incidents.close(
        incident, by=house.medical_lead, at=at, outcome=f"Over {word}", learnt="To knock."
    )
    concern = concerns.raise_concern(
        house.site, by=house.intake, at=at, words=f"Old concern {word}"
    )
    site = house.site.pk
    set_context(user_id=house.safety_lead.pk, sites=[site], hears=[site], clock=at)
    concerns.close(concern, by=house.safety_lead, at=at, outcome=f"Heard {word}")
    walk.clock(house, at)
    hold = cases.place_hold(
        house.site, by=house.medical_lead, at=at, on="room", target_key=house.second_room.key,
        words=f"Lifted {place.shared}", reason="The door stuck.",
    )  # fmt: skip
    cases.lift_hold(
        hold, by=house.medical_lead, at=at, reason="It opens.", proof=proof(house.medical_lead, at)
    )
    place.add("over", matter, incident, concern, hold)
    place.add("signature", latest_under(hold))


def reported(place):
    """A report of the house's own, which waits, and one of a person, which is not owed.

    The protocol of this world reports of no period: both rows are put there, as planning would.
    """
    house, at = place.house, NOON - DAY
    walk.clock(house, at)
    due = {"site": house.site, "protocol_version": house.version, "code": "medwatch"}
    due["begins_on"] = at.date()
    report = Report.objects.create(occurrence=f"of the house {place.known}", **due)
    case = place.rows["case"][0]
    aside = Report.objects.create(occurrence=f"of {case.key}", case=case, **due)
    by = house.medical_lead
    reports.set_aside(aside, by=by, at=at, words="Told by telephone.", proof=proof(by, at))
    place.add("report", report)
    place.add("over", aside)


def of_the_site(place):
    """A matter that is about nobody in care, and a lot that ends next week."""
    house, word, at = place.house, place.shared, NOON - DAY
    walk.clock(house, at)
    place.add("matter", _matter(place, f"Of the house {word}", at=at, site=house.site))
    lot = stock.receive(
        house.site, by=house.nurse, at=at, substance="ketamine",
        presentation="solution",
        salt="hydrochloride", product=f"Ending {word}",
        number=f"{word}-2", unit="mg", per_ml=Decimal(50),
        expires_on=NOON.date() + 7 * DAY, quantity=Decimal(500),
    )  # fmt: skip
    place.add("over", lot)


def imported(place):
    """Somebody who came in a file yesterday, and a file that intake staff look through now."""
    house, word, at = place.house, place.shared, NOON - DAY
    walk.clock(house, at)
    shown = {"site": house.site, "by": house.intake, "at": at, "kind": "csv"}
    for name, kind in (("Came", "patient_import"), ("Comes", "patient_file")):
        text = f"Family name,Birth date\n{name} {word},1966-01-02\n"
        file = importing.read(**shown, key=uuid4(), file_name=f"{name} {word}.csv", text=text)
        if kind == "patient_import":
            file = importing.import_people(file, by=house.intake, at=at, choices={})
        place.add(kind, file)


def _matter(place, words, *, at, **about):
    return attention.raise_matter(
        by=system_user(), at=at, kind="call_back", words=words, urgency="amber",
        occurrence=words, **about,
    )  # fmt: skip


def put_off(place):
    """Somebody whose session was given up yesterday and who comes again today; a referral.

    The room in which another one is to be treated is out of use since.
    """
    house, word = place.house, place.secret
    about = {"given_name": "Juniper", "family_name": f"{word} Juniper", "born": date(1968, 1, 2)}
    about["phone"] = "+1 212 555 1968"
    case, session = walk.ready(house, session_at=NOON - DAY, **about)
    at = NOON - DAY - HOUR
    walk.clock(house, at)
    supervised.abandon(session, by=house.nurse, at=at, reason=f"The road was shut {word}.")
    again = walk.booked(
        house, case, at=at, starts_at=NOON + 3 * HOUR, stage="dosing", room=house.second_room
    )
    people.close_room(house.room, by=house.manager, at=at)
    other = walk.registered(
        house, at=NOON - DAY, given_name="Aspen", family_name=f"{word} Aspen",
        born=date(1969, 1, 2), phone="+1 212 555 1969",
    )  # fmt: skip
    place.add("over", case, session, again, SupervisedSession.objects.get(visit=again), other)
    place.add("over", walk.referred(house, other, at=NOON - DAY))


def waits_for_the_dose(place):
    """Somebody whose dose is ordered and not yet drawn, beside the session that goes on."""
    house, at = place.house, NOON - 10 * MINUTE
    crew = [(house.second_facilitator, "facilitator"), (house.second_nurse, "nurse"),
            (house.medical_lead, "prescriber")]  # fmt: skip
    _, session = walk.ready(
        house, session_at=at, people=crew, room=house.second_room, given_name="Rosa",
        family_name=f"{place.secret} Rosa", born=date(1967, 1, 2), phone="+1 212 555 1967",
    )  # fmt: skip
    walk.checked_in(house, session, at=at)
    walk.checks_done(house, session, at=at + MINUTE)
    walk.observed(house, session, at=at + 2 * MINUTE, before=True)
    place.add("undrawn", walk.ordered(house, session, at=at + 3 * MINUTE))


def on_duty_elsewhere(place, user):
    """Somebody who answers the telephone of this place at the weekend."""
    DutyShift.objects.create(
        site=place.house.site, user=user, duty=Duty.MEDICAL_LEAD,
        starts_at=NOON + 3 * DAY, ends_at=NOON + 4 * DAY,
    )  # fmt: skip


def looked_elsewhere(place, user):
    """Somebody who opened a record of this place just before their clinical role there ended."""
    house, at = place.house, NOON - 20 * MINUTE
    patient = place.rows["live_session"][0].case.patient
    with _worked_here_as("facilitator", place, user, at=at):
        glass = break_glass.break_glass(
            house.site, by=user, at=at, reason=f"Called by mistake, {place.secret}.",
            proof=proof(user, at), number=patient.number,
        )  # fmt: skip
    place.add("over", glass)


def read_elsewhere(place, user):
    """Somebody who read a file of people at this place just before they left its intake."""
    house, word, at = place.house, place.shared, NOON - 20 * MINUTE
    with _worked_here_as("intake", place, user, at=at):
        file = importing.read(
            site=house.site, by=user, at=at, kind="csv", key=uuid4(), file_name=f"{word}.csv",
            text=f"Family name,Birth date\nStays {word},1966-01-02\n",
        )  # fmt: skip
    place.add("patient_file", file)


@contextmanager
def _worked_here_as(role, place, user, *, at):
    """A role that somebody had at this place until ten minutes ago."""
    house = place.house
    held = RoleAtSite.objects.create(
        user=user, site=house.site, role=role, valid_from=house.at - 365 * DAY
    )
    vars(user).pop("roles_now", None)
    walk.clock(house, at)
    yield
    held.valid_until = NOON - 10 * MINUTE
    held.save()
    del user.roles_now
