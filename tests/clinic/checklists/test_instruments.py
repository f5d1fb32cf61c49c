"""Every instrument: its licence, and its scores against sheets added up by hand."""

from decimal import Decimal

import pytest

from clinic.checklists.engine import Answer, missing, visible_items
from clinic.checklists.files import instrument, instruments
from clinic.checklists.scoring import flags, most, score
from tests.clinic.checklists.builders import known

WITH_TEXT = {
    "audit-c",
    "direct-safety-question",
    "dissociation",
    "distress",
    "gad-7",
    "pcl-5",
    "phq-9",
}
WAITING_FOR_TEXT = {"audit", "dast-10", "who-5"}
RESULT_ALONE = {"c-ssrs", "cadss", "ceq", "ebi", "eq-5d-5l", "madrs", "meq-30"}
RATED = {"assessed_on": "2026-11-20", "assessor": "Ada Byron"}


def points(checklist, *values):
    """A sheet: what each scored question counts, in the order of the form."""
    answers = {}
    for code, value in zip(checklist.scoring.items, values, strict=True):
        item = checklist.item(code)
        chosen = next((option.code for option in item.options if option.value == value), value)
        answers[code] = Answer("known", bool(value) if item.kind == "yes_no" else chosen)
    return answers


def sheet(code, *values):
    checklist = instrument(code)
    result = score(checklist, points(checklist, *values))
    return result.total, result.band.label if result.band else None


# -- What ships, and what does not -------------------------------------------------------------------


def test_every_instrument_is_of_one_of_three_kinds():
    by_slot = {slot: set() for slot in ("", "text", "result")}
    for code, each in instruments().items():
        by_slot[each.slot].add(code)

    assert by_slot == {"": WITH_TEXT, "text": WAITING_FOR_TEXT, "result": RESULT_ALONE}


@pytest.mark.parametrize("code", sorted(WITH_TEXT | WAITING_FOR_TEXT | RESULT_ALONE))
def test_every_instrument_says_its_licence_whose_it_is_and_where_it_was_read(code):
    each = instrument(code)

    assert each.licence
    assert each.attribution
    assert each.source
    assert each.text_included == (code in WITH_TEXT)
    assert bool(each.terms) == (code not in WITH_TEXT)


@pytest.mark.parametrize("code", sorted(WAITING_FOR_TEXT))
def test_a_slot_for_a_text_holds_none_of_it(code):
    words = {item.text.split(maxsplit=1)[0] for item in instrument(code).items}
    labels = {option.label for item in instrument(code).items for option in item.options}

    assert words <= {"Question", "Statement"}
    assert all(label.startswith("The answer that counts ") for label in labels)


@pytest.mark.parametrize("code", sorted(RESULT_ALONE))
def test_a_result_is_written_down_with_its_day_and_its_assessor(code):
    asked = [item.code for item in missing(instrument(code), {})]

    assert asked[:2] == ["assessed_on", "assessor"]
    assert len(asked) > 2


# -- Sheets added up by hand, on both sides of every cut ---------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0] * 20, (0, "Below the provisional cut")),
        # 4+4+4+4+4 + 4+4 + 2 + 0*12 = 30
        ([4] * 7 + [2] + [0] * 12, (30, "Below the provisional cut")),
        ([4] * 7 + [3] + [0] * 12, (31, "At the provisional cut for PTSD")),
        ([4] * 7 + [4, 1] + [0] * 11, (33, "At the provisional cut for PTSD")),
        ([4] * 7 + [4, 2] + [0] * 11, (34, "Above the provisional cut for PTSD")),
        ([4] * 20, (80, "Above the provisional cut for PTSD")),
    ],
)
def test_the_pcl_5_on_both_sides_of_its_cut(values, expected):
    assert sheet("pcl-5", *values) == expected


