"""Each protocol of the library with the people it wants, and somebody on the way to its dose."""

from dataclasses import dataclass
from typing import Any

from clinic.booking.models import Visit
from clinic.cases import actions as cases
from clinic.cases.models import Case
from clinic.cases.queries import current_cycle
from clinic.checklists import actions as checklists
from clinic.checklists.engine import Answer
from clinic.checklists.files import instrument
from clinic.checklists.queries import checklist_of
from clinic.people.models import RoleAtSite, Site
from clinic.protocols.queries import document_of
from clinic.screening import actions as screening
from sessions.preparation import actions as preparation
from sessions.rehearsal import walk
from sessions.rehearsal.answering import harmless, scored
from tests.builders import service_centre
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house
from tests.builders.protocols import a_shipped_version

# Who of the house comes in which capacity; the first who prepares is the one who leads.
TEAMS = {
    "ketamine-im": ["facilitator facilitator", "nurse nurse", "prescriber prescriber"],
    "ketamine-iv": ["facilitator facilitator", "nurse nurse", "prescriber prescriber"],
    "ketamine-lozenge": ["facilitator facilitator", "nurse nurse", "prescriber prescriber"],
    "esketamine-us-rems": ["prescriber prescriber", "nurse nurse"],
    "psilocybin-open-label": [
        "nurse facilitator", "second_nurse facilitator", "prescriber prescriber",
    ],
    "mdma-assisted": [
        "medical_lead facilitator", "facilitator second_therapist", "prescriber prescriber",
    ],
    "lsd-open-label": ["nurse facilitator", "second_nurse second_monitor", "prescriber prescriber"],
    "psilocybin-oregon": ["facilitator facilitator", "representative representative"],
    "psilocybin-colorado": ["facilitator facilitator", "handler handler"],
}  # fmt: skip
# What the harmless answer cannot be told from the form alone.
SAYS = {
    "mdma-assisted": {"age": 41, "weight": "70", "qtc_limit": "male"},
}
LOOKED_UP = {
    "rems-patient": {"enrolled": True, "rems_number": "P-1", "looked_up_on": "2026-11-16"},
    "rems-setting": {"certified": True, "staff_trained": True, "setting_number": "S-1"},
    "rems-pharmacy": {"certified": True, "supply": "bulk"},
}
CENTRES = {"psilocybin-oregon", "psilocybin-colorado"}


@dataclass
class Way:
    """One person on the way through one protocol, and who goes it with them."""

    house: Any
    code: str
    case_pk: int = 0

    @property
    def case(self):
        return Case.objects.get(pk=self.case_pk)

    @property
    def document(self):
        return document_of(self.house.version)

    @property
    def team(self):
        pairs = [each.split() for each in TEAMS[self.code]]
        return [(self.house.people[part], capacity) for part, capacity in pairs]

    @property
    def lead(self):
        """Who prepares the person."""
        return self.team[0][0]

    @property
    def screener(self):
        """A service centre's own form is gone through by the facilitator."""
        return self.house.facilitator if self.code in CENTRES else self.house.intake


def a_way(code):
    """The house with this protocol in force and everybody it wants."""
    if code == "psilocybin-oregon":
        return Way(service_centre.a_service_centre(), code)
    house = a_house()
    if code == "psilocybin-colorado":
        _a_healing_centre(house)
    if code != "ketamine-im":
        house.version = a_shipped_version(house, code, at=house.at)
    return Way(house, code)


def _a_healing_centre(house):
    Site.objects.filter(pk=house.site.pk).update(jurisdiction="US-CO")
    house.site.refresh_from_db()
    RoleAtSite.objects.filter(
        site=house.site, role__in=["prescriber", "nurse", "medical_lead"]
    ).update(valid_until=NOON - 59 * DAY)
    where = {"jurisdiction": "US-CO"}
    olive = service_centre.somebody(
        house, "Olive Oak", "service_facilitator", "licensed_facilitator",
        service_centre.OLIVES, **where,
    )  # fmt: skip
    hazel = service_centre.somebody(
        house, "Hazel Hall", "facilitator", "licensed_handler", ["give_dose"], **where
    )
    house.people = house.people | {
        "facilitator": olive, "nurse": olive, "prescriber": olive, "handler": hazel,
    }  # fmt: skip


