"""People, cases and holds, done by two at once."""

from datetime import date

from clinic.cases import actions, queries
from clinic.cases.channels import actions as channels
from clinic.cases.channels.models import ChannelConsent
from clinic.cases.models import CareTeamMember, Case, Contact, Cycle, Hold, Patient, Status
from tests.builders.cases import (
    WALK,
    a_case_in,
    a_contact,
    a_known_patient,
    a_patient,
    a_referred_case,
)
from tests.builders.house import NOON, proof
from tests.races.harness import Start, race


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def _both(pair, do, rows, **how):
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, **how)


def _in(status):
    return Case.objects.filter(status=status).count


@race("clinic.cases.actions.register")
def register(house):
    def act(by):
        return actions.register(
            by=by,
            at=NOON,
            site=house.site,
            family_name="Marlow",
            given_name="Robin",
            date_of_birth=date(1985, 7, 14),
        )

    return _both((house.intake, house.intake), act, Patient.objects.count)


@race("clinic.cases.actions.correct")
def correct(house):
    patient = a_patient(house)
    seen = queries.details_as_seen(patient)
    return Start(
        (house.intake, lambda: _call(house.intake, patient, "Rob", seen)),
        (house.intake, lambda: _call(house.intake, patient, "Bobby", seen)),
        Patient.objects.exclude(known_as="").count,
    )


def _call(by, patient, name, seen):
    return actions.correct(fresh(patient), by=by, at=NOON, known_as=name, seen=seen)


@race("clinic.cases.actions.see_identity")
def see_identity(house):
    # Both have seen it; the later one stands, the earlier stays in the row's history.
    patient = a_patient(house)
    return _both(
        (house.intake, house.nurse),
        lambda by: actions.see_identity(fresh(patient), by=by, at=NOON, document="Passport"),
        Patient.objects.filter(identity_seen_at=NOON).count,
        both_done=True,
    )


@race("clinic.cases.actions.add_contact")
def add_contact(house):
    # The same person written down twice is one contact; both are given it.
    patient = a_patient(house)
    facts = {"role": Contact.Role.ESCORT, "name": "Kim", "phone": "+1 212 555 0199"}
    return _both(
        (house.intake, house.nurse),
        lambda by: actions.add_contact(fresh(patient), by=by, at=NOON, **facts),
        Contact.objects.count,
        both_done=True,
    )


@race("clinic.cases.actions.end_contact")
def end_contact(house):
    contact = a_known_patient(house).contacts.get()
    return _both(
        (house.intake, house.nurse),
        lambda by: actions.end_contact(fresh(contact), by=by, at=NOON),
        Contact.objects.filter(ended_at__isnull=False).count,
    )


@race("clinic.cases.channels.actions.agree")
def agree(house):
    patient = a_patient(house, may_email=False)
    return _both(
        (house.intake, house.nurse),
        lambda by: channels.agree(fresh(patient), by=by, at=NOON, channel="email"),
        ChannelConsent.objects.count,
    )


@race("clinic.cases.channels.actions.take_back")
def take_back(house):
    consent = a_patient(house, may_email=True).channel_consents.get()
    return _both(
        (house.intake, house.nurse),
        lambda by: channels.take_back(fresh(consent), by=by, at=NOON),
        ChannelConsent.objects.filter(withdrawn_at__isnull=False).count,
    )


@race("clinic.cases.channels.actions.see_guardianship")
def see_guardianship(house):
    # Both have seen it; the later one stands, the earlier stays in the row's history.
    guardian = a_contact(house, a_patient(house), role=Contact.Role.GUARDIAN)
    paper = {"document": "Court order", "scope": "Consents to treatment"}
    return _both(
        (house.intake, house.nurse),
        lambda by: channels.see_guardianship(fresh(guardian), by=by, at=NOON, **paper),
        Contact.objects.filter(document_seen_at=NOON).count,
        both_done=True,
    )


@race("clinic.cases.actions.refer")
def refer(house):
    patient = a_known_patient(house)
    return _both(
        (house.intake, house.intake),
        lambda by: a_referred_case(house, patient=fresh(patient)),
        Case.objects.count,
    )