def test_the_pcl_5_is_told_by_its_four_clusters():
    values = [1] * 5 + [2] * 2 + [3] * 7 + [4] * 6

    result = score(instrument("pcl-5"), points(instrument("pcl-5"), *values))

    # 5 times 1, 2 times 2, 7 times 3, 6 times 4
    assert result.total == 54
    assert [part.total for part in result.subscales.values()] == [5, 4, 21, 24]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0] * 10, (0, "Zone I")),
        ([4, 3, 0, 0, 0, 0, 0, 0, 0, 0], (7, "Zone I")),
        ([4, 4, 0, 0, 0, 0, 0, 0, 0, 0], (8, "Zone II")),
        ([4, 4, 4, 3, 0, 0, 0, 0, 0, 0], (15, "Zone II")),
        ([4, 4, 4, 0, 0, 0, 0, 0, 4, 0], (16, "Zone III")),
        ([4, 4, 4, 3, 0, 0, 0, 0, 2, 2], (19, "Zone III")),
        ([4, 4, 4, 4, 0, 0, 0, 0, 4, 0], (20, "Zone IV, probable dependence")),
        ([4] * 10, (40, "Zone IV, probable dependence")),
    ],
)
def test_the_audit_on_both_sides_of_every_cut(values, expected):
    assert sheet("audit", *values) == expected


def test_who_never_drinks_is_not_asked_the_rest_and_has_a_total_all_the_same():
    audit, short = instrument("audit"), instrument("audit-c")
    never = known(audit1="counts-0", audit9="counts-2", audit10="counts-0")

    assert [item.number for item in visible_items(audit, never)] == ["1", "9", "10"]
    assert score(audit, never).total == 2
    assert score(short, known(auditc1="never")).total == 0
    assert score(audit, {}).total is None


@pytest.mark.parametrize(
    ("values", "total"), [([0, 0, 0], 0), ([2, 1, 0], 3), ([1, 1, 2], 4), ([4, 4, 4], 12)]
)
def test_the_audit_c_is_the_sum_of_its_three_questions(values, total):
    assert sheet("audit-c", *values) == (total, None)


# On this sheet 1 is "yes" and 0 is "no"; a "no" to the third question counts one.
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0, 1, 0, 0, 0, 0, 0, 0, 0], (0, "None reported")),
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], (1, "Low")),
        ([1, 0, 0, 0, 0, 0, 0, 0, 0, 0], (2, "Low")),
        ([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], (3, "Moderate")),
        ([1, 1, 0, 1, 1, 0, 0, 0, 0, 0], (5, "Moderate")),
        ([1, 1, 0, 1, 1, 1, 0, 0, 0, 0], (6, "Substantial")),
        ([1, 1, 0, 1, 1, 1, 1, 1, 0, 0], (8, "Substantial")),
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], (9, "Severe")),
        ([1, 1, 0, 1, 1, 1, 1, 1, 1, 1], (10, "Severe")),
    ],
)
def test_the_dast_10_turns_its_third_question_over(values, expected):
    assert sheet("dast-10", *values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0, 0, 0, 0], (0, "Low, depression is likely")),
        ([5, 2, 0, 0, 0], (28, "Low, depression is likely")),
        ([5, 3, 0, 0, 0], (32, "Low well-being")),
        ([5, 5, 2, 0, 0], (48, "Low well-being")),
        ([5, 5, 3, 0, 0], (52, "Above the cut of 50")),
        ([5, 5, 5, 5, 5], (100, "Above the cut of 50")),
    ],
)
def test_the_who_5_is_told_from_nought_to_a_hundred(values, expected):
    assert sheet("who-5", *values) == expected


@pytest.mark.parametrize(
    ("code", "total", "label"),
    [
        ("madrs", 6, "None"),
        ("madrs", 7, "Mild"),
        ("madrs", 19, "Mild"),
        ("madrs", 20, "Moderate"),
        ("madrs", 34, "Moderate"),
        ("madrs", 35, "Severe"),
        ("madrs", 60, "Severe"),
        ("cadss", 4, "4 or less"),
        ("cadss", 5, "Some dissociation"),
        ("cadss", 92, "Some dissociation"),
    ],
)
def test_a_total_that_was_rated_has_its_band(code, total, label):
    assert sheet(code, total) == (total, label)


