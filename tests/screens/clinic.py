"""The made-up clinic the pictures are taken of: the demonstration, and one of each thing more."""

from datetime import date, time
from functools import partial
from uuid import uuid4

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django.utils.timezone import now

from clinic.attention import actions as attention
from clinic.booking.models import Stage, Visit
from clinic.cases import actions as cases
from clinic.cases.break_glass.actions import break_glass
from clinic.cases.merging.actions import merge
from clinic.cases.models import Case
from clinic.cases.signatures import actions as signatures
from clinic.checklists.engine import Answer
from clinic.checklists.files import instrument
from clinic.checklists.models import Form
from clinic.checklists.wording import actions as wording
from clinic.checklists.wording.models import AcceptedTerms
from clinic.documents.models import SignedDocument
from clinic.links import actions as links
from clinic.links.models import PatientLink
from clinic.links.tokens import token_of as link_token
from clinic.people import actions as people
from clinic.people.hours import actions as hours
from clinic.people.models import Organisation, Room, Site, User
from clinic.people.queries import system_user, token_of
from clinic.protocols import actions as protocols
from clinic.protocols.errata.models import Erratum
from clinic.protocols.house.models import HouseValue
from clinic.protocols.models import ProtocolVersion
from clinic.safety.concerns import actions as concerns
from clinic.safety.incidents import actions as incidents
from clinic.screening.queries import screening_of
from sessions.aftercare.models import Touchpoint
from sessions.integration import actions as integration
from sessions.rehearsal import demonstration, walk
from sessions.rehearsal import house as made_up
from sessions.rehearsal.answering import scored
from sessions.rehearsal.walk import DAY, HOUR, MINUTE
from sessions.reports.models import Report
from sessions.supervised import actions as supervised
from sessions.supervised.models import Status as SessionStatus
from sessions.supervised.models import SupervisedSession
from tests.builders import packets
from tests.builders.booking import a_visit
from tests.builders.cases import a_contact
from tests.builders.checklists import an_open_form
from tests.builders.errata import a_proposed_erratum
from tests.builders.evidence import a_result
from tests.builders.house_values import a_stated_value
from tests.builders.importing import ASH, a_file_read, a_table
from tests.builders.medicines import a_medicine
from tests.builders.protocols import a_draft
from tests.builders.supervised import an_assessment
from tests.journeys.conftest import zone_where_it_is_noon

# One who is new, one who may be here, one whose birth date may mean two days.
FILE_OF_PEOPLE = a_table(ASH, "A-7,Marlowe,Robyn,14 July 1985,", "A-8,Bray,Tom,03/04/1981,")
rows = {}  # the value of an address's part, by the name pages.py gives it
NAMES = [
    demonstration.LONGEST,
    ("أميرة فاطمة الزهراء", "عبد الرحمن بن عبد العزيز"),
    ("さくら", "小鳥遊"),
    ("מרים־אסתר", "בן־אברהם הכהן"),
    ("明哲", "欧阳"),
    ("Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren", "Nguyễn-Phước"),
    ("하늘빛", "남궁"),
]


def furnish():
    """Tell one story of each kind of the demonstration, and let the real acts add what it lacks."""
    at = now()
    with transaction.atomic():
        house = made_up.build(at=at - demonstration.FOUNDED_BEFORE, password=made_up.PASSWORD)
        Site.objects.update(zone=zone_where_it_is_noon())
        house.site.refresh_from_db()
        Organisation.objects.update(changed_at=house.at, changed_by=house.manager)
    names = demonstration.people()
    for tell in stories(house, at):
        with transaction.atomic():
            walk.clock(house, at)
            tell(next(names))
    with transaction.atomic():
        demonstration._keep_two_in_session(house, at, names)
    steps = [_stages, _waiting, _live, _preparing, _screened, _after, _safety, _staff]
    steps += [_protocols, _bare]
    for tell in steps:
        with transaction.atomic():
            house = made_up.find()
            walk.clock(house, at)
            tell(house, at)


