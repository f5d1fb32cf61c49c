"""Parts of a draft without a database: what is typed where, and what a form puts back."""

import pytest

from clinic.audit.canonical import digest
from clinic.checklists.document import Item
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.drafting.parts import Row, get, inside
from clinic.protocols.drafting.places import groups_of_row, read_place
from clinic.protocols.drafting.sections import KEPT, SECTIONS, parse_place, section, where
from clinic.protocols.drafting.sheet import Sheet
from clinic.protocols.files import library, places, read
from tests.builders.drafting import a_document, as_sent, data_of, every_page

FILES = sorted(library())


def test_every_field_of_a_protocol_is_typed_in_one_section():
    shown = [
        each.path[0] for s in SECTIONS for g in s.groups if not g.place for each in g.typed
    ] + [name for section in SECTIONS for name in section.holds]

    fields = dict.fromkeys(shown)
    assert sorted(fields) == sorted(set(ProtocolDocument.model_fields) - set(KEPT))
    held = [name for section in SECTIONS for name in section.holds]
    assert len(held) == len(set(held)) == len(inside(ProtocolDocument))


@pytest.mark.parametrize("code", FILES)
def test_a_page_saved_as_it_is_changes_nothing_and_is_not_too_long_to_send(code, settings):
    document = a_document(code)

    for groups in every_page(document):
        sent = as_sent(Sheet(None, groups=groups, document=document))
        sheet = Sheet(data_of(sent), groups=groups, document=document)
        assert sheet.is_valid(), (groups[0].code, sheet.errors, sheet.mistyped)
        assert [each.group.code for each in sheet.cleaned_data["written"]] == []
        assert sum(map(len, sent.values())) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS / 2


@pytest.mark.parametrize("code", FILES)
def test_every_part_of_a_file_has_a_place_that_is_written_on_a_page(code):
    document = a_document(code)

    for place, _ in places(read(library()[code])):
        steps = parse_place(place, document)
        assert get(document, steps) is not None or not steps, place
        found = where(steps)
        assert found.section in {each.code for each in SECTIONS}
        assert not found.row or read_place(found.row), place


PLACES = {
    "title": ("what", "", "id_title"),
    "screening.items[3].text": ("screening", "", "id_screening-items-3-text"),
    "screening.items[3].minimum": (
        "screening",
        "screening.items.3",
        "id_screening-items-3-minimum",
    ),
    "limits[0].bands[1].starts": ("limits", "limits.0", "id_limits-0-bands-1-starts"),
    "limits[0]": ("limits", "", "row_limits-0"),
    "doses.single": ("dose", "", "part_doses-single"),
    "monitoring[0].at_minutes[2]": ("watching", "", "id_monitoring-0-at_minutes"),
    "touchpoints[0].offset": ("after", "", "row_touchpoints-0"),
    "messages.how-are-you.body": ("after", "", "row_messages-how-are-you"),
}


@pytest.mark.parametrize(("place", "led_to"), PLACES.items())
def test_a_mistake_leads_to_the_very_field_or_row(place, led_to):
    found = where(parse_place(place, a_document("ketamine-im")))

    assert (found.section, found.row, found.anchor) == led_to


@pytest.mark.parametrize(
    ("typed", "kept"), [("0.50", "0.5"), ("1e2", "100"), ("0.123456789", "0.123456789"), ("0", "0")]
)
def test_a_decimal_is_kept_exactly(typed, kept):
    (group,) = [g for g in section("dose").groups if g.code == "doses-single"]
    sent = as_sent(Sheet(None, groups=[group], document={})) | {
        "doses-single-TOTAL_FORMS": ["1"],
        "doses-single-0-maximum": [typed],
    }

    sheet = Sheet(data_of(sent), groups=[group], document={})

    assert sheet.is_valid()
    (written,) = sheet.cleaned_data["written"]
    assert group.put({}, written.said) == {"doses": {"single": [{"maximum": kept}]}}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            {"messages-0-key": "hello", "messages-1-key": "hello"},
            "Another row has this short name.",
        ),
        ({"messages-0-body": "Only a text", "messages-1-key": "hello"}, "Fill this in."),
    ],
)
def test_parts_under_a_short_name_have_one_each(typed, said):
    (group,) = [g for g in section("after").groups if g.code == "messages"]
    sent = as_sent(Sheet(None, groups=[group], document={})) | {"messages-TOTAL_FORMS": ["2"]}

    sheet = Sheet(data_of(sent | {k: [v] for k, v in typed.items()}), groups=[group], document={})

    assert not sheet.is_valid()
    assert [words for _, _, words in sheet.mistyped] == [said]


def test_what_is_put_leaves_the_draft_before_it_as_it_was():
    document = a_document("ketamine-im")
    before = digest(document)
    (group,) = [g for g in section("limits").groups if g.code == "limits"]

    changed = group.put(document, [Row(0, {"parameter": "pulse", "phase": "release"})])

    assert digest(document) == before
    assert changed["limits"][0]["bands"] == document["limits"][0]["bands"]
    assert (len(changed["limits"]), changed["limits"][0]["parameter"]) == (1, "pulse")


