"""Gates of what is put beside a signed record, each closed alone."""

from django.urls import reverse

from clinic.people import actions as people
from tests.builders.house import HOUR, NOON, PASSWORD
from tests.builders.signatures import (
    WORDS,
    a_countersigned,
    a_lifted_hold,
    a_signed_decision,
    an_amendment,
)
from tests.gates.harness import Situation, closed


def countersigning(user, signature, says):
    address = reverse("signatures:countersign", args=[signature.key])
    return Situation(user, address, {"password": PASSWORD}, says, page=address)


def answering(user, amendment, act, says, **typed):
    address, page = (
        reverse(f"signatures:{name}", args=[amendment.key]) for name in (act, "amendment")
    )
    return Situation(user, address, typed, says, page=page)


def takes_the_role(house, user):
    people.give_role(user, by=house.manager, at=NOON - HOUR, site=house.site, role="prescriber")
    return type(user).objects.get(pk=user.pk)


@closed("signature_stands_alone")
def nothing_is_added_to_a_lifted_hold(house):
    address = reverse("signatures:propose", args=[a_lifted_hold(house).key])
    typed = {"words": WORDS, "reason": "A slip of the finger."}
    return Situation(house.facilitator, address, typed, "This signature stands alone", page=address)


@closed("countersigns_own_signature")
def they_signed_it_themselves(house):
    says = "You signed this yourself; a second signature is another person's."
    return countersigning(house.prescriber, a_signed_decision(house), says)


@closed("countersigned_already")
def they_have_countersigned_it(house):
    signature = a_signed_decision(house)
    a_countersigned(house, signature)
    return countersigning(house.medical_lead, signature, "You have countersigned this already.")


@closed("countersigner_unlicensed")
def they_have_the_role_and_no_licence(house):
    user = takes_the_role(house, house.intake)
    return countersigning(user, a_signed_decision(house), f"{user.name} has no licence in")


@closed("answers_own_amendment")
def they_would_refuse_what_they_proposed(house):
    amendment = an_amendment(house, by=house.medical_lead)
    says = "You proposed this yourself; another person answers it."
    return answering(house.medical_lead, amendment, "refuse", says, answer="No.")