def stories(house, at):
    """One person at each stage, two where a page shows either."""
    told = demonstration.Stories(house, at)
    back, ahead = told.diary.before, told.diary.ahead
    yield partial(told.in_aftercare, back())
    yield partial(told.treated, back())
    yield partial(told.integrated, back())
    yield partial(told.closed, back())
    yield partial(told.prepared, ahead())
    yield partial(told.prepared, ahead())
    unsigned = ahead()
    yield lambda person: told.prepared(unsigned, person, "consent", "way_home", "measures")
    yield told.referred
    yield partial(told.screened, hypertension=True, pregnancy=Answer("not_known"))
    yield partial(told.screened, psychosis=True)
    yield told.eligible
    yield partial(told.decided, outcome="deferred")
    reason = "New chest pain; under investigation."
    yield partial(told.left, act=cases.suspend, by=house.prescriber, reason=reason)
    yield told.died


def name_everybody_long(execute):
    """Give every patient and every member of staff a name that strains a page."""
    for number, (given, family) in enumerate(NAMES):
        for_these = f"WHERE id %% {len(NAMES)} = {number}"
        execute(
            f"UPDATE clinic_patient SET given_name = %s, family_name = %s {for_these}"
            " AND merged_into_id IS NULL",
            [given, family],
        )
        execute(f"UPDATE clinic_user SET name = %s {for_these}", [f"{given} {family}"])
    execute(
        "UPDATE clinic_patient SET given_name = %s, family_name = %s WHERE key = ANY(%s)",
        [*NAMES[0], [rows["live person"], rows["preparing person"], rows["waiting person"]]],
    )


def _stages(house, at):
    """Who stands where: one case of each stage."""
    for case in Case.objects.order_by("pk").select_related("patient"):
        words = case.status.replace("_", " ")
        rows[words], rows[f"{words} person"] = case.key, case.patient.key
    rows["in aftercare"] = rows["aftercare"]
    signed = SupervisedSession.objects.filter(status=SessionStatus.SIGNED).order_by("-pk").first()
    rows["signed"] = signed.key
    signature = signed.signature
    amendment = signatures.propose(
        signature, by=house.facilitator, at=at, words="The pulse was 78; 178 was typed.",
        reason="A slip of the finger, seen on the monitor's own print.",
    )  # fmt: skip
    rows["signed case"] = signed.case.key
    rows["signature"], rows["amendment"] = signature.key, amendment.key
    rows["lot"], rows["site"] = house.lot.key, house.site.key
    rows["room"] = house.second_room.key


def _waiting(house, at):
    """Somebody who has been checked in and measured, and waits for the order of the dose."""
    room = Room.objects.create(site=house.site, name="Lantern room")
    crew = []
    for part, name, like in [
        ("third_facilitator", "Femi Facilitator", "facilitator"),
        ("third_nurse", "Nils Night", "nurse"),
        ("third_prescriber", "Paz Prescriber", "prescriber"),
    ]:
        _, role, profession, acts = made_up.PEOPLE[like]
        crew.append(
            made_up._person(house, part, name, role, profession, acts, house.site, made_up.PASSWORD)
        )
        house.people[part] = crew[-1]
    begins_at = at - 20 * MINUTE
    case, session = walk.ready(
        house,
        session_at=begins_at,
        prepared_at=begins_at - 6 * DAY - 3 * HOUR,
        room=room,
        people=list(zip(crew, ["facilitator", "nurse", "prescriber"], strict=True)),
        given_name="Marigold",
        family_name="Thistlewood",
    )
    nurse = house.third_nurse
    walk.checked_in(house, session, at=at - 15 * MINUTE, nurse=nurse)
    walk.checks_done(house, session, at=at - 12 * MINUTE, nurse=nurse)
    walk.observed(house, session, at=at - 8 * MINUTE, nurse=nurse, before=True)
    rows["waiting"], rows["waiting person"] = session.key, case.patient.key


