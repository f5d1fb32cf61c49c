"""Two sites with real rows of every kind behind each one's wall, reached by the real acts.

At the first of them two teams care for people of their own, so that there are three places. Each
place's free words carry a word of its own that no other text in the house holds: where it shows in
an answer to somebody without a role there, or of the other team, a wall is down.
"""

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from uuid import uuid4

from clinic.access import BEFORE_CARE
from clinic.attention import actions as attention
from clinic.audit.actions import case_of
from clinic.audit.models import Signature
from clinic.booking.feed import actions as feeds
from clinic.booking.remote import actions as remote
from clinic.cases import actions as cases
from clinic.cases.break_glass import actions as break_glass
from clinic.cases.break_glass.models import BrokenGlass
from clinic.cases.channels import actions as channels
from clinic.cases.merging.actions import merge
from clinic.cases.models import CareTeamMember, Case, Patient
from clinic.cases.queries import current_cycle
from clinic.cases.signatures import actions as signatures
from clinic.cases.signatures.queries import latest_under
from clinic.checklists.models import Form
from clinic.context import set_context
from clinic.documents import actions as documents
from clinic.documents.capacity import actions as capacity
from clinic.documents.models import SignedDocument
from clinic.links import actions as links
from clinic.links.tokens import token_of as link_token
from clinic.people import actions as people
from clinic.people.hours import actions as hours
from clinic.people.models import DutyShift, Licence, Room
from clinic.people.queries import system_user, token_of
from clinic.protocols.errata.models import Erratum
from clinic.protocols.house.models import HouseValue
from clinic.safety.concerns import actions as concerns
from clinic.safety.incidents import actions as incidents
from clinic.screening import actions as screening
from clinic.screening.evidence import actions as evidence_acts
from clinic.screening.evidence.contents import read
from clinic.screening.queries import screening_of
from clinic.screening.sent import actions as sent_back
from clinic.stock import actions as stock
from sessions.aftercare.models import Touchpoint
from sessions.integration import actions as integration
from sessions.preparation import actions as preparation
from sessions.rehearsal import house as made_up
from sessions.rehearsal import walk
from sessions.reports.models import Report
from sessions.supervised import actions as supervised
from tests.builders import messages as message_builders
from tests.builders import packets
from tests.builders.booking import a_visit
from tests.builders.checklists import an_open_form
from tests.builders.errata import a_proposed_erratum
from tests.builders.evidence import a_pdf
from tests.builders.house import DAY, HOUR, MINUTE, NOON, proof
from tests.builders.house_values import a_stated_value
from tests.builders.medicines import a_medicine
from tests.builders.supervised import an_assessment
from tests.matrix.over import imported, of_the_site, reported, settled

LIVE_SINCE = NOON - 70 * MINUTE  # the door of the session that goes on at noon
# Kinds whose keys may be known at every site: the walls of their tables say why.
OPENLY = {
    "site",
    "colleague",
    "licence",
    "role",
    "finding",
    "text_code",
    "protocol",
    "version",
    "erratum",
    "elsewhere",
    "linked_elsewhere",
    "told_elsewhere",
}
FILTERED = {"invitation", "absence"}  # kinds whose tables have no wall


@dataclass
class Place:
    """One team's people at a site: its words, its rows by kind, what of them is known to whom."""

    house: made_up.House
    secret: str  # stands in rows about the people of this team
    known: str  # stands in rows of tables that have no wall
    shared: str = ""  # stands in rows that everybody with a role at the site may see
    names: tuple[str, ...] = ("Rowan", "Hazel", "Linden", "Willow")
    born: int = 1971  # the first of them, the others a year later each
    rows: dict[str, list] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)  # of rows behind the site's wall
    known_keys: set[str] = field(default_factory=set)  # of rows that only filters keep back
    about: dict[str, int] = field(default_factory=dict)  # of whom a row is, if somebody in care
    cared_for: set[str] = field(default_factory=set)  # what those people are called

    def __post_init__(self):
        self.shared = self.shared or self.secret

    def add(self, kind, *rows):
        self.rows.setdefault(kind, []).extend(rows)
        if kind not in OPENLY:
            keys = self.known_keys if kind in FILTERED else self.keys
            keys.update(str(getattr(row, "key", row)) for row in rows)


