"""A service centre in Oregon and its clients, by the real acts: no stock, no second checker."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

from allauth.account.models import EmailAddress

from clinic.cases import actions as cases
from clinic.checklists.queries import checklist_of
from clinic.people.models import Licence, RoleAtSite, Site, User
from clinic.protocols import actions as protocols
from clinic.protocols.files import library, numbers_to_confirm, read
from clinic.protocols.models import ProtocolVersion
from clinic.screening import actions as screening
from sessions.rehearsal import walk
from sessions.rehearsal.answering import harmless
from sessions.supervised import actions
from sessions.supervised.models import SupervisedSession
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house, proof

TAKEN = NOON + 30 * MINUTE


def a_service_centre():
    """A service centre: two people with an Oregon licence each, one protocol, none of it in stock."""
    house = a_house()
    Site.objects.filter(pk=house.site.pk).update(jurisdiction="US-OR")
    house.site.refresh_from_db()
    RoleAtSite.objects.filter(
        site=house.site, role__in=["prescriber", "nurse", "medical_lead"]
    ).update(valid_until=NOON - 59 * DAY)
    olive = somebody(house, "Olive Oak", "service_facilitator", "licensed_facilitator", OLIVES)
    rowena = somebody(
        house, "Rowena Reed", "facilitator", "service_center_representative", ["monitor"]
    )
    house.people = house.people | {
        "facilitator": olive, "nurse": olive, "prescriber": olive, "representative": rowena,
    }  # fmt: skip
    house.version = oregon(house)
    return house


OLIVES = ["decide_eligibility", "prepare", "order_dose", "give_dose", "monitor", "accompany",
          "release", "integrate"]  # fmt: skip


def somebody(house, name, role, profession, acts, jurisdiction="US-OR"):
    email = f"{name.split()[0].lower()}@vigil.example"
    # Everybody made up has the one made-up password.
    user = User.objects.create(
        email=email, name=name, joined_at=house.at, password=house.manager.password
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    RoleAtSite.objects.create(user=user, site=house.site, role=role, valid_from=house.at)
    Licence.objects.create(
        user=user, profession=profession, jurisdiction=jurisdiction, number=name, acts=acts,
        valid_from=date(2026, 1, 1), valid_until=date(2027, 12, 31), verified_at=house.at,
        verified_by=house.manager,
    )  # fmt: skip
    return user


def oregon(house):
    """The shipped file, published; no other version is in force."""
    text, at = library()["psilocybin-oregon"].read_text(), NOON - 50 * DAY
    for version in ProtocolVersion.objects.filter(status="published"):
        protocols.retire(version, by=house.approver, at=at, reason="Not given here.")
    version = protocols.load(text, by=house.author, at=at, made_up=True)
    protocols.submit(version, by=house.author, at=at)
    confirmed = [number.place for number in numbers_to_confirm(read(text))]
    protocols.publish(
        version, by=house.approver, at=at, confirmed=confirmed, proof=proof(house.approver, at)
    )
    return version


def a_client(house, *, at=NOON - 20 * DAY, person=None, **answers):
    """A client whose information form the facilitator has been through and signed."""
    patient = walk.registered(house, at=at, **(person or {}))
    case = cases.refer(
        patient, by=house.intake, at=at, protocol_version=house.version,
        referral_source="Came by themselves", referral_reason="Curious.",
    )  # fmt: skip
    cases.join_team(
        case, by=house.facilitator, at=at, user=house.facilitator, capacity="facilitator"
    )
    form = screening.start(case, by=house.facilitator, at=at)
    said = harmless(checklist_of(form), at.date(), **answers)
    screening.save(
        case, by=house.facilitator, at=at, form=form, answers=said, revision=form.revision
    )
    walk.reviewed(house, case, at=at + HOUR)
    walk.decided(house, case, at=at + HOUR)
    case.refresh_from_db()
    return case


def a_prepared_client(house, *, at=NOON, person=None, without=(), leads=None, **answers):
    """Forms signed, preparation held, transportation planned, session booked for that hour."""
    case = a_client(house, at=at - 20 * DAY, person=person, **answers)
    walk.begun(house, case, at=at - 6 * DAY)
    return prepare(house, case, at=at, without=without, leads=leads)


def prepare(house, case, *, at, without=(), leads=None):
    """The next session of a client prepared and booked for that hour; `leads`: by somebody else."""
    starts_at, at = at, at - 5 * DAY
    walk.consented(house, case, at=at, without=without)
    people = [(house.facilitator, "facilitator"), (house.representative, "representative")]
    visit = walk.booked(
        house, case, at=at, starts_at=at + HOUR, stage="preparation", people=people[:1]
    )
    walk.prepared(house, visit, at=at + 2 * HOUR)
    walk.way_home_planned(house, case, at=at + 2 * HOUR, pickup_at=starts_at + 7 * HOUR)
    walk.booked(
        house,
        case,
        at=at + 2 * HOUR,
        starts_at=starts_at,
        stage="dosing",
        minutes=360,
        people=[(leads or house.facilitator, "facilitator"), *people[1:]],
    )
    case.refresh_from_db()
    return case


def a_session(house, *, at=NOON):
    """The client is here, and so are those who have to be."""
    return the_next_session(house, a_prepared_client(house, at=at), at=at)


def the_next_session(house, case, *, at):
    """A client who is prepared comes to the session booked for that hour."""
    walk.declared_ready(house, case, at=at - DAY)
    session = SupervisedSession.objects.filter(case=case).latest("pk")
    walk.checked_in(house, session, at=at + MINUTE)
    return session


def both_agreed(at):
    """Client and facilitator said yes to a second amount, just now."""
    return {"agreed": {"client": at - MINUTE, "facilitator": at}}


def a_dose(house, session, amount="20", at=TAKEN, product="whole-fungi", **facts):
    walk.clock(house, at)
    facilitator = house.facilitator
    order = actions.order(
        session,
        by=facilitator,
        at=at,
        amount=Decimal(amount),
        proof=proof(facilitator, at),
        **(both_agreed(at) if facts.get("is_supplementary") else {}) | facts,
    )
    return actions.give(
        order, by=facilitator, at=at, client_key=uuid4(), amount=Decimal(amount),
        lot_number="OR-PSI-0042", product=product,
    )  # fmt: skip
