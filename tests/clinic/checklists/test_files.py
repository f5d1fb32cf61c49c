import pytest

from clinic.checklists.checker import check_checklist
from clinic.checklists.files import (
    INSTRUMENTS,
    FileMistakes,
    instrument,
    place_words,
    read_checklist,
)
from tests.clinic.checklists.builders import a_checklist, a_consequence, an_item

CHOICES = [{"code": "a", "label": "A", "value": 0}, {"code": "b", "label": "B", "value": 1}]
SCORED = {"items": ["well"], "source": "-"}


def mistakes(*items, **changes):
    found = check_checklist(a_checklist(*items, **changes), ())
    return [(place_words(place), code) for place, _, code in found]


def band(code, minimum, maximum):
    return {"code": code, "label": code, "minimum": minimum, "maximum": maximum}


@pytest.mark.parametrize("path", sorted(INSTRUMENTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_instrument_reads_under_its_own_name(path):
    assert read_checklist(path).code == path.stem


def test_an_instrument_that_is_not_shipped_is_not_found():
    with pytest.raises(KeyError):
        instrument("caps-5")


def test_a_checklist_with_two_mistakes_names_both():
    text = (INSTRUMENTS / "distress.yaml").read_text("utf-8")
    text = text.replace("kind: integer", "kind: number").replace("maximum: 10", "maximum: ten")

    with pytest.raises(FileMistakes) as refused:
        read_checklist(text)

    assert [mistake.place for mistake in refused.value.mistakes] == [
        "items[0].kind",
        "items[0].maximum",
    ]


@pytest.mark.parametrize(
    ("item", "found"),
    [
        (an_item(), []),
        (an_item(kind="one_of"), [("items[0].options", "no_options")]),
        (an_item(options=CHOICES), [("items[0].options", "options")]),
        (an_item(kind="one_of", options=[*CHOICES, CHOICES[0]]),
         [("items[0].options[2].code", "said_twice")]),
        (an_item(minimum=1), [("items[0]", "range")]),
        (an_item(kind="integer", minimum=5, maximum=1), [("items[0].maximum", "range")]),
        (an_item(kind="instrument"), [("items[0].instrument", "instrument")]),
        (an_item(instrument="phq-9"), [("items[0].instrument", "instrument")]),
        (an_item(consequences=[a_consequence()]), [("items[0].consequences[0].when", "no_question")]),
        (an_item(consequences=[a_consequence(equals="yes")]),
         [("items[0].consequences[0].when.equals", "no_such_answer")]),
        (an_item(kind="one_of", options=CHOICES, consequences=[a_consequence(any_of=["a", "z"])]),
         [("items[0].consequences[0].when.any_of[1]", "no_such_answer")]),
        (an_item(kind="integer", consequences=[a_consequence(equals=True)]),
         [("items[0].consequences[0].when.equals", "no_such_answer")]),
        (an_item(kind="text", consequences=[a_consequence(equals=5)]),
         [("items[0].consequences[0].when.equals", "no_such_answer")]),
        (an_item(consequences=[a_consequence(above=5)]),
         [("items[0].consequences[0].when", "no_number")]),
        (an_item(kind="integer", maximum=10, consequences=[a_consequence(above=11)]),
         [("items[0].consequences[0].when", "never_holds")]),
        (an_item(consequences=[a_consequence("washout", equals=True) | {"days": None}]),
         [("items[0].consequences[0].days", "washout_days")]),
        (an_item(consequences=[a_consequence(equals=True) | {"days": 3}]),
         [("items[0].consequences[0].days", "washout_days")]),
        (an_item(required=False, consequences=[a_consequence(equals=True)]),
         [("items[0].consequences[0].meaning", "optional_finding")]),
        (an_item(consequences=[a_consequence(equals=True)
                               | {"effective_from": "2026-02-01", "effective_to": "2026-01-01"}]),
         [("items[0].consequences[0].effective_to", "effective")]),
        (an_item(unit="kg"), [("items[0].unit", "unit")]),
        (an_item(kind="duration", unit="hours"), [("items[0].unit", "unit")]),
        (an_item(kind="decimal", unit="spoons"), [("items[0].unit", "unknown_unit")]),
        (an_item(kind="decimal", unit="kg", units=["lb", "cm"]),
         [("items[0].units[1]", "no_conversion")]),
        (an_item(kind="integer", unit="kg", units=["lb"]), [("items[0].units[0]", "unit")]),
        (an_item(kind="medication", consequences=[a_consequence(any_of=["lithium"])]), []),
        (an_item(kind="medication", consequences=[a_consequence(equals=True)]), []),
        (an_item(kind="medication", consequences=[a_consequence(any_of=[5])]),
         [("items[0].consequences[0].when.any_of[0]", "no_such_answer")]),
        (an_item(kind="medication", consequences=[a_consequence(above=5)]),
         [("items[0].consequences[0].when", "no_number")]),
        (an_item(kind="duration", minimum=30, consequences=[a_consequence(below=240)]), []),
        (an_item(shown_when=[{"item": "ill", "equals": True}]),
         [("items[0].shown_when[0].item", "unknown_item")]),
        (an_item(shown_when=[{"item": "well", "equals": True}]), [("items[0].shown_when", "cycle")]),
    ],
)  # fmt: skip
def test_a_contradiction_is_named_by_its_place(item, found):
    assert mistakes(item) == found


def test_two_items_with_one_code_are_refused():
    assert mistakes(an_item(), an_item()) == [("items[1].code", "said_twice")]


def test_a_circle_of_conditions_is_named_at_each_of_its_items():
    found = mistakes(
        an_item("a", shown_when=[{"item": "b", "equals": True}]),
        an_item("b", shown_when=[{"item": "c", "equals": True}]),
        an_item("c", shown_when=[{"item": "a", "equals": True}]),
        an_item("d", shown_when=[{"item": "a", "equals": True}]),
    )

    assert found == [(f"items[{number}].shown_when", "cycle") for number in range(3)]


def test_a_condition_on_not_known_needs_an_item_that_allows_it():
    other = an_item("ill", allow_not_known=False)
    item = an_item(shown_when=[{"item": "ill", "equals": True, "or_not_known": True}])

    assert mistakes(other, item) == [("items[1].shown_when[0].or_not_known", "never_holds")]


@pytest.mark.parametrize(
    ("scoring", "found"),
    [
        ({"items": ["ill"]}, [("scoring.items[0]", "unknown_item")]),
        ({"reversed": ["ill"]}, [("scoring.reversed[0]", "unknown_item")]),
        ({"flags": [{"code": "f", "item": "ill", "when": {"equals": True}, "message": "-", "citation": "-"}]},
         [("scoring.flags[0].item", "unknown_item")]),
        ({"flags": [{"code": "f", "item": "well", "when": {}, "message": "-", "citation": "-"}]},
         [("scoring.flags[0].when", "no_question")]),
        ({"subscales": [{"code": "s", "title": "S", "items": ["ill"]}]},
         [("scoring.subscales[0].items[0]", "unknown_item")]),
        ({"bands": [band("low", 0, 4), band("high", 5, 10)]}, []),
        ({"bands": [band("low", 0, 4), band("high", 6, 10)]}, [("scoring.bands[1].minimum", "hole")]),
        ({"bands": [band("low", 0, 5), band("high", 5, 10)]},
         [("scoring.bands[1].minimum", "overlap")]),
        ({"bands": [band("low", 0, 4), band("high", 5, 9)]}, [("scoring.bands[1].maximum", "hole")]),
    ],
)  # fmt: skip
def test_a_score_without_a_band_or_with_two_is_refused(scoring, found):
    item = an_item(kind="integer", minimum=0, maximum=10)

    assert mistakes(item, scoring=SCORED | scoring) == found


def test_every_answer_of_a_scored_item_counts_something():
    worthless = an_item(kind="one_of", options=[*CHOICES, {"code": "c", "label": "C"}])

    assert mistakes(worthless, scoring=SCORED) == [("scoring.items[0]", "no_value")]
    assert mistakes(an_item(kind="text"), scoring=SCORED) == [("scoring.items[0]", "no_value")]


def test_a_form_without_its_text_says_under_which_licence():
    facts = {"text_included": False, "slot": "text", "terms": "Nobody sells it."}

    assert mistakes(an_item(), **facts) == [("licence", "no_licence")]
    assert mistakes(an_item(), **facts, licence="Theirs") == []


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"text_included": False, "licence": "Theirs"}, [("slot", "slot")]),
        ({"slot": "result", "terms": "-"}, [("slot", "slot")]),
        ({"text_included": False, "slot": "result", "licence": "Theirs"}, [("terms", "no_terms")]),
    ],
)
def test_a_slot_is_what_a_form_without_its_text_has(facts, found):
    assert mistakes(an_item(), **facts) == found


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ([(0, "2.5"), ("2.5", 5)], []),
        ([(0, "2.5"), ("2.6", 5)], [("scoring.bands[1].minimum", "hole")]),
        ([(0, "2.5"), ("2.4", 5)], [("scoring.bands[1].minimum", "overlap")]),
        ([(0, "2.5"), ("2.5", "4.9")], [("scoring.bands[1].maximum", "hole")]),
    ],
)
def test_the_bands_of_a_total_with_decimals_meet_in_one_number(ends, found):
    item = an_item(kind="decimal", minimum=0, maximum=5)
    bands = [
        {"code": f"band-{low}", "label": f"From {low}", "minimum": low, "maximum": high}
        for low, high in ends
    ]
    for band in bands:
        band["code"] = band["code"].replace(".", "-")

    assert mistakes(item, scoring={"items": ["well"], "bands": bands, "source": "-"}) == found
