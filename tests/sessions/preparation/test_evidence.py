"""A fresh test before the dose: shown by a result of a day, until that is too old."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic.protocols.document import FreshTest
from clinic.screening.evidence import actions
from clinic.screening.evidence.models import Evidence
from clinic.screening.evidence.queries import newest_of_tests
from sessions.preparation import before_the_day, closing
from tests.builders.evidence import a_result
from tests.builders.house import DAY, NOON, a_house
from tests.builders.preparation import a_prepared_case, facts_about
from tests.builders.screening import a_filled_screening

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
ECG = FreshTest(
    code="ecg", label="ECG", fresh_days=30, expected="QTc below 450 ms",
    basis="protocol", source="Made up for a test",
)  # fmt: skip


@pytest.fixture
def facts():
    house = a_house()
    facts = facts_about(a_prepared_case(house), at=NOON)
    return replace(facts, document=facts.document.model_copy(update={"tests": (ECG,)}))


def shown(facts, *, days_ago, shows=Evidence.Shows.AS_ASKED):
    done_on = facts.day - timedelta(days=days_ago)
    row = Evidence(code="ecg", result="QTc 412 ms", done_on=done_on, shows=shows)
    return replace(facts, evidence={"ecg": row})


def said(facts):
    return [each.message for each in before_the_day.tests_fresh(facts) if "ECG" in each.message]


def test_nothing_shown_shuts_the_gate(facts):
    assert said(facts) == ["ECG is not recorded."]


@pytest.mark.parametrize(
    ("days_ago", "says"), [(0, []), (30, []), (31, ["ECG is older than 30 days."])]
)
def test_a_result_clears_its_gate_until_it_is_too_old(facts, days_ago, says):
    assert said(shown(facts, days_ago=days_ago)) == says


@pytest.mark.parametrize("shows", [Evidence.Shows.NOT_AS_ASKED, Evidence.Shows.NOT_SURE])
def test_a_result_that_is_not_as_asked_or_in_doubt_clears_nothing(facts, shows):
    (words,) = said(shown(facts, days_ago=1, shows=shows))

    assert words.startswith("ECG of 17 November 2026: not")


def test_a_result_of_another_test_clears_nothing(facts):
    row = shown(facts, days_ago=1).evidence["ecg"]

    assert said(replace(facts, evidence={"hcg": row})) == ["ECG is not recorded."]


def test_the_gate_says_until_when_the_result_is_good(facts):
    ends = {
        each.astimezone(facts.case.site.tz).date()
        for each in closing.of_tests(shown(facts, days_ago=30))
    }

    assert facts.day + timedelta(days=1) in ends


def test_the_newest_day_counts_and_what_was_taken_back_does_not():
    house = a_house()
    case = a_filled_screening(house, escort=False)
    older = a_result(house, case, result="Older", done_on=(NOON - 3 * DAY).date())
    newer = a_result(house, case, result="Newer")

    def counts():
        return newest_of_tests({case.pk: {"escort"}})[case.pk].get("escort")

    assert counts() == newer
    actions.withdraw(newer, by=house.intake, at=NOON, words="Another person's.")
    assert counts() == older