# -- One place's stories ---------------------------------------------------------------------


def tell(place):
    """The rows of every kind at one place, by the real acts."""
    house, word = place.house, place.shared
    walk.clock(house, house.at)
    house.room = Room.objects.create(site=house.site, name=f"Room {word}")
    house.second_room = Room.objects.create(site=house.site, name=f"Second {word}")
    house.lot = _lot(house, word)
    place.add("protocol", house.version.protocol)
    place.add("version", house.version)
    place.add("erratum", _an_erratum(house))
    place.add("site", house.site)
    place.add("room", house.room, house.second_room)
    place.add("lot", house.lot)
    stated = HouseValue.objects.filter(site=house.site).first()
    place.add(
        "house_value",
        stated or a_stated_value(house, at=house.at, reason=f"Ours at {word}"),
    )
    _treated(place)
    _in_session(place)
    _preparing(place)
    _screened(place)
    _deferred(place)
    _registered_twice(place)
    _glass(place)
    _safety(place)
    _staff(place)
    settled(place)
    of_the_site(place)
    imported(place)
    reported(place)
    _say_who_is_in_care(place)


def _an_erratum(house):
    """What the author proposed about the version all places share; the first place told it."""
    return Erratum.objects.filter(version=house.version).first() or a_proposed_erratum(
        house, at=house.at
    )


def _glass(place):
    """A record that somebody opened outside their care yesterday."""
    house, word = place.house, place.secret
    at, patient = NOON - DAY, place.rows["patient"][0]
    walk.clock(house, at)
    glass = break_glass.break_glass(
        house.site, by=house.second_nurse, at=at, reason=f"Broken {word}",
        proof=proof(house.second_nurse, at), number=patient.number,
    )  # fmt: skip
    place.add("glass", glass)
    place.add("signature", latest_under(glass))


def _safety(place):
    """A complaint about a case, and a concern about its patient."""
    house, word, at = place.house, place.secret, NOON - DAY
    walk.clock(house, at)
    incident = incidents.report(
        house.site, by=house.intake, at=at, kind="complaint", words=f"Complaint {word}",
        case=place.rows["case"][0],
    )  # fmt: skip
    incidents.note(incident, by=house.medical_lead, at=at, words=f"Asked {word}")
    concern = concerns.raise_concern(
        house.site, by=house.intake, at=at, words=f"Concern {word}",
        patient=place.rows["patient"][0],
    )  # fmt: skip
    place.add("incident", incident)
    place.add("concern", concern)


def _say_who_is_in_care(place):
    """Write down which rows are about somebody whom a team looks after."""
    team = CareTeamMember.objects.filter(site=place.house.site, until__isnull=True)
    # A case before its decision keeps its patient open to the site.
    open_to_all = Case.objects.filter(status__in=BEFORE_CARE).values("patient")
    patients = set(
        team.exclude(case__patient__in=open_to_all).values_list("case__patient", flat=True)
    )
    for row in [row for rows in place.rows.values() for row in rows]:
        patient = _whom(row)
        if patient is not None and patient.pk in patients:
            place.about[str(row.key)] = patient.pk
            place.cared_for.add(patient.given_name.casefold())


def _whom(row):
    """About whom a row is, if about anybody."""
    if isinstance(row, Patient):
        return row
    if isinstance(row, Signature) and row.subject_kind == BrokenGlass._meta.label:
        row = BrokenGlass.objects.get(key=row.subject_key)
    case = case_of(row)
    return case.patient if case else getattr(row, "patient", None)


def _lot(house, word):
    return stock.receive(
        house.site, by=house.nurse, at=house.at, substance="ketamine",
        presentation="solution",
        salt="hydrochloride", product=f"Ketamine {word}",
        number=f"{word}-1", unit="mg", per_ml=Decimal(50),
        expires_on=date(house.at.year + 1, 12, 31), quantity=Decimal(50_000),
    )  # fmt: skip


def _person(word, given_name, year):
    return {
        "family_name": f"{word.title()} {given_name}",
        "given_name": given_name,
        "born": date(year, 7, 14),
        "email": f"{given_name}@{word}.example".lower(),
        "phone": f"+1 212 555 {year}",
        "address": f"7 {word} Lane",
        "allergies": f"Allergic to {word}",
    }


