"""Acts on people and cases; the hand-overs at the end belong to the slices above."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.audit import signing
from clinic.audit.actions import record
from clinic.cases import digests, queries, signals
from clinic.cases.channels.models import ChannelConsent
from clinic.cases.models import (
    STEPS,
    CareTeamMember,
    Case,
    Channel,
    Contact,
    Cycle,
    Hold,
    Patient,
    Status,
)
from clinic.cases.rules import (
    obstacles_in_change,
    obstacles_to_add_contact,
    obstacles_to_close,
    obstacles_to_correct,
    obstacles_to_end_contact,
    obstacles_to_join_team,
    obstacles_to_leave_team,
    obstacles_to_lift_hold,
    obstacles_to_lose,
    obstacles_to_place_hold,
    obstacles_to_record_death,
    obstacles_to_refer,
    obstacles_to_register,
    obstacles_to_resume,
    obstacles_to_see_identity,
    obstacles_to_suspend,
    obstacles_to_withdraw,
    stage_to_resume,
)
from clinic.messages import actions as messages
from clinic.protocols.queries import digest_of
from clinic.workflow import alone, lock, move, refuse_unless_clear

# Who somebody is was seen on a document; after these change it has to be seen again.
ON_THE_DOCUMENT = {"family_name", "given_name", "date_of_birth"}


# -- People ----------------------------------------------------------------------------------


@transaction.atomic
def register(
    *,
    by: Any,
    at: datetime,
    site: Any,
    family_name: str,
    date_of_birth: date,
    given_name: str = "",
    known_as: str = "",
    email: str = "",
    phone: str = "",
    address: str = "",
    language: str = "en",
    interpreter_language: str = "",
    zone: str = "",
    channel: str = "",
    may_email: bool = False,
    allergies: str = "",
    despite: Any = (),
    key: uuid.UUID | None = None,
) -> Patient:
    """Register a person at a site; who looks like them is named first and passed knowingly.

    A page that was sent twice carries the same key twice and meets the first one's patient.
    """
    alone(f"registration at {site.key}")
    again = Patient.objects.filter(key=key, site=site, registered_by=by).first() if key else None
    if again is not None:
        return again
    refuse_unless_clear(
        obstacles_to_register(
            site,
            by=by,
            at=at,
            family_name=family_name,
            given_name=given_name,
            date_of_birth=date_of_birth,
            email=email,
            phone=phone,
            despite=despite,
        )
    )
    patient = Patient(
        key=key or uuid.uuid4(),
        site=site,
        number=_next_number(site),
        family_name=family_name,
        given_name=given_name,
        known_as=known_as,
        date_of_birth=date_of_birth,
        email=email,
        phone=phone,
        address=address,
        email_digest=digests.email_digest(email),
        phone_digest=digests.phone_digest(phone),
        language=language,
        interpreter_language=interpreter_language,
        zone=zone or site.zone,
        channel=channel,
        allergies=allergies,
        registered_at=at,
        registered_by=by,
    )
    patient.save()
    if may_email:
        ChannelConsent.objects.create(
            site=site, patient=patient, channel=Channel.EMAIL, given_at=at, given_by=by
        )
    record(
        "patient registered",
        patient,
        by=by,
        at=at,
        number=patient.number,
        may_email=may_email,
        despite=sorted(str(key) for key in despite),
    )
    return patient


@transaction.atomic
def correct(
    patient: Patient, *, by: Any, at: datetime, seen: str | None = None, **details: Any
) -> Patient:
    """Correct what is known of a person; a name or birth date corrected is to be seen again."""
    if "zone" in details:  # what is due by the person's own calendar moves with them
        for case in patient.cases.order_by("pk"):
            case.lock()
    lock(patient)
    born = details.get("date_of_birth", patient.date_of_birth)
    refuse_unless_clear(
        [
            *obstacles_in_change(seen, queries.details_as_seen(patient)),
            *obstacles_to_correct(patient, by=by, at=at, date_of_birth=born),
        ]
    )
    changed = sorted(
        name
        for name, value in details.items()
        if name in queries.DETAILS and (value or "") != (getattr(patient, name) or "")
    )
    for name in changed:
        setattr(patient, name, details[name])
    patient.email_digest = digests.email_digest(patient.email or "")
    patient.phone_digest = digests.phone_digest(patient.phone or "")
    if ON_THE_DOCUMENT & set(changed):
        patient.identity_seen_at = patient.identity_seen_by = None
        patient.identity_document = ""
    patient.save()
    signals.corrected.send(Patient, patient=patient, changed=changed, by=by, at=at)
    record("details corrected", patient, by=by, at=at, changed=changed)
    return patient


@transaction.atomic
def see_identity(patient: Patient, *, by: Any, at: datetime, document: str) -> Patient:
    """Write down that the person's identity document was seen, and which it was."""
    lock(patient)
    refuse_unless_clear(obstacles_to_see_identity(patient, by=by, at=at))
    patient.identity_seen_at, patient.identity_seen_by = at, by
    patient.identity_document = document
    patient.save(update_fields=["identity_seen_at", "identity_seen_by", "identity_document"])
    record("identity document seen", patient, by=by, at=at, document=document)
    return patient


