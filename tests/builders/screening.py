"""Screenings, by the acts of intake staff and of who decides."""

from clinic.cases.models import Case
from clinic.checklists.engine import Answer
from clinic.checklists.queries import checklist_of
from clinic.screening import actions, queries
from clinic.screening.models import FindingDecision, ScreeningDecision
from clinic.screening.official import actions as official
from sessions.rehearsal.answering import harmless
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, NOON, proof
from tests.builders.protocols import a_published_version, a_shipped_text

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


STATE_FORM = "Entry form of the state"
WITH_IT = f"""
official_form:
  title: {STATE_FORM}
  statement: I have been through the entry form of the state with them.
  basis: law
  source: Made up

"""


def a_version_with_an_official_form(house, *, at=NOON - 45 * DAY):
    """The house's protocol, and beside it a form of the state that is to be confirmed."""
    before = "# What a person is declined for"
    text = a_shipped_text("ketamine-im", (before, f"{WITH_IT}{before}"))
    return a_published_version(house, text, at=at)


PSYCHOSIS = """message: A psychotic disorder, now or in the past.
          basis: house
          citation: Toronto Ketamine Clinic, referral form; Osmind, ketamine intake guide
          decider: """
NOBODY_TO_CALL = """  - code: emergency_contact
    basis: house
    source: Emergency contact and release of information, customary practice
    decider: """
APPROVAL = {"approval_reference": "IRB 2026/114", "approval_on": SCREENED_AT.date()}


def a_version_left_to_the_sponsor(house, *, at=NOON - 45 * DAY):
    """The house's protocol, with one exclusion and one gate left to sponsor and ethics board."""
    changes = [
        (f"{before}role:medical_lead\n", f"{before}sponsor_ethics\n")
        for before in (PSYCHOSIS, NOBODY_TO_CALL)
    ]
    return a_published_version(house, a_shipped_text("ketamine-im", *changes), at=at)


def a_screening_beside_an_official_form(house, *, at=SCREENED_AT, **chosen):
    """A case whose screening is answered, under a protocol that names a form of the state."""
    house.version = a_version_with_an_official_form(house)
    return a_filled_screening(house, at=at, **chosen)


def confirm(house, case, *, at=SCREENED_AT, by=None):
    """The prescriber confirms the state's form and signs."""
    by = by or house.prescriber
    said = {"edition": "2025-01", "language": "English"}
    return official.confirm(case, by=by, at=at, proof=proof(by, at), **said)


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
    """Somebody entitled settles what one answer asks for, and signs where that is signed."""
    by = by or house.medical_lead
    facts.setdefault("proof", proof(by, at))
    return actions.rule_on(
        queries.current_form(case),
        by=by,
        at=at,
        item=item,
        ruling=ruling,
        reason="Looked at with the person and their record.",
        **facts,
    )


def decide(house, case, *, at=SCREENED_AT, by=None, outcome=Outcome.ELIGIBLE, **facts):
    """The prescriber decides and signs."""
    by = by or house.prescriber
    if outcome == Outcome.DECLINED and queries.reasons_to_decline(case):
        facts.setdefault("denial_reasons", ["none-of-these"])
    return actions.decide(case, by=by, at=at, outcome=outcome, proof=proof(by, at), **facts)


def an_eligible_case(house, *, at=SCREENED_AT, case=None, **chosen):
    """A case that a licensed person has found eligible, and signed."""
    case = a_filled_screening(house, at=at, case=case, **chosen)
    for found in queries.open_findings(case, on=at.date()):
        settle(house, case, found.item, at=at, ruling=Ruling.CLEARED, evidence_on=at.date())
    decide(house, case, at=at)
    return Case.objects.get(pk=case.pk)