@pytest.mark.parametrize(
    ("values", "total", "labels"),
    [
        ((45, 18, 18, 9), 90, ["60 percent or more"] * 4),
        ((44, 17, 17, 8), 86, ["Below 60 percent"] * 4),
        ((75, 30, 30, 15), 150, ["60 percent or more"] * 4),
    ],
)
def test_the_meq_30_is_complete_at_60_percent_of_each_part(values, total, labels):
    result = score(instrument("meq-30"), points(instrument("meq-30"), *values))

    assert result.total == total
    assert [part.band.label for part in result.subscales.values()] == labels


def test_the_means_of_the_ceq_are_kept_to_the_digit_and_have_no_total():
    challenge = score(instrument("ceq"), known(grief="2.17", fear="0.4"))

    assert challenge.total is None
    assert challenge.subscales["grief"].total == Decimal("2.17")
    assert challenge.subscales["grief"].words == "2.17"
    assert challenge.subscales["paranoia"].words == "no total"


@pytest.mark.parametrize(
    ("code", "item", "result", "most_of_it"),
    [("ebi", "mean", "62.50", "100"), ("eq-5d-5l", "index", "-0.148", "1")],
)
def test_a_result_with_decimals_is_a_total_to_the_digit(code, item, result, most_of_it):
    total = score(instrument(code), known(**{item: result})).total

    assert str(total) == result.rstrip("0")
    assert str(most(instrument(code))) == most_of_it


def test_a_health_state_without_its_index_has_no_total():
    digits = {f"digit_{number}": 1 for number in range(1, 6)}

    assert score(instrument("eq-5d-5l"), known(**digits, vas=80)).total is None


@pytest.mark.parametrize("code", sorted(WITH_TEXT | WAITING_FOR_TEXT | RESULT_ALONE))
def test_one_missing_answer_takes_the_total_away(code):
    checklist = instrument(code)
    scored = checklist.scoring.items if checklist.scoring else ()
    answers = points(checklist, *[checklist_worth(checklist, each) for each in scored])

    for each in scored:
        rest = {item: answer for item, answer in answers.items() if item != each}
        assert score(checklist, rest).total is None


def checklist_worth(checklist, code):
    """The most a question counts, so that none is left out by its branching."""
    item = checklist.item(code)
    return max((option.value for option in item.options), default=1)


# -- What must reach a person ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "answers", "raised"),
    [
        ("distress", {"distress": 7}, []),
        ("distress", {"distress": 8}, ["high-distress"]),
        ("dissociation", {"dissociation": 7}, []),
        ("dissociation", {"dissociation": 8}, ["high-dissociation"]),
        ("madrs", {"item_10": 3}, []),
        ("madrs", {"item_10": 4}, ["suicidal-thoughts"]),
        ("c-ssrs", {"level": "none"}, []),
        ("c-ssrs", {"level": "low"}, []),
        ("c-ssrs", {"level": "moderate"}, ["suicide-risk-moderate"]),
        ("c-ssrs", {"level": "high"}, ["suicide-risk-high"]),
    ],
)
def test_a_result_that_must_reach_a_person_does_before_the_form_is_finished(code, answers, raised):
    assert [flag.code for flag in flags(instrument(code), known(**answers))] == raised


@pytest.mark.parametrize(
    ("code", "values", "raised"),
    [
        ("audit", [4, 4, 4, 3, 0, 0, 0, 0, 2, 2], []),
        ("audit", [4, 4, 4, 4, 0, 0, 0, 0, 4, 0], ["total-zone-4"]),
        ("who-5", [5, 3, 0, 0, 0], []),
        ("who-5", [5, 2, 0, 0, 0], ["total-likely-depression"]),
    ],
)
def test_a_total_that_must_reach_a_person_does(code, values, raised):
    checklist = instrument(code)
    answers = points(checklist, *values)
    rest = dict(list(answers.items())[:-1])

    assert [flag.code for flag in flags(checklist, answers)] == raised
    assert flags(checklist, rest) == ()


def test_a_result_needs_its_day_and_its_assessor():
    left = missing(instrument("cadss"), known(total=12))

    assert [item.code for item in left] == ["assessed_on", "assessor"]
    assert missing(instrument("cadss"), known(**RATED, total=12)) == ()
