import pytest
from django.http import QueryDict

from clinic.checklists.document import Checklist
from clinic.checklists.engine import Answer
from clinic.checklists.forms import form_for

ITEMS = [
    {"code": "ill", "number": "1", "kind": "yes_no", "text": "Ill?", "group": "Health"},
    {
        "code": "since",
        "number": "1a",
        "kind": "date",
        "text": "Since when?",
        "allow_approximate": True,
        "shown_when": [{"item": "ill", "equals": True}],
    },
    {"code": "weight", "number": "2", "kind": "decimal", "text": "Weight", "unit": "kg"},
    {
        "code": "takes",
        "number": "3",
        "kind": "some_of",
        "text": "Takes?",
        "group": "Medicines",
        "options": [
            {"code": "a", "label": "A"},
            {"code": "none", "label": "None", "exclusive": True},
        ],
    },
    {
        "code": "attested",
        "number": "4",
        "kind": "attestation",
        "text": "Seen.",
        "allow_not_known": False,
    },
    {"code": "note", "number": "5", "kind": "text", "text": "Note <b>", "help": "Any <i>words</i>"},
    {
        "code": "pills",
        "number": "6",
        "kind": "integer",
        "text": "How many?",
        "allow_approximate": True,
    },
    {"code": "at", "number": "7", "kind": "time", "text": "When?"},
]
CHECKLIST = Checklist.model_validate(
    {"code": "test", "title": "Test", "version": "1", "items": ITEMS}
)
ALL = "ill since weight takes attested note pills at"


def filled(standing=None, **typed):
    posted = QueryDict(mutable=True)
    posted.update({"shown": ALL, "revision": "3"})
    for name, value in typed.items():
        posted.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return form_for(CHECKLIST, standing or {}, posted, revision=3)


@pytest.mark.parametrize(
    ("typed", "code", "answer"),
    [
        ({"q_ill": "yes"}, "ill", Answer("known", True)),
        ({"q_ill": "no"}, "ill", Answer("known", False)),
        ({"q_ill": "not_known"}, "ill", Answer("not_known")),
        ({"q_ill": ""}, "ill", Answer()),
        ({"q_weight": "70,5"}, "weight", Answer("known", "70.5")),
        ({"q_weight__doubt": "not_known"}, "weight", Answer("not_known")),
        ({"q_takes": ["a"]}, "takes", Answer("known", ["a"])),
        ({}, "takes", Answer()),
        ({"q_takes__doubt": "not_known"}, "takes", Answer("not_known")),
        ({"q_attested": "yes"}, "attested", Answer("known", True)),
        ({"q_note": "  words "}, "note", Answer("known", "words")),
        ({"q_pills": "12", "q_pills__doubt": "approximate"}, "pills", Answer("approximate", 12)),
        ({"q_ill": "yes", "q_since": "2026-10"}, "since", Answer("approximate", "2026-10")),
        ({"q_ill": "yes", "q_since": "2026-10-04"}, "since", Answer("known", "2026-10-04")),
        ({"q_at": "14:30"}, "at", Answer("known", "14:30")),
    ],
)
def test_what_is_typed_becomes_an_answer(typed, code, answer):
    form = filled(**typed)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["answers"][code] == answer
    assert form.cleaned_data["revision"] == 3


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"q_pills": "some"}, "q_pills", "Write a number."),
        ({"q_pills": "1.5"}, "q_pills", "Write a whole number."),
        ({"q_takes": ["a", "none"]}, "q_takes", "“None” cannot stand beside another answer."),
        (
            {"q_weight": "70", "q_weight__doubt": "not_known"},
            "q_weight",
            "Give the answer or say that it is not known, not both.",
        ),
        ({"q_at": "2 pm"}, "q_at", "Write a time as 14:30."),
        ({"q_note": "a\0b"}, "q_note", "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_an_answer_is_said_at_its_field_and_stays_typed(typed, field, sentence):
    form = filled(**typed)

    assert form.errors == {field: [sentence]}
    typed_value = typed[field]
    assert form[field].value()["value"] == typed_value


def test_only_what_is_asked_stands_on_the_page():
    assert "q_since" not in form_for(CHECKLIST, {}).fields
    assert "q_since" in form_for(CHECKLIST, {"ill": Answer("known", True)}).fields


def test_what_was_not_on_the_page_is_not_touched():
    posted = QueryDict("shown=ill&revision=0&q_ill=no")

    form = form_for(CHECKLIST, {"weight": Answer("known", "70")}, posted)

    assert form.is_valid()
    assert list(form.cleaned_data["answers"]) == ["ill"]


def test_an_answer_that_would_fall_away_is_named_before_it_is_cleared():
    standing = {"ill": Answer("known", True), "since": Answer("known", "2026-10-04")}

    first = filled(standing, q_ill="no", q_since="2026-10-04")
    said = first.non_field_errors()
    second = filled(standing, q_ill="no", q_since="2026-10-04", clearing=first["clearing"].value())

    assert said == [
        "“1a Since when?” is no longer asked; its answer (2026-10-04) will be cleared."
        " Save again to agree."
    ]
    assert second.is_valid()


def test_a_page_shown_again_asks_what_the_new_answers_bring_up():
    form = filled(shown=ALL.replace("since ", ""), q_ill="yes", q_weight="heavy")

    assert form.errors == {"q_weight": ["Write a number."]}
    assert (form["shown"].value(), "q_since" in form.fields) == (ALL, True)


def test_completing_names_every_question_without_an_answer():
    form = filled(complete="yes", q_ill="no", q_weight="70", q_takes=["a"])

    assert list(form.errors) == ["q_attested", "q_note", "q_pills", "q_at"]


def test_questions_stand_under_their_headings():
    groups = form_for(CHECKLIST, {"ill": Answer("known", True)}).groups

    assert [(title, len(questions)) for title, questions in groups] == [
        ("Health", 3),
        ("Medicines", 5),
    ]


def test_words_of_a_document_are_shown_and_not_obeyed():
    page = str(form_for(CHECKLIST, {})["q_note"].as_widget()) + form_for(CHECKLIST, {}).as_div()

    assert "<b>" not in page
    assert "<i>" not in page


def test_an_answer_is_shown_as_it_would_be_typed():
    standing = {
        "ill": Answer("not_known"),
        "takes": Answer("known", ["a"]),
        "pills": Answer("approximate", 12),
    }

    form = form_for(CHECKLIST, standing)

    assert 'value="not_known" id="id_q_ill_2" checked' in str(form["q_ill"])
    assert 'value="a" id="id_q_takes_0" checked' in str(form["q_takes"])
    assert 'value="approximate" id="id_q_pills_approximate" checked' in str(form["q_pills"])
