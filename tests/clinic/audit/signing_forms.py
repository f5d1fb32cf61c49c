"""Every form under which somebody signs, filled in and ready to be sent: one for each caller."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.timezone import now

from clinic.cases import actions as cases
from clinic.cases.models import Status
from clinic.documents import rules as documents
from tests.builders import supervised as session_builders
from tests.builders.cases import a_case_in
from tests.builders.errata import a_proposed_erratum
from tests.builders.house import HOUR, MINUTE, NOON, PASSWORD
from tests.builders.house_values import a_house_value, a_stated_value
from tests.builders.merging import merged, two_records
from tests.builders.preparation import a_prepared_case, a_preparing_case
from tests.builders.protocols import a_published_version, a_reviewed_version, a_text, places
from tests.builders.reports import a_report
from tests.builders.screening import a_filled_screening, a_screening_beside_an_official_form
from tests.builders.signatures import a_signed_decision, an_amendment
from tests.builders.two_sites import (
    linked,
    records_at_two_sites,
    told_apart,
    who_decides_at_both,
)
from tests.gates.at_break_glass import a_case_in_care

CONSENT = "ketamine-consent"
SIGN = {"password": PASSWORD}


@dataclass(frozen=True)
class Ready:
    """Who is before which page, who signs there, and what they send."""

    user: Any
    post: str
    data: dict
    at: datetime = NOON
    signer: Any = None  # where a second person signs on the first one's device

    @property
    def by(self):
        return self.signer or self.user


FORMS: dict[str, Callable[[Any], Ready]] = {}


def form_of(caller: str) -> Callable:
    """Name the act in which the form's signature is made (module.function)."""

    def keep(build: Callable) -> Callable:
        FORMS[caller] = build
        return build

    return keep


@form_of("clinic.cases.actions.lift_hold")
def lift_hold(house):
    lead = house.medical_lead
    hold = cases.place_hold(
        house.site,
        by=lead,
        at=NOON - HOUR,
        on="site",
        target_key=house.site.key,
        words="Harbour House",
        reason="The alarm is out of order.",
    )
    return Ready(lead, reverse("cases:hold", args=[hold.key]), {"reason": "Mended."} | SIGN)


@form_of("clinic.cases.break_glass.actions.break_glass")
def break_glass(house):
    typed = {
        "site": house.site.pk,
        "reason": "She stands at the door.",
        "number": a_case_in_care(house).patient.number,
    }
    # The database asks its own clock whose glass is broken.
    return Ready(house.second_nurse, reverse("break_glass:break"), typed | SIGN, at=now())


@form_of("clinic.cases.signatures.actions.countersign")
def countersign(house):
    signature = a_signed_decision(house)
    return Ready(
        house.medical_lead, reverse("signatures:countersign", args=[signature.key]), dict(SIGN)
    )


@form_of("clinic.cases.signatures.actions.accept")
def accept(house):
    amendment = an_amendment(house)
    return Ready(house.medical_lead, reverse("signatures:accept", args=[amendment.key]), dict(SIGN))


@form_of("clinic.cases.moving.actions.move_to_version")
def move_to_version(house):
    case, version = a_case_in(house, Status.ELIGIBLE), a_published_version(house, a_text())
    typed = {"to": version.key, "reason": "The longer stay."}
    return Ready(house.medical_lead, reverse("cases:move", args=[case.key]), typed | SIGN)


@form_of("clinic.cases.merging.actions.merge")
def merge(house):
    kept, other = two_records(house)
    url = reverse("cases:merge", args=[kept.key, other.key])
    return Ready(house.medical_lead, url, {"stays": kept.key, "reason": "One passport."} | SIGN)


@form_of("clinic.cases.merging.actions.part")
def part(house):
    kept, other = two_records(house)
    merged(house, kept, other)
    url = reverse("cases:part", args=[other.key])
    return Ready(house.medical_lead, url, {"reason": "Two passports."} | SIGN)


@form_of("clinic.cases.two_sites.actions.tell_apart")
def tell_apart(house):
    here, there = records_at_two_sites(house)
    url = reverse("cases:tell_apart", args=[here.key, there.key])
    return Ready(who_decides_at_both(house), url, {"reason": "Twins."} | SIGN)


@form_of("clinic.cases.two_sites.actions.retract")
def retract(house):
    here, there = records_at_two_sites(house)
    lead = who_decides_at_both(house)
    told_apart(here, there, by=lead)
    url = reverse("cases:retract", args=[here.key, there.key])
    return Ready(lead, url, {"reason": "One passport."} | SIGN)


@form_of("clinic.cases.two_sites.actions.link")
def link(house):
    here, there = records_at_two_sites(house)
    url = reverse("cases:link", args=[here.key, there.key])
    return Ready(who_decides_at_both(house), url, {"reason": "One passport."} | SIGN)


@form_of("clinic.cases.two_sites.actions.unlink")
def unlink(house):
    here, there = records_at_two_sites(house)
    lead = who_decides_at_both(house)
    linked(here, there, by=lead)
    url = reverse("cases:unlink", args=[here.key, there.key])
    return Ready(lead, url, {"reason": "Two passports."} | SIGN)