@transaction.atomic
def add_contact(
    patient: Patient,
    *,
    by: Any,
    at: datetime,
    role: str,
    name: str,
    phone: str,
    relation: str = "",
    email: str = "",
    channel: str = "",
    language: str = "",
    zone: str = "",
) -> Contact:
    """Write down somebody near the person, once: whom to call, who takes them home."""
    lock(patient)
    refuse_unless_clear(obstacles_to_add_contact(patient, by=by, at=at))
    for contact in queries.contacts_of(patient).filter(role=role, name=name):
        if contact.phone == phone:
            return contact
    contact = Contact.objects.create(
        patient=patient,
        site_id=patient.site_id,
        role=role,
        name=name,
        relation=relation,
        phone=phone,
        email=email,
        channel=channel,
        language=language,
        zone=zone,
        added_at=at,
        added_by=by,
    )
    record("contact added", contact, by=by, at=at, role=role, patient=patient.key)
    return contact


@transaction.atomic
def end_contact(contact: Contact, *, by: Any, at: datetime) -> Contact:
    """End a contact; it stays readable as somebody who once was near."""
    lock(contact)
    refuse_unless_clear(obstacles_to_end_contact(contact, by=by, at=at))
    contact.ended_at, contact.ended_by = at, by
    contact.save(update_fields=["ended_at", "ended_by"])
    record("contact ended", contact, by=by, at=at, role=contact.role)
    return contact


# -- Cases -----------------------------------------------------------------------------------


@transaction.atomic
def refer(
    patient: Patient,
    *,
    by: Any,
    at: datetime,
    protocol_version: Any,
    referral_source: str,
    referral_reason: str = "",
    key: uuid.UUID | None = None,
) -> Case:
    """Open a case on the published version of a protocol, with its first cycle."""
    lock(patient)
    again = patient.cases.filter(key=key, referred_by=by).first() if key else None
    if again is not None:
        return again
    refuse_unless_clear(
        obstacles_to_refer(patient, by=by, at=at, protocol_version=protocol_version)
    )
    case = Case.objects.create(
        key=key or uuid.uuid4(),
        patient=patient,
        protocol_version=protocol_version,
        number=max(patient.cases.values_list("number", flat=True), default=0) + 1,
        referred_at=at,
        referred_by=by,
        referral_source=referral_source,
        referral_reason=referral_reason,
        stage_since=at,
    )
    Cycle.objects.create(case=case, number=1, opened_at=at, opened_by=by)
    record(
        "referred", case, by=by, at=at, version=digest_of(protocol_version), source=referral_source
    )
    return case


@transaction.atomic
def join_team(case: Case, *, by: Any, at: datetime, user: Any, capacity: str) -> CareTeamMember:
    """Add a colleague to the care team in one capacity."""
    case.lock()
    refuse_unless_clear(obstacles_to_join_team(case, by=by, at=at, user=user, capacity=capacity))
    member = CareTeamMember.objects.create(
        case=case, user=user, capacity=capacity, since=at, added_by=by
    )
    record("joined the care team", member, by=by, at=at, user=user.key, capacity=capacity)
    return member


@transaction.atomic
def leave_team(member: CareTeamMember, *, by: Any, at: datetime) -> CareTeamMember:
    """End somebody's part in the care team."""
    member.case.lock()
    member.refresh_from_db()
    refuse_unless_clear(obstacles_to_leave_team(member, by=by, at=at))
    member.until = at
    member.save(update_fields=["until"])
    record("left the care team", member, by=by, at=at, user=member.user.key)
    return member


# -- Leaving the path ------------------------------------------------------------------------


@transaction.atomic
def suspend(case: Case, *, by: Any, at: datetime, reason: str) -> Case:
    """Stop a case for safety; it remembers the stage it left."""
    case.lock()
    refuse_unless_clear(obstacles_to_suspend(case, by=by, at=at, reason=reason))
    return _leave(case, Status.SUSPENDED, "suspended", by=by, at=at, reason=reason)


