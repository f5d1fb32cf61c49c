"""Documents, done by two at once."""

from clinic.documents import actions
from clinic.documents.capacity.models import CapacityAssessment
from clinic.documents.models import DeclinedDocument, Reaffirmation, SignedDocument, Text
from clinic.people.queries import system_user
from tests.builders.documents import a_newer_text, a_refusal, a_signature, an_assessment
from tests.builders.house import NOON
from tests.builders.preparation import a_preparing_case
from tests.races.harness import Start, race


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@race("clinic.documents.actions.add_text")
def add_text(house):
    return Start(
        (house.approver, lambda: a_newer_text(house, "house-rules")),
        (house.manager, lambda: a_newer_text(house, "house-rules")),
        Text.objects.filter(code="house-rules").count,
    )


@race("clinic.documents.actions.add_examples")
def add_examples(house):
    system = system_user()
    return Start(
        (system, lambda: actions.add_examples(by=system, at=NOON)),
        (system, lambda: actions.add_examples(by=system, at=NOON)),
        Text.objects.filter(code="ketamine-consent").count,
        both_done=True,
    )


@race("clinic.documents.actions.sign")
def sign(house):
    case = a_preparing_case(house)
    return Start(
        (house.nurse, lambda: a_signature(house, fresh(case), by=house.nurse)),
        (house.facilitator, lambda: a_signature(house, fresh(case), by=house.facilitator)),
        SignedDocument.objects.filter(code="ketamine-consent").count,
    )


@race("clinic.documents.actions.withdraw")
def withdraw(house):
    document = a_signature(house, a_preparing_case(house))
    return Start(
        (house.nurse, lambda: actions.withdraw(fresh(document), by=house.nurse, at=NOON)),
        (house.intake, lambda: actions.withdraw(fresh(document), by=house.intake, at=NOON)),
        SignedDocument.objects.filter(withdrawn_at__isnull=False).count,
    )


@race("clinic.documents.actions.reaffirm")
def reaffirm(house):
    document = a_signature(house, a_preparing_case(house))
    return Start(
        (house.nurse, lambda: actions.reaffirm(fresh(document), by=house.nurse, at=NOON)),
        (house.prescriber, lambda: actions.reaffirm(fresh(document), by=house.prescriber, at=NOON)),
        Reaffirmation.objects.count,
    )


@race("clinic.documents.actions.decline")
def decline(house):
    case = a_preparing_case(house)
    return Start(
        (house.nurse, lambda: a_refusal(house, fresh(case), by=house.nurse)),
        (house.prescriber, lambda: a_refusal(house, fresh(case), by=house.prescriber)),
        DeclinedDocument.objects.count,
    )


@race("clinic.documents.capacity.actions.assess")
def assess(house):
    case = a_preparing_case(house)
    return Start(
        (house.nurse, lambda: an_assessment(fresh(case), by=house.nurse)),
        (house.nurse, lambda: an_assessment(fresh(case), by=house.nurse)),
        CapacityAssessment.objects.count,
    )