def _live(house, at):
    """One of the two sessions in progress gains an adverse event."""
    session = SupervisedSession.objects.filter(status=SessionStatus.DOSED, visit__room=house.room)
    session = session.select_related("case__patient").get()
    event = supervised.report_adverse_event(
        session, by=house.nurse, at=at, client_key=uuid4(), term="Nausea",
        started_at=at - 4 * MINUTE,
        words="Asked for the bowl; settled after a sip of water.",
    )  # fmt: skip
    rows["live"], rows["live person"] = session.key, session.case.patient.key
    rows["adverse event"] = event.key
    colleague = house.second_facilitator
    rows["glass"] = break_glass(
        house.site, by=colleague, at=at, proof=made_up.proof(colleague, at),
        number=session.case.patient.number, reason="The ward called; their team is off duty.",
    ).key  # fmt: skip
    rows["guardian"] = a_contact(
        house, session.case.patient, at=at, role="guardian", name="Alder Ashgrove"
    ).key
    rows["file of people"] = a_file_read(house, FILE_OF_PEOPLE, at=at).key
    rows["order"] = session.orders.get().key
    rows["set"] = session.observation_sets.order_by("-pk").first().key


def _preparing(house, at):
    """Cases that are being prepared: one whose papers are not signed, one with a link and a hold."""
    preparing = Case.objects.filter(status__in=["preparing", "ready"]).order_by("pk")
    ready = [case for case in preparing if case.status == "ready"][0]
    unsigned = [
        case for case in preparing if not SignedDocument.objects.filter(case=case).exists()
    ][0]
    rows["preparing"], rows["preparing person"] = ready.key, ready.patient.key
    rows["unsigned"] = unsigned.key
    rows["text"] = "treatment-consent"
    document = SignedDocument.objects.filter(case=ready).order_by("pk").first()
    rows["document"], rows["text"] = document.key, document.code
    rows["visit"] = ready.visits.get(stage=Stage.DOSING).key
    rows["visit by video"] = a_visit(
        house, ready, stage=Stage.INTEGRATION, at=at, starts_at=at + 9 * HOUR, room=None,
        ends_at=at + 9 * HOUR + 30 * MINUTE, people=[(house.second_facilitator, "facilitator")],
    ).key  # fmt: skip
    rows["preparation visit"] = unsigned.visits.get(stage=Stage.PREPARATION).key
    form = an_open_form(house, ready, at=at, by_patient=True)
    rows["link form"] = form.key
    _, rows["link token"] = links.make_link(form, by=house.facilitator, at=at, days=7)
    rows["packet token"] = link_token(packets.a_packet(house, ready, at=at))
    rows["sent form"] = packets.a_screening_sent_back(house, ready, at=at).key
    rows["form"] = an_open_form(house, ready, at=at, code="gad-7").key
    rows["complete form"] = Form.objects.filter(
        case=ready, completed_at__isnull=False, purpose="measure"
    ).order_by("pk")[0].key  # fmt: skip
    cases.place_hold(
        house.site, by=house.medical_lead, at=at, on="patient",
        target_key=Case.objects.filter(status="suspended").get().patient.key,
        words="No dose before the heart clinic has written.",
        reason="New chest pain; under investigation.",
    )  # fmt: skip


def _screened(house, at):
    """Who is screened, with something to rule on."""
    for case in Case.objects.filter(status="screening").order_by("pk"):
        found = screening_of(case, on=at.date()).found
        if found:
            rows["screening"], rows["finding"] = case.key, found[0].item
            rows["evidence"] = a_result(
                house, case, at=at, code=found[0].item, result="ALT 38 U/l, AST 31 U/l: normal."
            ).key
            told = {"state": "left", "last": "exactly", "last_on": str((at - 9 * DAY).date())}
            rows["medicine"] = a_medicine(house, case, at=at, name="Ayahuasca", **told).key
    rows["referred case"] = rows["referred"]