@transaction.atomic
def resume(case: Case, *, by: Any, at: datetime, reason: str) -> Case:
    """Let a suspended or lost case go on in the stage it left."""
    case.lock()
    refuse_unless_clear(obstacles_to_resume(case, by=by, at=at, reason=reason))
    _step(case, stage_to_resume(case), at=at, left_stage="", status_reason=reason)
    record("resumed", case, by=by, at=at, stage=case.status, reason=reason)
    return case


@transaction.atomic
def withdraw(case: Case, *, by: Any, at: datetime, reason: str = "") -> Case:
    """Record that the person does not wish to go on."""
    case.lock()
    refuse_unless_clear(obstacles_to_withdraw(case, by=by, at=at, reason=reason))
    return _leave(case, Status.WITHDRAWN, "withdrawn", by=by, at=at, reason=reason)


@transaction.atomic
def lose(case: Case, *, by: Any, at: datetime, reason: str) -> Case:
    """Record that the person cannot be reached any more, and what was tried."""
    case.lock()
    refuse_unless_clear(obstacles_to_lose(case, by=by, at=at, reason=reason))
    return _leave(case, Status.LOST, "lost to follow-up", by=by, at=at, reason=reason)


@transaction.atomic
def died(
    patient: Patient,
    *,
    by: Any,
    at: datetime,
    died_at: datetime | None = None,
    words: str = "",
) -> Patient:
    """Record a death: every case of the person ends, and what was to be sent is not."""
    for case in patient.cases.order_by("pk"):
        case.lock()
    lock(patient)
    refuse_unless_clear(obstacles_to_record_death(patient, by=by, at=at))
    cases = list(patient.cases.order_by("pk"))  # read again: one may have been opened meanwhile
    patient.died_at, patient.died_by = died_at or at, by
    patient.save(update_fields=["died_at", "died_by"])
    for case in cases:
        case.patient = patient
        _leave(case, Status.DIED, "died", by=by, at=at, reason=words)
        messages.cancel_all(case, by=by, at=at, reason="The person has died.")
    record("death recorded", patient, by=by, at=at, died_at=died_at, words=words)
    return patient


@transaction.atomic
def close(case: Case, *, by: Any, at: datetime, reason: str) -> Case:
    """Close a case of which nothing waits for anybody."""
    case.lock()
    refuse_unless_clear(obstacles_to_close(case, by=by, at=at, reason=reason))
    left = case.left_stage or case.status
    _step(
        case,
        Status.CLOSED,
        at=at,
        left_stage=left,
        status_reason=reason,
        closed_at=at,
        closed_by=by,
    )
    signals.left.send(sender=Case, case=case, status=Status.CLOSED, by=by, at=at)
    record("closed", case, by=by, at=at, reason=reason)
    return case


# -- Holds -----------------------------------------------------------------------------------


@transaction.atomic
def place_hold(
    site: Any,
    *,
    by: Any,
    at: datetime,
    on: str,
    target_key: Any,
    words: str,
    reason: str,
    rule: str = "",
) -> Hold:
    """Stop every dose that hangs on one version or rule, lot, room, person, site or patient.

    Sessions that go on are told, and go on.
    """
    alone(f"holds at {site.key}")
    refuse_unless_clear(
        obstacles_to_place_hold(
            site, by=by, at=at, on=on, target_key=target_key, reason=reason, rule=rule
        )
    )
    hold = Hold.objects.create(
        site=site,
        on=on,
        target_key=target_key,
        rule=rule,
        words=words,
        reason=reason,
        placed_at=at,
        placed_by=by,
    )
    signals.held.send(sender=Hold, hold=hold, by=by, at=at)
    record("hold placed", hold, by=by, at=at, on=on, target=target_key, rule=rule, reason=reason)
    return hold


@transaction.atomic
def lift_hold(hold: Hold, *, by: Any, at: datetime, reason: str, proof: Any) -> Hold:
    """Lift a hold, signed by a medical or safety lead."""
    alone(f"holds at {hold.site.key}")
    hold.refresh_from_db()
    refuse_unless_clear(obstacles_to_lift_hold(hold, by=by, at=at))
    signing.sign(
        hold,
        by=by,
        at=at,
        meaning="I lift this hold",
        content={"on": hold.words, "held because": hold.reason, "lifted because": reason},
        proof=proof,
    )
    Hold.objects.filter(pk=hold.pk).update(lifted_at=at, lifted_by=by)
    hold.lifted_at, hold.lifted_by = at, by
    record("hold lifted", hold, by=by, at=at, reason=reason)
    return hold


# -- Hand-overs: called by the slices above inside their own acts -----------------------------


