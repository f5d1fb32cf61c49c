"""Oregon's tables at every boundary, and no word of a clinic wherever the product speaks from it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.checklists.engine import Answer, findings
from clinic.protocols.calculators import (
    DoseGiven,
    amount_in_words,
    amount_problems,
    earliest_release,
    group_problems,
    minimum_stay,
    ratio,
    report_due,
    staff_needed,
    visit_window,
    washouts,
)
from clinic.protocols.files import document_text, library, read
from clinic.protocols.reading import sections
from tests.clinic.protocols.builders import FORBIDDEN, MINUTE, NOON

TODAY = date(2026, 11, 21)
HARMLESS = [
    "lithium", "under_care", "mushroom_allergy", "medication_in_session", "interpreter",
    "support_person_body", "support_person_speech", "harm_now", "harm_ever", "active_psychosis",
    "pregnant_or_feeding",
]  # fmt: skip


def oregon():
    return read(library()["psilocybin-oregon"])


def screened(**changes):
    answers = dict.fromkeys(HARMLESS, False) | changes
    return {code: Answer("known", value) for code, value in answers.items()}


@pytest.mark.parametrize(
    ("total", "stay", "people"),
    [
        ("0.01", 60, 25), ("2.49", 60, 25), ("2.5", 60, 25), ("2.51", 60, 25),
        ("4.99", 60, 25), ("5", 120, 15), ("5.01", 120, 15),
        ("9.99", 120, 15), ("10", 240, 8), ("10.01", 240, 8),
        ("14.99", 240, 8), ("15", 240, 6), ("15.01", 240, 6),
        ("24.99", 240, 6), ("25", 300, 4), ("25.01", 300, 4),
        ("34.99", 300, 4), ("35", 360, 2), ("35.01", 360, 2),
        ("49.99", 360, 2), ("50", 360, 2),
    ],
)  # fmt: skip
def test_stay_and_ratio_at_every_boundary(total, stay, people):
    document, amount = oregon(), Decimal(total)
    secondary = [
        DoseGiven(NOON, amount - Decimal("0.01"), product="other-product"),
        DoseGiven(NOON, Decimal("0.01"), supplementary=True, product="other-product"),
    ]

    assert (minimum_stay(document, amount), ratio(document, amount)) == (stay, people)
    assert earliest_release(document, secondary) == NOON + stay * MINUTE


@pytest.mark.parametrize(
    ("total", "last_here", "products", "stay"),
    [
        ("2.49", None, ["other-product"], 60),
        ("2.49", 1, ["other-product"], 30),
        ("2.49", 365, ["other-product"], 30),
        ("2.49", 366, ["other-product"], 60),
        ("2.49", 1, ["whole-fungi"], 60),
        ("2.49", 1, ["other-product", "whole-fungi"], 60),
        ("2.49", 1, [], 60),
        ("2.5", 1, ["other-product"], 60),
        ("2.51", 1, ["other-product"], 60),
    ],
)
def test_who_comes_again_with_little_stays_half_an_hour(total, last_here, products, stay):
    found = minimum_stay(oregon(), Decimal(total), last_here=last_here, products=products)

    assert found == stay


def test_a_second_amount_lengthens_the_stay_and_counts_from_when_it_was_taken():
    first = DoseGiven(NOON, Decimal(20))
    second = DoseGiven(NOON + 90 * MINUTE, Decimal(15), supplementary=True)

    assert earliest_release(oregon(), [first]) == NOON + 240 * MINUTE
    assert earliest_release(oregon(), [first, second]) == NOON + (90 + 360) * MINUTE


def test_an_amount_nobody_knows_takes_the_longest_stay_and_the_fewest_clients():
    assert (minimum_stay(oregon(), None), ratio(oregon(), None)) == (360, 2)


def test_the_largest_amount_in_the_room_says_how_many_facilitators():
    assert staff_needed(oregon(), [Decimal(4)] * 25) == 1
    assert staff_needed(oregon(), [Decimal(4)] * 6 + [Decimal(25)]) == 2
    assert group_problems(oregon(), 25) == ()
    assert group_problems(oregon(), 26) == ("26 in one session; this protocol has at most 25.",)


@pytest.mark.parametrize(
    ("planned", "before", "problems"),
    [
        ("50", "0", ()),
        ("15", "35", ()),
        ("15", "35.01", ("A total of 50.01 mg is more than the largest total, 50 mg.",)),
        (
            "50.01",
            "0",
            (
                "50.01 mg is more than the largest single dose, 50 mg.",
                "A total of 50.01 mg is more than the largest total, 50 mg.",
            ),
        ),
    ],
)
def test_there_are_at_most_fifty_milligrams_in_a_session(planned, before, problems):
    assert amount_problems(oregon(), Decimal(planned), Decimal(before)) == problems


def test_an_amount_is_said_as_analyte_with_its_servings():
    assert amount_in_words(oregon(), Decimal(30)) == "30 mg analyte (at least 2 servings)"


def test_it_names_no_gate_of_a_clinic():
    named = {gate.code for gate in oregon().gates}

    assert named == {
        "consent", "screening_signed", "exclusions", "washouts", "preparation_visits", "age",
        "licence", "roles_present", "ratio", "way_home", "amount", "hold",
    }  # fmt: skip
    assert (oregon().today, oregon().parameters, oregon().monitoring, oregon().limits) == (
        None, (), (), (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("lithium", "exclude"),
        ("under_care", "action"),
        ("mushroom_allergy", "review"),
        ("medication_in_session", "action"),
        ("interpreter", "action"),
        ("support_person_body", "action"),
        ("support_person_speech", "action"),
        ("harm_now", "exclude"),
        ("harm_ever", "action"),
        ("active_psychosis", "exclude"),
        ("pregnant_or_feeding", "review"),
    ],
)
def test_each_yes_of_the_client_information_form_means_what_the_rule_says(answer, meaning):
    later = {"lithium_last_on": "2026-11-01"} if answer == "lithium" else {}

    found = findings(oregon().screening, screened(**{answer: True}, **later), TODAY)

    assert [(each.item, each.meaning.value) for each in found] == [(answer, meaning)]


def test_with_every_no_nothing_stands_in_the_way():
    assert findings(oregon().screening, screened(), TODAY) == ()


def test_lithium_is_left_off_for_thirty_days_and_about_october_may_be_its_last_day():
    def clear_on(answer):
        answers = screened(lithium=True) | {"lithium_last_on": answer}
        return washouts(oregon(), answers, TODAY)[0].clear_on

    assert clear_on(Answer("known", "2026-11-01")) == date(2026, 12, 1)
    assert clear_on(Answer("approximate", "2026-10")) == date(2026, 11, 30)


def test_preparation_lies_between_a_day_and_ninety_before():
    rule = next(visit for visit in oregon().visits if visit.code == "preparation")

    earliest, latest = visit_window(rule.window, NOON, NOON.tzinfo)

    assert (NOON - latest, NOON - earliest) == (timedelta(hours=24), timedelta(days=90))
    assert set(rule.delivery) == {"in_person", "video"}


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 3, 31), date(2026, 4, 15)),
        (date(2026, 4, 1), date(2026, 7, 15)),
        (date(2026, 9, 30), date(2026, 10, 15)),
        (date(2026, 12, 31), date(2027, 1, 15)),
    ],
)
def test_the_quarter_is_reported_fifteen_days_after_its_end(day, due):
    (report,) = oregon().reports

    assert report_due(report, day).due_on == due


def everything_said(document):
    """Every word a reader meets: the whole document as it is read out, its texts, its signers."""
    for section in sections(document):
        yield section.title
        for table in section.tables:
            yield from (table.title, table.note, *table.columns)
            for line in table.lines:
                yield from (*line.cells, line.source)
    for each in document.documents:
        yield document_text(each.code).body


def test_no_word_of_a_clinic_is_said_anywhere():
    said = [words for words in everything_said(oregon()) if FORBIDDEN.search(words)]

    assert said == []


def test_a_clinic_would_be_found_out():
    assert FORBIDDEN.findall("The clinician treats a patient; prescribed, diagnosis.") == [
        "clinician", "treats", "patient", "prescribed", "diagnosis",
    ]  # fmt: skip


def test_what_was_not_read_is_marked_for_the_approver():
    assert [point.code for point in oregon().open_points if point.confirm] == [
        "rules-of-2026", "information-form-end", "stay-from-which-dose", "second-amount-window",
        "repeated-preparation",
    ]  # fmt: skip