@pytest.mark.parametrize(
    ("kind", "typed", "meant"),
    [
        ("yes_no", "yes", True),
        ("one_of", "no", "no"),
        ("medication", "yes", True),
        ("medication", "lithium", "lithium"),
        ("integer", "3", 3),
        ("text", "3", "3"),
    ],
)
def test_an_answer_is_meant_as_its_question_is_answered(kind, typed, meant):
    options = [{"code": "no", "label": "No"}] if kind == "one_of" else []
    item = {"code": "q", "kind": kind, "text": "?", "options": options}
    document = {"screening": {"items": [item, {"code": "then", "kind": "text", "text": "?"}]}}
    place = ("screening", "items", 1)
    group = next(g for g in groups_of_row(place, Item, is_named=False) if g.name == "shown_when")
    first = f"{group.prefix}-0"
    sent = as_sent(Sheet(None, groups=[group], document=document)) | {
        f"{group.prefix}-TOTAL_FORMS": ["1"],
        f"{first}-item": ["q"],
        f"{first}-equals": [typed],
    }

    sheet = Sheet(data_of(sent), groups=[group], document=document)

    assert sheet.is_valid(), sheet.mistyped
    (written,) = sheet.cleaned_data["written"]
    assert group.put(document, written.said)["screening"]["items"][1]["shown_when"] == [
        {"item": "q", "equals": meant}
    ]


# -- What is named is chosen ------------------------------------------------------------------


def forms_of(document, place):
    """The forms of one list or part, on whichever page it is typed."""
    groups = [group for each in SECTIONS for group in each.groups]
    if "." in place:
        row, _, name = place.rpartition(".")
        at, model, is_named = read_place(row)
        groups = groups_of_row(at, model, is_named=is_named)
        place = place.replace(".", "-")
    (piece,) = Sheet(
        None, groups=[each for each in groups if each.code == place], document=document
    ).pieces
    return piece.form.forms if piece.is_list else [piece.form]


CHOSEN = {
    "a question of the screening": (
        "psilocybin-colorado", "documents", "if_answered", "interpreter", "interpreter"),
    "a capacity": (
        "psilocybin-oregon", "documents", "if_another", "facilitator", "acilitator"),
    "a question of hours": (
        "psilocybin-open-label", "washouts", "half_life_item", "serotonergic_half_life", "hal"),
    "the answers of another question": (
        "psilocybin-open-label", "washouts", "taken_options", "maoi", "MAO"),
    "a product": ("psilocybin-oregon", "minimum_stay.rows.0.shorter", "not_for", "whole-fungi",
                  "whole"),
    "a questionnaire": ("ketamine-im", "tests", "code", "phq-9", "PHQ-9"),
    "a checklist": ("ketamine-im", "tests", "code", "release-criteria", "Fit to"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHOSEN)
def test_what_a_row_names_is_chosen_by_its_words(what):
    file, place, name, code, words = CHOSEN[what]
    document = a_document(file)
    document["tests"] = [{"code": "phq-9", "label": "PHQ-9", "fresh_days": 7}]

    found = [dict(form.fields[name].choices) for form in forms_of(document, place)]

    said = {each[code] for each in found if code in each}
    assert said
    assert all(words.casefold() in each.casefold() and each != code for each in said), said


@pytest.mark.parametrize(
    ("kind", "name", "choices", "hidden"),
    [
        ("yes_no", "equals", {"": "–", "yes": "Yes", "no": "No"}, "at_least"),
        ("one_of", "any_of", {"ssri": "An SSRI", "none": "None"}, "below"),
    ],
)
def test_an_answer_another_question_must_have_is_chosen_from_its_answers(
    kind, name, choices, hidden
):
    options = [{"code": "ssri", "label": "An SSRI"}, {"code": "none", "label": "None"}]
    first = {"code": "q", "kind": kind, "text": "?", "options": options}
    then = {"code": "then", "kind": "text", "text": "?", "shown_when": [{"item": "q"}]}
    document = {"screening": {"items": [first, then]}}

    (form,) = forms_of(document, "screening.items.1.shown_when")

    assert dict(form.fields[name].choices) == choices
    assert hidden not in form.fields


def test_what_is_named_and_has_gone_is_still_shown_and_stays_until_it_is_taken_away():
    document = a_document("psilocybin-colorado")
    number = next(n for n, d in enumerate(document["documents"]) if d.get("if_answered"))
    gone = document["documents"][number]["if_answered"][0]
    items = document["screening"]["items"]
    document["screening"]["items"] = [each for each in items if each["code"] != gone]
    (group,) = [g for s in SECTIONS for g in s.groups if g.code == "documents"]

    sheet = Sheet(None, groups=[group], document=document)
    sent = as_sent(sheet)
    again = Sheet(data_of(sent), groups=[group], document=document)

    choices = dict(sheet.pieces[0].form.forms[number].fields["if_answered"].choices)
    assert choices[gone] == f"{gone} (not in this protocol)"
    assert again.is_valid()
    assert again.cleaned_data["written"] == ()


def test_what_cannot_be_chosen_yet_is_not_typed_as_a_code_instead():
    (group,) = [g for s in SECTIONS for g in s.groups if g.code == "monitoring"]
    sent = as_sent(Sheet(None, groups=[group], document={})) | {"monitoring-TOTAL_FORMS": ["1"]}

    (piece,) = Sheet(data_of(sent), groups=[group], document={}).pieces

    field = piece.form.forms[0].fields["parameters"]
    assert list(field.choices) == []
    assert "Nothing to choose from yet." in field.help_text