@race("clinic.cases.actions.join_team")
def join_team(house):
    case = a_referred_case(house)
    return _both(
        (house.nurse, house.prescriber),
        lambda by: actions.join_team(
            fresh(case), by=by, at=NOON, user=house.facilitator, capacity="facilitator"
        ),
        CareTeamMember.objects.count,
    )


@race("clinic.cases.actions.leave_team")
def leave_team(house):
    case = a_referred_case(house)
    member = actions.join_team(case, by=house.nurse, at=NOON, user=house.nurse, capacity="nurse")
    return _both(
        (house.nurse, house.prescriber),
        lambda by: actions.leave_team(fresh(member), by=by, at=NOON),
        CareTeamMember.objects.filter(until=NOON).count,
    )


def _leaving(act, before, after):
    @race(f"clinic.cases.actions.{act}")
    def leaving(house):
        case = a_case_in(house, before)
        return _both(
            (house.medical_lead, house.prescriber),
            lambda by: getattr(actions, act)(fresh(case), by=by, at=NOON, reason="For a reason."),
            _in(after),
        )


_leaving("suspend", Status.ELIGIBLE, Status.SUSPENDED)
_leaving("resume", Status.SUSPENDED, Status.REFERRED)
_leaving("withdraw", Status.ELIGIBLE, Status.WITHDRAWN)
_leaving("lose", Status.ELIGIBLE, Status.LOST)
_leaving("close", Status.WITHDRAWN, Status.CLOSED)


@race("clinic.cases.actions.died")
def died(house):
    case = a_case_in(house, Status.ELIGIBLE)
    return _both(
        (house.nurse, house.prescriber),
        lambda by: actions.died(fresh(case.patient), by=by, at=NOON),
        _in(Status.DIED),
    )


def _held(house):
    return {"on": "room", "target_key": house.room.key, "words": "Harbour room", "reason": "Smoke."}


@race("clinic.cases.actions.place_hold")
def place_hold(house):
    return _both(
        (house.medical_lead, house.safety_lead),
        lambda by: actions.place_hold(house.site, by=by, at=NOON, **_held(house)),
        Hold.objects.count,
    )


@race("clinic.cases.actions.lift_hold")
def lift_hold(house):
    hold = actions.place_hold(house.site, by=house.medical_lead, at=NOON, **_held(house))
    return _both(
        (house.medical_lead, house.safety_lead),
        lambda by: actions.lift_hold(
            fresh(hold), by=by, at=NOON, reason="Aired.", proof=proof(by, NOON)
        ),
        Hold.objects.filter(lifted_at=NOON).count,
    )


BEFORE = {
    to: before
    for (before, _, _), (to, _, _) in zip([(Status.REFERRED, "", {}), *WALK], WALK, strict=False)
}


def _handing_over(act, before, to, facts, **how):
    @race(f"clinic.cases.actions.{act}")
    def handing_over(house):
        case = a_case_in(house, before)
        return _both(
            (house.nurse, house.prescriber),
            lambda by: getattr(actions, act)(fresh(case), by=by, at=NOON, **facts),
            _in(to),
            **how,
        )


for to, act, facts in WALK:
    # A session's end is never refused: whoever comes second finds it ended.
    _handing_over(act, BEFORE[to], to, facts, both_done=act == "leave_session")
_handing_over("session_abandoned", Status.IN_SESSION, Status.PREPARING, {}, both_done=True)
_handing_over("not_ready", Status.READY, Status.PREPARING, {})
_handing_over("reopen_screening", Status.ELIGIBLE, Status.SCREENING, {"reason": "A new answer."})


@race("clinic.cases.actions.next_cycle")
def next_cycle(house):
    case = a_case_in(house, Status.INTEGRATING)
    return _both(
        (house.nurse, house.prescriber),
        lambda by: actions.next_cycle(fresh(case), by=by, at=NOON),
        Cycle.objects.filter(number=2).count,
    )