@transaction.atomic
def begin_screening(case: Case, *, by: Any, at: datetime) -> Case:
    """The screening of this case has begun."""
    return _hand_over(case, Status.SCREENING, "screening begun", by=by, at=at)


@transaction.atomic
def decided(case: Case, *, by: Any, at: datetime, outcome: str, reason: str = "") -> Case:
    """The screening was decided: eligible, deferred or declined."""
    return _hand_over(
        case, Status(outcome), f"decided: {Status(outcome).label.lower()}", by, at, reason
    )


@transaction.atomic
def reopen_screening(case: Case, *, by: Any, at: datetime, reason: str) -> Case:
    """The screening is open again, so its decision has to be made again."""
    return _hand_over(case, Status.SCREENING, "screening opened again", by, at, reason)


@transaction.atomic
def begin_preparing(case: Case, *, by: Any, at: datetime) -> Case:
    """The preparation of an eligible person has begun."""
    return _hand_over(case, Status.PREPARING, "preparation begun", by=by, at=at)


@transaction.atomic
def declare_ready(case: Case, *, by: Any, at: datetime) -> Case:
    """Somebody has declared that everything before the dose is done."""
    return _hand_over(case, Status.READY, "declared ready", by=by, at=at)


@transaction.atomic
def not_ready(case: Case, *, by: Any, at: datetime, reason: str = "") -> Case:
    """The declaration no longer stands; preparation goes on."""
    return _hand_over(case, Status.PREPARING, "no longer ready", by, at, reason)


@transaction.atomic
def enter_session(case: Case, *, by: Any, at: datetime) -> Case:
    """The person has checked in to a supervised session."""
    return _hand_over(case, Status.IN_SESSION, "entered a session", by=by, at=at)


@transaction.atomic
def leave_session(case: Case, *, by: Any, at: datetime) -> Case:
    """The session has ended; the person integrates. A case that was stopped meanwhile stays so."""
    return _end_session(case, Status.INTEGRATING, "left a session", by=by, at=at)


@transaction.atomic
def session_abandoned(case: Case, *, by: Any, at: datetime) -> Case:
    """The session ended without a dose; the person is prepared again."""
    return _end_session(case, Status.PREPARING, "session abandoned", by=by, at=at)


@transaction.atomic
def begin_aftercare(case: Case, *, by: Any, at: datetime) -> Case:
    """No further dose is planned; what was agreed is followed up."""
    return _hand_over(case, Status.AFTERCARE, "aftercare begun", by=by, at=at)


@transaction.atomic
def next_cycle(case: Case, *, by: Any, at: datetime) -> Cycle:
    """Another dose is prepared: the case goes back to preparing, in a cycle of its own."""
    case.lock()
    _step(case, Status.PREPARING, at=at)
    number = case.cycles.count() + 1
    cycle = Cycle.objects.create(case=case, number=number, opened_at=at, opened_by=by)
    record("next cycle opened", case, by=by, at=at, cycle=number)
    signals.cycle_opened.send(Cycle, cycle=cycle, by=by, at=at)
    return cycle


# -- What the acts share ---------------------------------------------------------------------


def _step(case: Case, to: Status, *, at: datetime, **fields: Any) -> None:
    move(case, to, table=STEPS, stage_since=at, **fields)


def _hand_over(case: Case, to: Status, words: str, by: Any, at: datetime, reason: str = "") -> Case:
    case.lock()
    _step(case, to, at=at, status_reason=reason)
    record(words, case, by=by, at=at, reason=reason)
    return case


def _end_session(case: Case, to: Status, words: str, by: Any, at: datetime) -> Case:
    case.lock()
    if case.status == Status.IN_SESSION:
        _step(case, to, at=at)
        record(words, case, by=by, at=at)
    elif case.left_stage == Status.IN_SESSION:
        # Nothing keeps a session from ending; where the case goes on later has moved meanwhile.
        Case.objects.filter(pk=case.pk).update(left_stage=to)
        case.left_stage = to
        record(words, case, by=by, at=at)
    return case


def _leave(case: Case, to: Status, words: str, *, by: Any, at: datetime, reason: str) -> Case:
    left = case.left_stage or case.status
    _step(case, to, at=at, left_stage=left, status_reason=reason)
    signals.left.send(sender=Case, case=case, status=to, by=by, at=at)
    record(words, case, by=by, at=at, left=left, reason=reason)
    return case


def _next_number(site: Any) -> str:
    last = Patient.objects.filter(site=site).order_by("-number").values_list("number", flat=True)
    return f"{int(last[:1][0]) + 1 if last[:1] else 1:06d}"