def _treated(place):
    """A person treated and integrated, with every word a person may write."""
    house, word = place.house, place.secret
    case, session = walk.ready(
        house, session_at=NOON - 20 * DAY, **_person(word, place.names[0], place.born)
    )
    released_at = walk.whole_session(house, session, at=NOON - 20 * DAY + 30 * MINUTE)
    visit = walk.booked(
        house, case, at=released_at + HOUR, starts_at=released_at + 26 * HOUR, stage="integration"
    )
    at = NOON - 2 * DAY
    walk.clock(house, at)
    integration.write_note(visit, by=house.facilitator, at=at, body=f"Note {word}")
    integration.write_process_note(visit, by=house.facilitator, at=at, body=f"Process {word}")
    commitment = integration.commit(
        visit, by=house.facilitator, at=at, insight=f"Insight {word}", words=f"Call {word}",
        follow_up_on=NOON.date(),
    )  # fmt: skip
    session.refresh_from_db()
    signature = session.signature
    signatures.countersign(
        signature, by=house.medical_lead, at=at, proof=proof(house.medical_lead, at)
    )
    amendment = signatures.propose(
        signature, by=house.facilitator, at=at, words=f"Amended {word}", reason=f"Slip {word}"
    )
    place.add("signature", signature)
    place.add("amendment", amendment)
    place.add("integration_visit", visit)
    place.add("commitment", commitment)
    place.add("touchpoint", *Touchpoint.objects.filter(case=case).order_by("pk")[:2])
    _case(place, case, session)


def _in_session(place):
    """A person dosed an hour ago, whose session goes on."""
    house, word = place.house, place.secret
    case, session = walk.ready(
        house, session_at=LIVE_SINCE, **_person(word, place.names[1], place.born + 1)
    )
    dosed_at = LIVE_SINCE + 30 * MINUTE
    walk.up_to_the_dose(house, session, at=dosed_at)
    session.refresh_from_db()
    walk.watched(house, session, dosed_at=dosed_at, until=NOON - 5 * MINUTE)
    at = NOON - 2 * MINUTE
    walk.clock(house, at)
    entry = {"by": house.nurse, "at": at, "client_key": uuid4(), "stated_at": at}
    observed = supervised.observe(session, **entry, readings=walk.CALM, note=f"Set {word}")
    event = supervised.event(session, **entry, code="note", label=f"Said {word}", note=f"On {word}")
    untoward = supervised.report_adverse_event(
        session,
        by=house.nurse,
        at=at,
        client_key=uuid4(),
        term=f"Nausea {word}",
        started_at=at,
        words=f"AE {word}",
    )
    found = {"is_serious": True, "seriousness": "important", "action_taken": f"Done {word}"}
    an_assessment(house, untoward, at=at, **found)
    place.add("report", Report.objects.get(adverse_event=untoward))
    supervised.record_dose(
        session,
        by=house.nurse,
        at=at,
        client_key=uuid4(),
        given_at=at,
        amount=Decimal(5),
        unit="mg",
        on_paper=True,
        note=f"Dose {word}",
    )
    matter = attention.raise_matter(
        by=system_user(), at=at, kind="call_back", words=f"Matter {word}", urgency="red",
        occurrence=f"matter/{word}", case=case,
    )  # fmt: skip
    hold = cases.place_hold(
        house.site, by=house.medical_lead, at=at, on="patient", target_key=case.patient.key,
        words=f"Hold {place.shared}", reason=f"Because {place.shared}",
    )  # fmt: skip
    place.add("live_session", session)
    place.add("live_document", SignedDocument.objects.filter(case=case).first())
    place.add("set", observed)
    place.add("event", event)
    place.add("adverse_event", untoward)
    place.add("order", session.orders.get())
    place.add("matter", matter)
    place.add("hold", hold)
    _case(place, case, session)


def _by_video(place, case, at):
    """A short talk at a distance, and where the person said they were."""
    house, begins = place.house, at + 6 * HOUR + (place.born % 60) * 6 * MINUTE
    visit = a_visit(
        house, case, stage="integration", at=at, starts_at=begins, ends_at=begins + 5 * MINUTE,
        room=None,
    )  # fmt: skip
    remote.ask_where(
        visit, by=house.facilitator, at=at, place="US-NJ", ring_back="+1 201 555 0142",
        emergency_number=f"911 {place.secret}",
    )  # fmt: skip


