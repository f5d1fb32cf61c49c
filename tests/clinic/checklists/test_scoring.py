import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.checklists.engine import Answer
from clinic.checklists.files import instrument
from clinic.checklists.scoring import flags, score
from tests.clinic.checklists.builders import a_checklist, an_item, known

WORTH = ["not-at-all", "several-days", "more-than-half", "nearly-every-day"]
PHQ, GAD = instrument("phq-9"), instrument("gad-7")


def filled(checklist, points):
    items = [checklist.item(code) for code in checklist.scoring.items]
    return {
        item.code: Answer("known", WORTH[each]) for item, each in zip(items, points, strict=True)
    }


def adding_up_to(total, items):
    full, rest = divmod(total, 3)
    return ([3] * full + [rest] + [0] * items)[:items]


@pytest.mark.parametrize(
    ("total", "label"),
    [
        (0, "Minimal"),
        (4, "Minimal"),
        (5, "Mild"),
        (9, "Mild"),
        (10, "Moderate"),
        (14, "Moderate"),
        (15, "Moderately severe"),
        (19, "Moderately severe"),
        (20, "Severe"),
        (27, "Severe"),
    ],
)
def test_the_phq_9_has_its_bands_on_both_sides_of_every_cut(total, label):
    result = score(PHQ, filled(PHQ, adding_up_to(total, 9)))

    assert (result.total, result.complete, result.band.label) == (total, True, label)


@pytest.mark.parametrize(
    ("total", "label"),
    [
        (0, "Minimal"),
        (4, "Minimal"),
        (5, "Mild"),
        (9, "Mild"),
        (10, "Moderate"),
        (14, "Moderate"),
        (15, "Severe"),
        (21, "Severe"),
    ],
)
def test_the_gad_7_has_its_bands_on_both_sides_of_every_cut(total, label):
    result = score(GAD, filled(GAD, adding_up_to(total, 7)))

    assert (result.total, result.band.label) == (total, label)


@pytest.mark.parametrize(
    "answers",
    [
        {},
        dict(list(filled(PHQ, [1] * 9).items())[:8]),
        filled(PHQ, [1] * 9) | {"phq3": Answer("not_known")},
        filled(PHQ, [1] * 9) | {"phq3": Answer("approximate", "several-days")},
        filled(PHQ, [1] * 9) | {"phq3": Answer("known", "sometimes")},
    ],
)
def test_an_unfinished_form_has_no_total_and_not_a_total_of_nought(answers):
    result = score(PHQ, answers)

    assert (result.total, result.complete, result.band) == (None, False, None)


def test_the_tenth_question_is_not_scored():
    answers = filled(PHQ, [1] * 9) | known(difficulty="extremely-difficult")

    assert score(PHQ, answers).total == 9


@pytest.mark.parametrize("answer", ["several-days", "more-than-half", "nearly-every-day"])
def test_question_nine_raises_its_flag_on_a_form_nobody_finished(answer):
    (flag,) = flags(PHQ, known(phq9=answer))

    assert flag.code == "thoughts-of-death-or-self-harm"
    assert score(PHQ, known(phq9=answer)).flags == (flag,)


def test_what_is_not_known_reaches_a_person_too():
    flag = {"code": "f", "item": "well", "when": {"equals": False}, "message": "Unwell."}
    scoring = {"items": [], "source": "-", "flags": [flag | {"citation": "-"}]}
    checklist = a_checklist(an_item("well"), scoring=scoring)

    (raised,) = flags(checklist, {"well": Answer("not_known")})

    assert raised.message == "Not known: Unwell."
    assert flags(checklist, known(well=True)) == flags(checklist, {}) == ()


def test_question_nine_answered_not_at_all_raises_nothing():
    assert flags(PHQ, filled(PHQ, [3] * 8 + [0])) == ()


@pytest.mark.parametrize(
    ("answers", "raised"),
    [
        ({"thoughts": "no"}, []),
        ({"thoughts": "yes"}, ["thoughts-of-death-or-self-harm"]),
        ({"thoughts": "rather-not-say"}, ["thoughts-of-death-or-self-harm"]),
        ({"thoughts": "yes", "plan": "yes"}, ["thoughts-of-death-or-self-harm", "plan-or-intent"]),
        ({"safe_tonight": "not-sure"}, ["not-safe-tonight"]),
    ],
)
def test_every_answer_but_no_to_the_direct_question_reaches_a_person(answers, raised):
    found = flags(instrument("direct-safety-question"), known(**answers))

    assert [flag.code for flag in found] == raised


@pytest.mark.parametrize(("rating", "count"), [(7, 0), (8, 1), (10, 1)])
def test_distress_of_eight_or_more_is_a_flag(rating, count):
    result = score(instrument("distress"), known(distress=rating))

    assert (result.total, len(result.flags)) == (rating, count)


def test_a_rating_outside_its_range_scores_nothing():
    assert score(instrument("distress"), known(distress=11)).total is None


def a_scale(**scoring):
    items = [
        an_item("a", "integer", minimum=0, maximum=4),
        an_item("b", "integer", minimum=0, maximum=4),
        an_item("c"),
    ]
    return a_checklist(*items, scoring={"items": ["a", "b", "c"], "source": "-"} | scoring)


def test_a_reversed_item_is_turned_over_within_its_own_range():
    answers = known(a=4, b=1, c=True)

    assert score(a_scale(), answers).total == 6
    assert score(a_scale(reversed=["a", "c"]), answers).total == 1


def test_a_subscale_is_complete_by_itself():
    parts = [{"code": "first", "title": "First", "items": ["a"]}]
    parts += [{"code": "rest", "title": "Rest", "items": ["b", "c"]}]

    result = score(a_scale(subscales=parts), known(a=3, b=1))

    assert result.total is None
    assert (result.subscales["first"].total, result.subscales["rest"].total) == (3, None)


@pytest.mark.parametrize(
    ("value", "band"),
    [("2.499999999", "low"), ("2.5", "high"), ("2.50", "high"), ("5", "high"), ("0", "low")],
)
def test_a_total_with_decimals_meets_its_band_exactly(value, band):
    bands = [
        {"code": "low", "label": "Low", "minimum": 0, "maximum": "2.5"},
        {"code": "high", "label": "High", "minimum": "2.5", "maximum": 5},
    ]
    item = an_item("mean", "decimal", minimum=0, maximum=5)
    scale = a_checklist(item, scoring={"items": ["mean"], "bands": bands, "source": "-"})

    assert score(scale, known(mean=value)).band.code == band


def test_tenths_add_up_without_a_float():
    items = [an_item(code, "decimal", minimum=0, maximum=1) for code in "abc"]
    scale = a_checklist(*items, scoring={"items": list("abc"), "source": "-"})

    assert str(score(scale, known(a="0.1", b="0.2", c="0.70")).total) == "1"


def test_a_form_without_scoring_has_no_total_and_no_flags():
    result = score(a_checklist(an_item()), known(well=True))

    assert (result.total, result.complete, result.flags) == (None, False, ())


@given(points=st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_every_full_phq_9_has_exactly_one_band(points):
    result = score(PHQ, filled(PHQ, points))

    holding = [b for b in PHQ.scoring.bands if b.minimum <= result.total <= b.maximum]
    assert result.total == sum(points)
    assert holding == [result.band]
