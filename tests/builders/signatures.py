"""Signed records, and what was put beside them."""

from clinic.audit.models import Signature
from clinic.cases import actions as cases
from clinic.cases.models import Hold
from clinic.cases.signatures import actions
from tests.builders.house import MINUTE, NOON, proof
from tests.builders.screening import an_eligible_case

WORDS = "The pulse was 78; 178 was typed."


def a_signed_decision(house, *, at=NOON - 30 * MINUTE):
    """The prescriber's signature under a screening decision."""
    case = an_eligible_case(house, at=at)
    return Signature.objects.get(case=case, subject_kind="clinic.ScreeningDecision")


def a_lifted_hold(house, *, at=NOON - 30 * MINUTE):
    """The signature under the lifting of a hold."""
    hold = cases.place_hold(
        house.site,
        by=house.medical_lead,
        at=at,
        on="site",
        target_key=house.site.key,
        words="Harbour House",
        reason="The alarm is out of order.",
    )
    lead = house.medical_lead
    cases.lift_hold(hold, by=lead, at=at, reason="It is mended.", proof=proof(lead, at))
    return Signature.objects.get(subject_key=Hold.objects.get(pk=hold.pk).key)


def a_countersigned(house, signature, *, by=None, at=NOON - 20 * MINUTE):
    """A second person's name under it."""
    by = by or house.medical_lead
    return actions.countersign(signature, by=by, at=at, proof=proof(by, at))


def an_amendment(house, signature=None, *, by=None, at=NOON - 20 * MINUTE, **said):
    """Words that wait for another person's answer."""
    signature = signature or a_signed_decision(house)
    said = {"words": WORDS, "reason": "A slip of the finger."} | said
    return actions.propose(signature, by=by or house.facilitator, at=at, **said)


def an_accepted_amendment(house, signature=None, *, by=None, at=NOON - 10 * MINUTE, **said):
    """Words that stand beside the record."""
    amendment, by = an_amendment(house, signature, **said), by or house.medical_lead
    return actions.accept(amendment, by=by, at=at, proof=proof(by, at))


def a_refused_amendment(house, signature=None, *, by=None, at=NOON - 10 * MINUTE, **said):
    """Words that were refused, with the reason."""
    amendment = an_amendment(house, signature, **said)
    return actions.refuse(
        amendment, by=by or house.medical_lead, at=at, answer="The monitor's print says 178."
    )


def fresh(row):
    """The row read anew."""
    return type(row).objects.get(pk=row.pk)
