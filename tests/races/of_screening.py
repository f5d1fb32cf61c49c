"""One screening, filled, settled and decided by two at once."""

from clinic.cases.models import Case, Status
from clinic.checklists.engine import Answer
from clinic.checklists.models import Answer as Row
from clinic.checklists.models import Form
from clinic.screening import actions, queries
from clinic.screening.evidence import actions as results
from clinic.screening.evidence.models import Evidence
from clinic.screening.medicines.models import ListedMedicine
from clinic.screening.models import FindingDecision, ScreeningDecision
from clinic.screening.official.models import OfficialFormConfirmation
from clinic.screening.sent import actions as sent_back
from clinic.screening.sent.models import ReviewedAnswer
from tests.builders.cases import a_referred_case
from tests.builders.evidence import a_result
from tests.builders.house import DAY, NOON
from tests.builders.medicines import a_medicine, changed
from tests.builders.packets import a_screening_sent_back
from tests.builders.screening import (
    Outcome,
    Ruling,
    a_begun_screening,
    a_filled_screening,
    a_screening_beside_an_official_form,
)
from tests.builders.screening import confirm as a_confirmation
from tests.builders.screening import decide as a_decision
from tests.races.harness import Start, race


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def _both(pair, do, rows, **how):
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, **how)


@race("clinic.screening.sent.actions.review")
def review(house):
    sent = a_screening_sent_back(house, a_begun_screening(house))
    return _both(
        (house.intake, house.nurse),
        lambda by: sent_back.review(fresh(sent), by=by, at=NOON, items=["age"], takes=True),
        ReviewedAnswer.objects.count,
    )


@race("clinic.screening.actions.start")
def start(house):
    # Both go on with the one form.
    case = a_referred_case(house)
    return _both(
        (house.intake, house.nurse),
        lambda by: actions.start(fresh(case), by=by, at=NOON),
        Form.objects.count,
        both_done=True,
    )


@race("clinic.screening.actions.begin_anew")
def begin_anew(house):
    at = NOON - 91 * DAY
    case = a_filled_screening(house, at=at, case=a_referred_case(house, at=at))
    return _both(
        (house.intake, house.nurse),
        lambda by: actions.begin_anew(fresh(case), by=by, at=NOON),
        Form.objects.filter(status="open").count,
    )


@race("clinic.screening.actions.save")
def save(house):
    case = a_begun_screening(house)
    form = queries.current_form(case)
    ages = {house.intake.pk: 41, house.nurse.pk: 51}
    return _both(
        (house.intake, house.nurse),
        lambda by: actions.save(
            fresh(case),
            fresh(form),
            by=by,
            at=NOON,
            answers={"age": Answer("known", ages[by.pk])},
            revision=0,
        ),
        Row.objects.count,
    )


@race("clinic.screening.actions.rule_on")
def rule_on(house):
    form = queries.current_form(a_filled_screening(house, seizures=True))
    return _both(
        (house.medical_lead, house.prescriber),
        lambda by: actions.rule_on(
            fresh(form),
            by=by,
            at=NOON,
            item="seizures",
            ruling=Ruling.ACCEPTED,
            reason="Looked at with the person.",
            seen="",
        ),
        FindingDecision.objects.count,
    )


@race("clinic.screening.evidence.actions.enter")
def enter(house):
    case = a_filled_screening(house, escort=False)
    return _both(
        (house.intake, house.nurse),
        lambda by: a_result(house, fresh(case), by=by),
        Evidence.objects.count,
    )


@race("clinic.screening.evidence.actions.withdraw")
def withdraw(house):
    evidence = a_result(house, a_filled_screening(house, escort=False))
    return _both(
        (house.intake, house.nurse),
        lambda by: results.withdraw(fresh(evidence), by=by, at=NOON, words="Another person's."),
        Evidence.objects.exclude(withdrawn_at=None).count,
    )


@race("clinic.screening.medicines.actions.add")
def list_a_medicine(house):
    case = a_filled_screening(house)
    return _both(
        (house.intake, house.nurse),
        lambda by: a_medicine(house, fresh(case), by=by),
        ListedMedicine.objects.count,
    )


@race("clinic.screening.medicines.actions.change")
def change_a_medicine(house):
    medicine = a_medicine(house, a_filled_screening(house))
    return _both(
        (house.intake, house.nurse),
        lambda by: changed(house, fresh(medicine), by=by, last="not_known"),
        ListedMedicine.objects.exclude(replaces=None).count,
    )


@race("clinic.screening.actions.decide")
def decide(house):
    case = a_filled_screening(house)
    return _both(
        (house.medical_lead, house.prescriber),
        lambda by: a_decision(house, fresh(case), at=NOON, by=by),
        ScreeningDecision.objects.count,
    )


@race("clinic.screening.official.actions.confirm")
def confirm(house):
    case = a_screening_beside_an_official_form(house)
    return _both(
        (house.medical_lead, house.prescriber),
        lambda by: a_confirmation(house, fresh(case), at=NOON, by=by),
        OfficialFormConfirmation.objects.count,
    )


@race("clinic.screening.actions.open_again")
def open_again(house):
    case = a_filled_screening(house)
    a_decision(house, case, outcome=Outcome.DECLINED, reason="Not safe.")
    return _both(
        (house.medical_lead, house.prescriber),
        lambda by: actions.open_again(fresh(case), by=by, at=NOON, reason="A letter came."),
        Case.objects.filter(status=Status.SCREENING).count,
    )