# -- The way, step by step ---------------------------------------------------------------------


def called(way, at=NOON - 40 * DAY):
    """Intake staff register who called and refer them."""
    house = way.house
    patient = walk.registered(house, at=at)
    case = cases.refer(
        patient, by=house.intake, at=at, protocol_version=house.version,
        referral_source="Came by themselves", referral_reason="Nothing else has helped.",
    )  # fmt: skip
    for user, capacity in way.team:
        cases.join_team(case, by=way.lead, at=at, user=user, capacity=capacity)
    way.case_pk = case.pk


def answered(way, at=NOON - 39 * DAY):
    """The screening form is gone through to its end."""
    walk.clock(way.house, at)
    form = screening.start(way.case, by=way.screener, at=at)
    said = harmless(checklist_of(form), at.date(), **SAYS.get(way.code, {}))
    screening.save(
        way.case, by=way.screener, at=at, form=form, answers=said, revision=form.revision
    )


def found_eligible(way, at=NOON - 38 * DAY):
    """What is open is settled, and a licensed person decides."""
    walk.reviewed(way.house, way.case, at=at)
    walk.decided(way.house, way.case, at=at)


def prepared(way, at=NOON - 20 * DAY):
    """The preparation begins; every visit of it is booked and held."""
    walk.clock(way.house, at)
    preparation.begin(way.case, by=way.lead, at=at)
    number = 0
    for rule in way.document.visits:
        for _ in range(rule.count_min if rule.stage == "preparation" else 0):
            number += 1
            starts_at = at + number * 3 * DAY
            visit = walk.booked(
                way.house, way.case, at=at, starts_at=starts_at, stage="preparation",
                minutes=rule.minutes, people=[p for p in way.team if p[1] in rule.staff],
            )  # fmt: skip
            walk.prepared(way.house, visit, at=starts_at + HOUR, by=way.lead)


def agreed(way, at=NOON - 2 * DAY):
    """Documents are signed, measures taken, registers looked up, the way home is planned."""
    house = way.house
    people, house.people = house.people, house.people | {"facilitator": way.lead}
    walk.consented(house, way.case, at=at)
    house.people = people
    walk.clock(house, at)
    for measure in way.document.measures:
        _filled(way, instrument(measure.instrument), at, "measure")
    for rule in way.document.enrolments:
        checklist = way.document.checklist(rule.checklist)
        _filled(way, checklist, at, "enrolment", known_of(rule.checklist))
    preparation.plan_way_home(
        current_cycle(way.case), by=way.lead, at=at, kind=way_home_of(way),
        escort_name="Alder Ashgrove", escort_phone="+1 212 555 0143", pickup_at=None,
        will_not_drive=True,
    )  # fmt: skip


def known_of(register):
    """What somebody finds who looks the person up in a register."""
    return {item: Answer("known", value) for item, value in LOOKED_UP[register].items()}


def way_home_of(way):
    """The first way home the protocol accepts; where any will do, an adult at the telephone."""
    first = way.document.release.ways_home[0].value
    return first if first != "plan_followed" else "adult_reachable"


def booked(way, at=NOON - 2 * DAY, session_at=NOON):
    """Intake staff book the session with everybody the protocol wants."""
    minutes = next(rule.minutes for rule in way.document.visits if rule.stage == "dosing")
    return walk.booked(
        way.house, way.case, at=at, starts_at=session_at, stage="dosing", minutes=minutes,
        people=way.team,
    )  # fmt: skip


def declared_ready(way, at=NOON - DAY):
    """Who prepares the person says that they are ready."""
    walk.clock(way.house, at)
    preparation.declare_ready(way.case, by=way.lead, at=at)


def a_preparation_visit(way):
    """The first visit of the preparation."""
    return Visit.objects.filter(case=way.case_pk, stage="preparation").earliest("pk")


def _filled(way, checklist, at, purpose, answers=None):
    if answers is None:
        answers = scored(checklist, 0)
    form = checklists.open_form(
        way.case, by=way.lead, at=at, checklist=checklist, purpose=purpose,
        cycle=current_cycle(way.case),
    )  # fmt: skip
    checklists.answer(form, by=way.lead, at=at, answers=answers, revision=form.revision)
    checklists.complete(form, by=way.lead, at=at + MINUTE)