@form_of("clinic.documents.actions.sign")
def document(house):
    case = a_preparing_case(house)
    text = documents.row_of(case, CONSENT, NOON).text
    typed = {"text": text.key, "printed_name": "Robin Marlow"}
    return Ready(
        house.facilitator, reverse("documents:sign", args=[case.key, CONSENT]), typed | SIGN
    )


@form_of("clinic.protocols.actions.publish")
def publish(house):
    version = a_reviewed_version(house)
    address = reverse("admin:clinic_protocolversion_publish", args=[version.key])
    return Ready(house.approver, address, {"confirmed": places(version)} | SIGN)


@form_of("clinic.protocols.errata.actions.approve")
def approve_erratum(house):
    address = reverse(
        "admin:clinic_protocolversion_erratum_approve", args=[a_proposed_erratum(house).key]
    )
    return Ready(house.approver, address, dict(SIGN))


@form_of("clinic.protocols.house.actions.approve")
def approve_house_value(house):
    value = a_stated_value(house)
    return Ready(house.medical_lead, reverse("house:approve", args=[value.key]), dict(SIGN))


@form_of("clinic.protocols.house.actions.end")
def end_house_value(house):
    typed = {"reason": "The protocol says so itself now."}
    return Ready(
        house.medical_lead, reverse("house:end", args=[a_house_value(house).key]), typed | SIGN
    )


@form_of("clinic.screening.actions.decide")
def decide(house):
    case = a_filled_screening(house, at=NOON - HOUR)
    typed = {"outcome": "declined", "reason": "Not for this treatment."}
    typed["denial_reasons"] = ["none-of-these"]
    return Ready(house.prescriber, reverse("screening:decide", args=[case.key]), typed | SIGN)


@form_of("clinic.screening.actions.rule_on")
def rule_on(house):
    case = a_filled_screening(house, at=NOON - HOUR, psychosis=True)
    typed = {"ruling": "accepted", "reason": "Once, in 2004, after a fever."}
    address = reverse("screening:rule_on", args=[case.key, "psychosis"])
    return Ready(house.medical_lead, address, typed | SIGN)


@form_of("clinic.screening.official.actions.confirm")
def confirm(house):
    case = a_screening_beside_an_official_form(house, at=NOON - HOUR)
    typed = {"edition": "2025-01", "language": "English"}
    return Ready(house.prescriber, reverse("screening:confirm", args=[case.key]), typed | SIGN)


@form_of("sessions.preparation.actions.decide_past")
def decide_past(house):
    at = NOON - HOUR
    case = a_prepared_case(house)
    cases.end_contact(case.patient.contacts.get(), by=house.intake, at=at)
    address = reverse("preparation:decide_past", args=[case.key, "emergency_contact"])
    return Ready(house.medical_lead, address, {"reason": "Her sister is here."} | SIGN, at=at)


def on_sheet(house, name, session, user, *, at, **typed):
    session_builders.the_clock(house, at)
    return Ready(user, reverse(f"supervised:{name}", args=[session.key]), typed, at=at)


@form_of("sessions.supervised.doses.actions.order")
def order(house):
    session = session_builders.a_checked_session(house)
    typed = {"amount": "50", "seen_amount": "50"} | SIGN
    return on_sheet(house, "order", session, house.prescriber, at=NOON + 15 * MINUTE, **typed)


@form_of("sessions.supervised.doses.actions.prepare")
def prepare(house):
    session, second = session_builders.an_order(house).session, house.second_nurse
    typed = {
        "lot": house.lot.pk,
        "quantity": "50",
        "second_email": second.email,
        "second_password": PASSWORD,
    }
    ready = on_sheet(house, "prepare", session, house.nurse, at=NOON + 20 * MINUTE, **typed)
    return Ready(ready.user, ready.post, ready.data, ready.at, signer=second)


@form_of("sessions.supervised.leaving.actions.release")
def release(house):
    session = session_builders.a_session_to_release(house)
    at = session_builders.LEAVES_AT
    return on_sheet(house, "release", session, house.nurse, at=at, **SIGN)


@form_of("sessions.supervised.leaving.actions.sign")
def sign(house):
    session = session_builders.a_released_session(house)
    at = session_builders.LEAVES_AT + HOUR
    return on_sheet(house, "sign", session, house.nurse, at=at, **SIGN)


@form_of("sessions.reports.actions.send")
def send_report(house):
    typed = {"sent_on": "2026-11-18", "how": "fax"}
    url = reverse("reports:send", args=[a_report(house, at=NOON - HOUR).key])
    return Ready(house.medical_lead, url, typed | SIGN)


@form_of("sessions.reports.actions.set_aside")
def set_report_aside(house):
    url = reverse("reports:set_aside", args=[a_report(house, at=NOON - HOUR).key])
    return Ready(house.medical_lead, url, {"words": "It was no event."} | SIGN)