def _after(house, at):
    """What follows a session: a commitment, a contact that is due."""
    visit = (
        Visit.objects.filter(stage=Stage.INTEGRATION, case__status="aftercare")
        .order_by("pk").last()
    )  # fmt: skip
    rows["integration visit"] = visit.key
    for insight, words in [("I may rest.", "Walk before breakfast"), ("", "Call my sister")]:
        made = integration.commit(visit, by=house.facilitator, at=at, insight=insight, words=words)
    rows["commitment"] = made.key
    rows["touchpoint"] = Touchpoint.objects.filter(case=visit.case).order_by("-pk")[0].key
    rows["in aftercare"] = visit.case.key
    for urgency, words in [
        ("red", "Answered that they think of being better off dead, on several days."),
        ("amber", "Asked to be called back about sleep."),
    ]:
        matter = attention.raise_matter(
            by=system_user(), at=at - 20 * MINUTE, kind="call_back", words=words, urgency=urgency,
            occurrence=f"pictured/{urgency}", case=visit.case,
        )  # fmt: skip
    rows["matter"] = matter.key


def _safety(house, at):
    """Something that nearly went wrong, and something told to the safety lead."""
    case = Case.objects.get(key=rows["preparing"])
    incident = incidents.report(
        house.site, by=house.nurse, at=at, kind="near_miss", case=case,
        words="Two vials with labels that look alike stood side by side; the second person saw it.",
    )  # fmt: skip
    incidents.note(incident, by=house.medical_lead, at=at, words="They stand apart now.")
    concern = concerns.raise_concern(
        house.site, by=house.facilitator, at=at, words="He talks about patients in the kitchen.",
    )  # fmt: skip
    rows["incident"], rows["concern"] = incident.key, concern.key


def _staff(house, at):
    """Somebody invited, somebody away, a licence that nobody has verified."""
    invitation = people.invite(
        by=house.manager, at=at, site=house.site, name="Nova Newcomer",
        email="nova@vigil.example", role="nurse",
    )  # fmt: skip
    people.record_absence(
        by=house.manager, at=at, user=house.second_nurse, starts_at=at + 9 * DAY,
        ends_at=at + 12 * DAY, reason="Leave",
    )  # fmt: skip
    week = [(n, time(9), time(17)) for n in range(5)]
    hours.write_hours(house.second_nurse, by=house.manager, at=at, site=house.site, hours=week)
    hours.close_day(
        house.site, by=house.manager, at=at, day=(at + 30 * DAY).date(), name="Winter holiday"
    )
    rows["invitation"], rows["invitation token"] = invitation.key, token_of(invitation)
    rows["reset id"] = user_pk_to_url_str(house.second_nurse)
    rows["reset key"] = default_token_generator.make_token(house.second_nurse)
    rows["spent key"] = "spent-already"
    rows["colleague"] = house.second_nurse.key
    rows["licence"] = house.second_nurse.licences.get().key
    rows["role"] = house.second_nurse.roles.get().key


def _protocols(house, at):
    """A version in force and a draft of the next."""
    rows["protocol"], rows["version"] = house.version.protocol.key, house.version.key
    rows["draft"] = a_draft(house, at=at).key


def _bare(house, at):
    """People and places about which nothing is known yet, and a site where nobody is in care."""
    for like, (name, role, profession, acts) in made_up.PEOPLE.items():
        made_up._person(
            house, f"hill_{like}", f"Hill {name}", role, profession, acts,
            house.other_site, made_up.PASSWORD,
        )  # fmt: skip
    patient = cases.register(
        by=house.intake, at=at, site=house.site, family_name="Newhaven", given_name="Clover",
        date_of_birth=date(1990, 4, 23), zone=house.site.zone, language="en",
    )  # fmt: skip
    case = cases.refer(
        patient, by=house.intake, at=at, protocol_version=house.version,
        referral_source="Herself", referral_reason="",
    )  # fmt: skip
    rows["bare"], rows["bare person"] = case.key, patient.key
    alike = [patient]
    for family_name, allergies in [("New Haven", "Penicillin"), ("Nieuwhaven", "")]:
        alike.append(
            cases.register(
                by=house.intake, at=at, site=house.site, family_name=family_name,
                given_name="Clover", date_of_birth=date(1990, 4, 23), zone=house.site.zone,
                despite=[each.key for each in alike], allergies=allergies,
            )
        )  # fmt: skip
    records = alike[1:]
    lead = house.medical_lead
    merge(
        *records, by=lead, at=at, stays=str(records[0].key), proof=made_up.proof(lead, at),
        reason="The same passport; the second record was made on the telephone.",
    )  # fmt: skip
    rows["twin"], rows["merged record"] = (each.key for each in records)
    planned = SupervisedSession.objects.filter(status="planned", case__status="ready")
    rows["planned"] = planned.order_by("visit__starts_at").first().key
    treated = Case.objects.filter(status="integrating", visits__stage="integration")
    treated = Case.objects.filter(status="integrating").exclude(pk__in=treated).first()
    starts_at = (at + 3 * DAY).replace(minute=0, second=0, microsecond=0)
    visit = walk.booked(house, treated, at=at, starts_at=starts_at, stage="integration")
    rows["unwritten"] = visit.key