def _preparing(place):
    """A person who is being prepared, with a visit to come, a link, a message, a contact."""
    house, word = place.house, place.secret
    case, session = walk.ready(
        house,
        session_at=NOON + 2 * DAY,
        told_at=NOON,
        without=("way_home",),
        **_person(word, place.names[2], place.born + 2),
    )
    at = NOON - DAY
    walk.clock(house, at)
    by = house.facilitator
    contact = cases.add_contact(
        case.patient, by=house.intake, at=at, role="supporter", name=f"Near {word}",
        relation="sibling", phone="+1 212 555 0143",
    )  # fmt: skip
    cases.end_contact(case.patient.contacts.get(role="emergency"), by=house.intake, at=at)
    preparation.decide_past(
        current_cycle(case),
        by=house.medical_lead,
        at=at,
        code="emergency_contact",
        reason=f"Decided {word}",
        proof=proof(house.medical_lead, at),
    )
    guardian = cases.add_contact(
        case.patient, by=house.intake, at=at, role="guardian", name=f"Guard {word}",
        phone="+1 212 555 0144",
    )  # fmt: skip
    channels.see_guardianship(
        guardian, by=house.intake, at=at, document=f"Order {word}", scope=f"Decides {word}"
    )
    agreed = channels.agree(case.patient, by=house.intake, at=at, channel="text", contact=guardian)
    _by_video(place, case, at)
    open_form = an_open_form(house, case, at=at, by_patient=True)
    link, token = links.make_link(open_form, by=by, at=at, days=7)
    document = SignedDocument.objects.filter(case=case).first()
    documents.withdraw(document, by=by, at=at, words=f"Taken back {word}")
    documents.decline(
        case, by=by, at=at, code=document.code, asked_by=house.nurse, words=f"Not I, said {word}"
    )
    capacity.assess(
        case, by=by, at=at, decision=document.code, outcome="has", assessed_at=at,
        rests_on=f"Understood {word}",
    )  # fmt: skip
    message = message_builders.a_message(
        house, at=at, due_at=NOON + DAY, case=case, patient=case.patient, occurrence=f"m/{word}",
        context={"word": word},
    )  # fmt: skip
    place.add("contact", contact)
    place.add("guardian", guardian)
    place.add("channel_consent", agreed)
    place.add("member", case.team.first())
    place.add("form", open_form)
    place.add("link", link)
    place.add("link_token", token)
    place.add("document", document)
    place.add("message", message)
    place.add("text_code", document.text.code)
    _case(place, case, session)


def _screened(place):
    """A person whose screening waits for a decision, and for whoever takes them into care."""
    house, word = place.house, place.shared
    patient = walk.registered(
        house, at=NOON - 3 * DAY, **_person(word, place.names[3], place.born + 3)
    )
    case = walk.referred(house, patient, at=NOON - 3 * DAY)
    form = walk.answered(house, case, at=NOON - 2 * DAY, bladder=True)
    found = screening_of(case, on=NOON.date()).found
    screening.rule_on(
        form,
        by=house.prescriber,
        at=NOON - DAY,
        item=found[0].item,
        ruling="cleared" if found[0].meaning == "action" else "accepted",
        reason=f"Ruled {word}",
        evidence_on=NOON.date() - DAY,
        proof=proof(house.prescriber, NOON - DAY),
    )
    evidence = evidence_acts.enter(
        case,
        by=house.intake,
        at=NOON - DAY,
        code=found[0].item,
        result=f"Result {word}",
        shows="as_asked",
        done_on=NOON.date() - DAY,
        done_by=f"Dr {word}",
        file=read(a_pdf(word.encode())),
    )
    packet = packets.a_packet(house, case, at=NOON - DAY)
    sent = packets.a_screening_sent_back(house, case, at=NOON - DAY)
    sent_back.review(sent, by=house.intake, at=NOON - DAY, items=["mania"], takes=False)
    place.add("packet_token", link_token(packet))
    place.add("sent_form", sent)
    place.add("evidence", evidence)
    told = {"frequency": word, "falls_under": [], "words": f"Told {word}"}
    medicine = a_medicine(house, case, at=NOON - DAY, name=f"Drops {word}", **told)
    place.add("medicine", medicine)
    place.add("screened_case", case)
    place.add("finding", found[0].item)
    place.add("form", form)
    place.add("case", case)
    place.add("patient", patient)


