"""The list of medicines at the gate of the washouts: counted on the day, and agreed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from clinic.workflow import Basis
from sessions.preparation.before_the_day import washouts_elapsed
from tests.builders.house import DAY, NOON, a_house
from tests.builders.medicines import OUTSIDE, a_medicine, changed
from tests.builders.preparation import a_prepared_case, facts_about

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
TOLD = NOON - 10 * DAY
LONG_AGO = {"last": "exactly", "last_on": "2026-11-01"}


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_prepared_case(house)


def said(case):
    return [each.message for each in washouts_elapsed(facts_about(case))]


def test_what_is_still_taken_shuts_the_gate_under_the_rules_own_authority(house, case):
    a_medicine(house, case, at=TOLD)

    (only,) = washouts_elapsed(facts_about(case))
    words = "Ayahuasca is still taken. Another psychedelic: 7 days must be clear."
    assert (only.message, only.basis, only.clears) == (words, Basis.HOUSE, "medicines:of_case")
    assert only.citation.startswith("Isha Health")


def test_what_was_left_off_too_late_shuts_it_until_it_is_clear(house, case):
    a_medicine(house, case, at=NOON - 2 * DAY, state="left", last="exactly", last_on="2026-11-13")

    (words,) = said(case)
    assert words.endswith("7 days must be clear, so not before 20 November 2026.")
    later = facts_about(case)
    assert list(washouts_elapsed(replace(later, at=later.at + 2 * DAY))) == []


def test_nobody_knowing_counts_as_not_clear(house, case):
    a_medicine(house, case, at=TOLD, state="left", last="not_known")

    assert "when it was last taken is not known" in said(case)[0]


def test_what_is_taken_as_needed_is_counted_from_when_it_was_last_taken(house, case):
    as_needed = {"state": "as_needed"}
    first = a_medicine(house, case, at=TOLD)
    unknown = changed(house, first, **as_needed, last="not_known")
    (not_known,) = said(case)
    late = changed(house, unknown, **as_needed, last="exactly", last_on="2026-11-13")
    (too_early,) = said(case)

    changed(house, late, **as_needed, **LONG_AGO)

    begins = "Ayahuasca is taken only as needed. Another psychedelic:"
    assert not_known == f"{begins} when it was last taken is not known; 7 days must be clear."
    assert too_early == f"{begins} 7 days must be clear, so not before 20 November 2026."
    assert said(case) == []


def test_what_was_taken_as_needed_and_is_left_off_names_who_agreed(house, case):
    first = a_medicine(house, case, at=TOLD, state="as_needed", **LONG_AGO)
    assert said(case) == []

    changed(house, first, **LONG_AGO)

    assert said(case) == ["Ayahuasca was left off, and nobody who orders it is named as agreeing."]


def test_a_medicine_left_off_here_names_who_agreed(house, case):
    first = a_medicine(house, case, at=TOLD)
    second = changed(house, first, **LONG_AGO)
    alone = "Ayahuasca was left off, and nobody who orders it is named as agreeing."
    assert said(case) == [alone]

    changed(house, second, **LONG_AGO, **OUTSIDE, agreed_on=(NOON - 20 * DAY).date())

    assert said(case) == []


def test_what_was_left_off_long_before_asks_for_no_agreement(house, case):
    a_medicine(house, case, at=TOLD, state="left", **LONG_AGO)

    assert said(case) == []


def test_what_no_washout_names_or_is_a_mistake_stands_in_nobodys_way(house, case):
    a_medicine(house, case, name="Vitamin D", falls_under=[])
    changed(house, a_medicine(house, case), state="mistaken", words="It is her sister's.")

    assert said(case) == []


def test_a_washout_nobody_was_asked_about_shuts_the_gate(house, case):
    a_medicine(house, case, name="Vitamin D", falls_under=[])
    facts = facts_about(case)
    (rule,) = facts.document.washouts
    another = rule.model_copy(update={"code": "of-another-version", "label": "Lithium"})
    document = facts.document.model_copy(update={"washouts": (rule, another)})

    (only,) = washouts_elapsed(replace(facts, document=document))
    assert only.message == "Vitamin D: nobody has said yet whether it falls under “Lithium”."


@pytest.mark.parametrize(
    ("hours", "found"),
    [(None, "the half-life is not known"), (Decimal(24), None), (Decimal(72), "15 days must be")],
)
def test_a_washout_in_half_lives_is_counted_with_the_medicines_own(house, case, hours, found):
    last_on = (NOON - 8 * DAY).date().isoformat()
    told = {"state": "left", "last": "exactly", "last_on": last_on, "half_life_hours": hours}
    a_medicine(house, case, at=NOON - timedelta(days=7), **told)
    facts = facts_about(case)
    (rule,) = facts.document.washouts
    update = {"half_lives": Decimal(5), "half_life_item": "other_psychedelic", "days": None}
    document = facts.document.model_copy(update={"washouts": (rule.model_copy(update=update),)})

    words = [each.message for each in washouts_elapsed(replace(facts, document=document))]
    assert (found is None and words == []) or found in words[0]
