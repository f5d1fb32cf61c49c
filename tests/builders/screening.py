"""Screenings, by the acts of intake staff and of who decides."""

from clinic.cases.models import Case
from clinic.checklists.engine import Answer
from clinic.checklists.queries import checklist_of
from clinic.screening import actions, queries
from clinic.screening.models import FindingDecision, ScreeningDecision
from sessions.rehearsal.answering import harmless
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, NOON, proof

SCREENED_AT = NOON - 38 * DAY
Outcome, Ruling = ScreeningDecision.Outcome, FindingDecision.Ruling


def a_begun_screening(house, *, at=SCREENED_AT, case=None, **patient):
    """A case whose screening form is open and empty."""
    case = case or a_referred_case(house, **patient)
    actions.start(case, by=house.intake, at=at)
    return case


def a_filled_screening(house, *, at=SCREENED_AT, case=None, **chosen):
    """A case whose screening is answered to the last question; nothing stands in the way.

    `chosen` gives some answers by item code.
    """
    case = a_begun_screening(house, at=at, case=case)
    form = queries.current_form(case)
    answers = harmless(checklist_of(form), at.date(), **chosen)
    actions.save(case, by=house.intake, at=at, form=form, answers=answers, revision=0)
    return case


def answer(house, case, *, at=SCREENED_AT, **answers):
    """Change some answers of a screening, as intake staff do."""
    form = queries.current_form(case)
    given = {
        code: value if isinstance(value, Answer) else Answer("known", value)
        for code, value in answers.items()
    }
    return actions.save(
        case, by=house.intake, at=at, form=form, answers=given, revision=form.revision
    )


def settle(house, case, item, *, at=SCREENED_AT, by=None, ruling=Ruling.ACCEPTED, **facts):
    """Somebody entitled settles what one answer asks for."""
    return actions.rule_on(
        queries.current_form(case),
        by=by or house.medical_lead,
        at=at,
        item=item,
        ruling=ruling,
        reason="Looked at with the person and their record.",
        **facts,
    )


def decide(house, case, *, at=SCREENED_AT, by=None, outcome=Outcome.ELIGIBLE, **facts):
    """The prescriber decides and signs."""
    by = by or house.prescriber
    return actions.decide(case, by=by, at=at, outcome=outcome, proof=proof(by, at), **facts)


def an_eligible_case(house, *, at=SCREENED_AT, case=None, **chosen):
    """A case that a licensed person has found eligible, and signed."""
    case = a_filled_screening(house, at=at, case=case, **chosen)
    for found in queries.open_findings(case, on=at.date()):
        settle(house, case, found.item, at=at, ruling=Ruling.CLEARED, evidence_on=at.date())
    decide(house, case, at=at)
    return Case.objects.get(pk=case.pk)