def _deferred(place):
    """A person who was deferred until a day that has come, for whoever decides."""
    house, word = place.house, place.shared
    at = NOON - 3 * DAY
    patient = walk.registered(house, at=at, **_person(word, "Maple", place.born + 33))
    case = walk.referred(house, patient, at=at)
    walk.answered(house, case, at=at)
    screening.decide(
        case,
        by=house.prescriber,
        at=at,
        outcome="deferred",
        reason=f"Later {word}",
        deferred_until=NOON.date() - DAY,
        proof=proof(house.prescriber, at),
    )


def _registered_twice(place):
    """A person who had a second record, merged since; and who might be somebody else here again."""
    house, word = place.house, place.shared
    records = []
    for number in range(2):
        person = _person(word, "Alder", place.born + 27)
        records.append(
            cases.register(
                by=house.intake, at=NOON - DAY, site=house.site, zone=house.site.zone,
                date_of_birth=person.pop("born"), despite=[each.key for each in records],
                **person | {"known_as": f"{number} {word}"},
            )
        )  # fmt: skip
    lead = house.medical_lead
    merge(
        *records, by=lead, at=NOON - DAY, stays=str(records[0].key), reason=f"One of {word}",
        proof=proof(lead, NOON - DAY),
    )  # fmt: skip
    place.add("twin", records[0])
    place.add("merged_record", records[1])


def _case(place, case, session):
    place.add("case", case)
    place.add("patient", case.patient)
    place.add("session", session)
    place.add("visit", session.visit)
    place.add("preparation_visit", case.visits.get(stage="preparation"))
    place.add("form", *Form.objects.filter(case=case).order_by("pk")[:1])
    place.add("document", *SignedDocument.objects.filter(case=case).order_by("pk")[1:2])


def _staff(place):
    """Rows about staff: these tables have no wall, only filters."""
    house, word = place.house, place.known
    walk.clock(house, NOON - DAY)
    invitation = people.invite(
        by=house.manager, at=NOON - DAY, site=house.site, name=f"New {word}",
        email=f"new@{word}.example", role="nurse",
    )  # fmt: skip
    absence = people.record_absence(
        by=house.manager, at=NOON - DAY, user=house.nurse, starts_at=NOON + 9 * DAY,
        ends_at=NOON + 10 * DAY, reason=f"Away {word}",
    )  # fmt: skip
    standing = house.nurse.licences.get()
    Licence.objects.create(  # a second one, which ends before a session its holder is booked for
        user=house.nurse,
        profession=f"Also {word}",
        jurisdiction=standing.jurisdiction,
        number=f"L-{word}",
        valid_from=standing.valid_from,
        valid_until=NOON.date() + DAY,
        acts=standing.acts,
        verified_at=house.at,
        verified_by=house.manager,
    )
    place.add("invitation", invitation)
    place.add("invitation_token", token_of(invitation))
    place.add("absence", absence)
    closed = hours.close_day(
        house.site,
        by=house.manager,
        at=NOON - DAY,
        # The teams of one site close it on days of their own.
        day=(NOON + (place.born - 1930) * DAY).date(),
        name=f"Day {word}",
    )
    place.add("closed_day", closed)
    set_context(user_id=house.facilitator.pk, sites=[house.site.pk], clock=NOON - DAY)
    place.add(
        "feed_token",
        feeds.make_feed(house.facilitator, by=house.facilitator, at=NOON - DAY),
    )
    walk.clock(house, NOON - DAY)
    week = [(weekday, time(0), time(23, 59)) for weekday in range(7)]
    hours.write_hours(
        house.nurse, by=house.manager, at=NOON - DAY, site=house.site, hours=week
    )  # fmt: skip
    place.add("shift", DutyShift.objects.filter(site=house.site).first())
    place.add("colleague", house.nurse, house.manager)
    place.add("licence", standing)
    place.add("role", house.nurse.roles.get())
