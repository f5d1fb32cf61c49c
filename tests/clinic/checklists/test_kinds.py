"""Questions answered in several boxes: lengths of time, units, medicines."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from clinic.checklists.answers import holds, value_of
from clinic.checklists.document import Match
from clinic.checklists.engine import Answer, as_json, findings, problems, spoken
from clinic.checklists.forms import form_for
from clinic.checklists.units import FACTORS, UNITS, converted
from tests.clinic.checklists.builders import a_checklist, a_consequence, an_item

TODAY = date(2026, 11, 22)
SLEPT = an_item("slept", "duration", minimum=30, maximum=1440)
WEIGHT = an_item("weight", "decimal", unit="kg", units=["lb", "st"], minimum=20, maximum=350)
PILLS = an_item(
    "pills",
    "medication",
    consequences=[
        a_consequence("exclude", any_of=["lithium"]),
        a_consequence("review", equals=True),
    ],
)
LITHIUM = {
    "name": "Lithium carbonate",
    "dose": "300",
    "unit": "mg",
    "frequency": "twice a day",
    "last": "exactly",
    "on": "2026-11-01",
}


def typed(item, text):
    """What the page of this item alone makes of a body, and the form itself."""
    form = form_for(a_checklist(item), {}, QueryDict(text))
    answers = form.cleaned_data["answers"] if form.is_valid() else None
    return form, answers


def refused(item, text):
    form, answers = typed(item, text)
    assert answers is None
    return form.errors[f"q_{item['code']}"]


def taken(*lines):
    return Answer("known", {"taken": list(lines)})


# -- A length of time --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "minutes"),
    [
        ("q_slept-hours=7&q_slept-minutes=30", 450),
        ("q_slept-hours=7", 420),
        ("q_slept-minutes=90", 90),
        ("q_slept-hours= 0 &q_slept-minutes=30", 30),
    ],
)
def test_a_length_is_typed_as_hours_and_minutes_and_kept_in_minutes(body, minutes):
    _, answers = typed(SLEPT, body)

    assert answers == {"slept": Answer("known", minutes)}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("q_slept-hours=seven", "Write hours and minutes as whole numbers."),
        ("q_slept-hours=-1", "Write hours and minutes as whole numbers."),
        ("q_slept-hours=7.5", "Write hours and minutes as whole numbers."),
        ("q_slept-hours=1&q_slept-minutes=60", "Write at most 59 minutes beside the hours."),
        ("q_slept-minutes=29", "This cannot be less than 30min."),
        ("q_slept-hours=24&q_slept-minutes=1", "This cannot be more than 24hr."),
        ("q_slept-hours=2&q_slept-doubt=not_known",
         "Give the answer or say that it is not known, not both."),
    ],
)  # fmt: skip
def test_a_length_that_cannot_be_one_is_told_at_its_field(body, said):
    assert refused(SLEPT, body) == [said]


def test_what_was_typed_as_a_length_stays_on_the_page():
    form, _ = typed(SLEPT, "q_slept-hours=seven&q_slept-minutes=5")

    page = str(form["q_slept"])
    assert 'value="seven"' in page
    assert 'value="5"' in page


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0min"), (59, "59min"), (60, "1hr"), (135, "2hr 15min")]
)
def test_a_length_is_said_in_hours_and_minutes(minutes, words):
    (item,) = a_checklist(an_item("slept", "duration")).items

    assert spoken(item, Answer("known", minutes)) == words


@given(minutes=st.integers(0, 5_000_000))
def test_a_length_comes_back_into_its_boxes_as_it_was(minutes):
    item = an_item("slept", "duration")
    form = form_for(a_checklist(item), {"slept": Answer("known", minutes)})
    boxes = form["q_slept"].field.widget.kept(minutes)

    _, answers = typed(item, f"q_slept-hours={boxes['hours']}&q_slept-minutes={boxes['minutes']}")

    assert 'value="' in str(form["q_slept"])
    assert answers == {"slept": Answer("known", minutes)}


def test_a_length_is_compared_in_minutes():
    (item,) = a_checklist(an_item("slept", "duration")).items

    assert holds(Match(below=Decimal(240)), item, Answer("known", 239))
    assert not holds(Match(below=Decimal(240)), item, Answer("known", 240))


# -- Units -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kept", "kilograms", "words"),
    [
        ("q_weight=72.50", "72.50", "72.5", "72.5 kg"),
        ("q_weight=72,5&q_weight-unit=kg", "72.5", "72.5", "72.5 kg"),
        ("q_weight=160&q_weight-unit=lb", {"number": "160", "unit": "lb"}, "72.5747792",
         "160 lb (72.5747792 kg)"),
        ("q_weight=11&q_weight-unit=st", {"number": "11", "unit": "st"}, "69.85322498",
         "11 st (69.85322498 kg)"),
    ],
)  # fmt: skip
def test_a_number_is_kept_as_typed_and_counted_exactly(body, kept, kilograms, words):
    (item,) = a_checklist(WEIGHT).items

    _, answers = typed(WEIGHT, body)

    assert answers == {"weight": Answer("known", kept)}
    assert value_of(item, answers["weight"]) == Decimal(kilograms)
    assert spoken(item, answers["weight"]) == words


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("q_weight=heavy&q_weight-unit=lb", "Write a number."),
        ("q_weight=160&q_weight-unit=g", "Choose one of the units offered."),
        ("q_weight=44&q_weight-unit=lb", "This cannot be less than 20 kg."),
        ("q_weight=771.7&q_weight-unit=lb", "This cannot be more than 350 kg."),
    ],
)
def test_a_number_outside_its_range_is_refused_in_any_unit(body, said):
    assert refused(WEIGHT, body) == [said]


@given(number=st.decimals(0, 10**6, places=3), pair=st.sampled_from(sorted(FACTORS)))
def test_a_conversion_is_undone_by_division_alone(number, pair):
    turned = converted(number, *pair)

    assert turned / FACTORS[pair] == number


def test_every_unit_that_converts_is_on_the_list():
    assert {unit for pair in FACTORS for unit in pair} <= UNITS


# -- Medicines ---------------------------------------------------------------------------------------


def line(number=0, **parts):
    return "&".join(f"q_pills-{number}-{part}={value}" for part, value in parts.items())


def test_medicines_are_read_line_by_line_and_empty_lines_fall_away():
    second = {"name": "Aspirin", "last": "not_known"}

    _, answers = typed(PILLS, f"{line(0, **LITHIUM)}&{line(1, name='')}&{line(5, **second)}")

    kept = {"dose": "", "unit": "", "frequency": "", "on": ""} | second
    assert answers == {"pills": taken(LITHIUM, kept)}


def test_a_list_of_medicines_is_said_on_one_line():
    (item,) = a_checklist(PILLS).items
    about = {"name": "Aspirin", "last": "approximately", "on": "2026-10"}
    unknown = {"name": "St John's wort", "last": "not_known"}

    words = spoken(item, taken(LITHIUM, about, unknown))

    assert words == (
        "Lithium carbonate 300 mg, twice a day, last taken 2026-11-01;"
        " Aspirin, last taken about 2026-10; St John's wort, last taken not known"
    )


def test_none_taken_is_an_answer_of_its_own():
    (item,) = a_checklist(PILLS).items

    _, answers = typed(PILLS, "q_pills-doubt=none")

    assert answers == {"pills": taken()}
    assert spoken(item, taken()) == "none"
    assert typed(PILLS, "q_pills-0-name=")[1] == {"pills": Answer()}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Line 1: name the medicine."),
        ({"dose": "much"}, "Line 1, Lithium carbonate: write the dose as a number."),
        ({"dose": "1e9999999"}, "Line 1, Lithium carbonate: write the dose as a number."),
        ({"dose": "1,200"}, "Line 1, Lithium carbonate: write it without a comma between the"
         " thousands, or with a point."),
        ({"dose": "0"}, "Line 1, Lithium carbonate: write the dose as a number above nought."),
        ({"unit": "spoons"}, "Line 1, Lithium carbonate: choose the unit of the dose."),
        ({"dose": ""},
         "Line 1, Lithium carbonate: write the dose too, or leave its unit open."),
        ({"last": ""},
         "Line 1, Lithium carbonate: say when it was last taken, or that this is not known."),
        ({"on": ""}, "Line 1, Lithium carbonate: write the day on which it was last taken."),
        ({"on": "2026-11"},
         "Line 1, Lithium carbonate: write the whole day, or choose “About”."),
        ({"on": "2026-02-30"}, "Line 1, Lithium carbonate: there is no such day."),
        ({"last": "not_known"},
         "Line 1, Lithium carbonate: give a day or say “not known”, not both."),
    ],
)  # fmt: skip
def test_a_medicine_that_cannot_be_one_is_told_with_its_line(changed, said):
    assert refused(PILLS, line(0, **(LITHIUM | changed))) == [said]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"{line(0, name='Aspirin', last='not_known')}&q_pills-doubt=none",
         "Give the answer or say “None”, not both."),
        (f"{line(0, name='Aspirin', last='not_known')}&q_pills-doubt=not_known",
         "Give the answer or say that it is not known, not both."),
        ("q_pills-doubt=none&q_pills-doubt=not_known",
         "Say that there is none or that it is not known, not both."),
    ],
)  # fmt: skip
def test_medicines_are_listed_or_there_are_none_or_nobody_knows(body, said):
    assert refused(PILLS, body) == [said]


def test_two_empty_lines_stand_ready_below_what_is_kept():
    page = str(form_for(a_checklist(PILLS), {"pills": taken(LITHIUM)})["q_pills"])

    assert 'value="Lithium carbonate"' in page
    assert page.index("Medicine 3") < page.index("More lines") < page.index("Medicine 4")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (taken(), []),
        (taken(LITHIUM), [("exclude", "answered"), ("review", "answered")]),
        (taken(LITHIUM | {"name": "Aspirin"}), [("review", "answered")]),
        (taken(LITHIUM | {"last": "approximately", "on": "2026"}),
         [("exclude", "approximate"), ("review", "approximate")]),
        (taken(LITHIUM, {"name": "Aspirin", "last": "not_known"}),
         [("exclude", "answered"), ("review", "not_known")]),
        (taken(LITHIUM | {"last": "not_known", "on": ""}),
         [("exclude", "not_known"), ("review", "not_known")]),
        (Answer("not_known"), [("exclude", "not_known")]),
        (None, [("exclude", "unanswered")]),
    ],
)  # fmt: skip
def test_a_medicine_counts_and_its_doubt_is_named(answer, found):
    answers = {"pills": answer} if answer else {}

    said = findings(a_checklist(PILLS), answers, TODAY)

    assert [(each.meaning.value, each.because) for each in said] == found


def test_medicines_are_kept_as_plain_json():
    item = LITHIUM | {"dose": Decimal("300.0")}

    kept = as_json({"pills": taken(item)})["pills"]["value"]

    assert kept == {"taken": [LITHIUM]}
    assert problems(a_checklist(PILLS), {"pills": Answer("known", kept)}) == {}


@pytest.mark.parametrize(
    "value", ["lithium", [], {"taken": "x"}, {"taken": [5]}, {"taken": [{"colour": "red"}]}, 7]
)
def test_what_is_no_list_of_medicines_is_refused_in_words(value):
    wrong = problems(a_checklist(PILLS), {"pills": Answer("known", value)})

    assert wrong in ({}, {"pills": ["List the medicines, or say that there are none."]})
    assert wrong or value == []  # an empty answer is none
