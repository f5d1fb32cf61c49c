"""Colorado's draft: what was found, and that nothing that was not found looks as if it had been."""

from datetime import date
from decimal import Decimal

import pytest

from clinic.checklists.engine import Answer, findings
from clinic.protocols.calculators import amount_problems, minimum_stay, pieces_of, ratio, report_due
from clinic.protocols.files import library, read

TODAY = date(2026, 11, 21)


def colorado():
    return read(library()["psilocybin-colorado"])


def screened(**changes):
    answers = {item.code: False for item in colorado().screening.items}
    answers |= {"age_21": True, "abstain": True} | changes
    return {code: Answer("known", value) for code, value in answers.items()}


def test_what_was_not_found_is_left_blank_and_stands_as_an_open_point():
    document = colorado()

    assert (document.minimum_stay, document.ratio, document.group) == (None, (), None)
    assert (minimum_stay(document, Decimal(30)), ratio(document, Decimal(30))) == (0, None)
    assert {point.code for point in document.open_points if point.confirm} == {
        "minimum-duration", "group-ratio", "most-in-a-session", "timing-of-sessions",
        "lithium-rule", "retention", "facilitator-alone",
    }  # fmt: skip


def test_no_window_of_a_visit_was_found():
    assert [(visit.code, visit.window, visit.confirm) for visit in colorado().visits] == [
        ("preparation", None, True), ("dosing", None, True), ("integration", None, True),
    ]  # fmt: skip


@pytest.mark.parametrize(("amount", "servings"), [("10", 1), ("10.01", 2), ("50", 5)])
def test_a_serving_holds_at_most_ten_milligrams_of_total_psilocin(amount, servings):
    assert pieces_of(colorado(), Decimal(amount)) == servings
    assert amount_problems(colorado(), Decimal(amount)) == ()


def test_the_limit_of_a_container_stands_where_no_other_was_found_and_is_marked():
    assert len(amount_problems(colorado(), Decimal("50.01"))) == 2
    assert all(rule.confirm for rule in (*colorado().doses.single, *colorado().doses.total))


@pytest.mark.parametrize(
    ("changes", "meaning"),
    [
        ({}, []),
        ({"age_21": False}, [("age_21", "exclude")]),
        ({"lithium": True}, [("lithium", "review")]),
        ({"antipsychotics": True}, [("antipsychotics", "review")]),
        ({"pregnant": True}, [("pregnant", "review")]),
        ({"suicidal_6m": True}, [("suicidal_6m", "review")]),
        ({"abstain": False}, [("abstain", "review")]),
        ({"mushroom_allergy": True}, [("mushroom_allergy", "review")]),
        ({"medicine_in_session": True}, [("medicine_in_session", "action")]),
        ({"interpreter": True}, [("interpreter", "action")]),
    ],
)
def test_a_risk_leads_to_the_pathway_and_not_to_the_door(changes, meaning):
    found = findings(colorado().screening, screened(**changes), TODAY)

    assert [(each.item, each.meaning.value) for each in found] == meaning


def test_every_finding_of_the_item_list_is_to_be_confirmed():
    settled = [
        item.code
        for item in colorado().screening.items
        for each in item.consequences
        if not each.confirm
    ]

    assert settled == []


def test_an_adverse_health_event_goes_to_the_director_from_the_facilitators_awareness():
    report = next(each for each in colorado().reports if each.code == "adverse-health-event")

    assert (report.clock_from, report.awareness_of) == ("awareness", "the facilitator")
    assert report_due(report, TODAY).due_on == date(2026, 11, 22)
    assert report.confirm
