"""Signed records, and what was put beside them."""

import re
from html import unescape

from django.utils.timezone import override

from clinic.audit.models import Signature
from clinic.audit.signing import sign
from clinic.cases import actions as cases
from clinic.cases.models import Hold
from clinic.cases.signatures import actions
from clinic.pages.templatetags import vigil
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


FIGURE = re.compile(
    r'<figure class="signature">.*?signature-name"><bdi>(?P<name>.*?)</bdi>'
    r'.*?signature-facts">(?P<facts>.*?)</p>\s*<p>(?P<meaning>.*?)</p>',
    re.DOTALL,
)


def on_page(page):
    """Name, date and time with its zone, and meaning of every signature that stands on a page."""
    found = []
    for each in FIGURE.finditer(page):
        when = re.sub(r"<[^>]+>", "", each["facts"]).rpartition(" · ")[2].strip()
        found.append((unescape(each["name"]), when, unescape(each["meaning"])))
    return sorted(found)


def as_printed(signatures, zone):
    """The same of signatures as they are kept, told in one zone."""
    with override(zone):
        return sorted(
            (each.printed_name, f"{vigil.moment(each.at)} {vigil.zone(each.at)}", each.meaning)
            for each in signatures
        )


def signed_over_again(subject, *, by, times, at=NOON):
    """As many more names under one record, each by itself."""
    for _ in range(times):
        sign(subject, by=by, at=at, meaning="read again", content={}, proof=proof(by, at))