# What stands in an address where the page is to be empty.
BARE = {
    "in aftercare": "bare", "preparing": "bare", "screening": "bare", "live person": "bare person",
    "live": "planned", "integration visit": "unwritten", "reset key": "spent key",
}  # fmt: skip


# -- Stories told before one page ------------------------------------------------------------


def _session(name):
    return SupervisedSession.objects.get(key=rows[name])


def _a_version_in_review(house, at):
    protocols.submit(ProtocolVersion.objects.get(key=rows["draft"]), by=house.author, at=at)


def _a_dose_ordered(house, at):
    return walk.ordered(house, _session("waiting"), at=at)


def _a_dose_prepared(house, at):
    walk.drawn(house, _a_dose_ordered(house, at), at=at, nurse=house.third_nurse)


def _a_person_transferred(house, at):
    supervised.transfer(_session("live"), by=house.nurse, at=at)


def _a_transfer_described(house, at):
    _a_person_transferred(house, at)
    words = "By ambulance to the General, with Fay; the ward was told."
    supervised.describe(_session("live"), by=house.nurse, at=at, words=words)


def _a_form_answered(house, at):
    link = PatientLink.objects.get(form__key=rows["link form"])
    answers = scored(instrument("phq-9"), 1)
    links.finish(link, by=system_user(), at=at, answers=answers, revision=link.form.revision)


def _a_second_factor(house, at):
    TOTP.activate(house.nurse, generate_totp_secret())
    RecoveryCodes.activate(house.nurse)


def _terms_accepted(house, at):
    if not AcceptedTerms.objects.filter(code="dast-10").exists():
        wording.accept_terms(by=house.manager, at=at, code="dast-10")


def _a_house_value_stated(house, at):
    if not HouseValue.objects.exists():
        rows["house value"] = a_stated_value(house, at=at).key


def _a_report_due(house, at):
    session = SupervisedSession.objects.filter(status=SessionStatus.DOSED).order_by("pk").first()
    if not Report.objects.exists():
        event = supervised.report_adverse_event(
            session, by=house.nurse, at=at, client_key=uuid4(), term="Syncope", started_at=at
        )
        an_assessment(house, event, at=at, is_serious=True, seriousness="important")
    rows["report"] = Report.objects.order_by("pk").first().key


def _an_erratum_proposed(house, at):
    if not Erratum.objects.exists():
        rows["erratum"] = a_proposed_erratum(house, at=at).key


STORIES = {
    "a report due": _a_report_due,
    "an erratum proposed": _an_erratum_proposed,
    "a house value stated": _a_house_value_stated,
    "terms accepted": _terms_accepted,
    "a version in review": _a_version_in_review,
    "a dose ordered": _a_dose_ordered,
    "a dose prepared": _a_dose_prepared,
    "a person transferred": _a_person_transferred,
    "a transfer described": _a_transfer_described,
    "a form answered": _a_form_answered,
    "a second factor": _a_second_factor,
}


def happens(story):
    """Tell the story a page stands on."""
    with transaction.atomic():
        house, at = the_house(), now()
        walk.clock(house, at)
        STORIES[story](house, at)


def the_house():
    """The house with everybody who was added to it."""
    house = made_up.find()
    for user in User.objects.filter(email__regex="^(third|hill)-"):
        house.people[user.email.partition("@")[0].replace("-", "_")] = user
    return house
