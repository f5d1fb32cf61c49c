import json
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from clinic.protocols.differences import SECTIONS, differences
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import library, read
from tests.clinic.protocols.builders import SAID, a_protocol, protocols


def lines(old, new):
    return [
        (section.title, line.kind, line.about, line.old, line.new)
        for section in differences(old, new)
        for line in section.differences
    ]


def test_a_changed_number_is_said_with_its_unit_old_and_new():
    old = a_protocol(doses={"single": [{"maximum": "50", **SAID}]})
    new = a_protocol(doses={"single": [{"maximum": "37.5", **SAID}]})

    assert lines(old, new) == [
        ("The dose", "changed", "Doses: Maximum", "50 mg", "37.5 mg"),
    ]


def test_a_longer_stay_is_said_for_the_amounts_it_is_about():
    def stay(minutes):
        rows = [{"below": "25", "minutes": minutes, **SAID}, {"minutes": 300, **SAID}]
        return a_protocol(minimum_stay={"counted_from": "first_dose", "rows": rows})

    assert lines(stay(120), stay(240)) == [
        ("Leaving", "changed", "Minimum stay: below 25 mg: Minutes", "120 minutes", "240 minutes"),
    ]


def test_a_gate_added_comes_before_everything_else():
    gate = {"code": "way_home", "decider": "nobody", **SAID}

    found = lines(a_protocol(), a_protocol(title="Another", gates=[gate]))

    assert [line[:3] for line in found] == [
        ("Gates to the dose", "added", "Gates"),
        ("What it is, and the words people read", "changed", "Title"),
    ]
    assert found[0][4] == "Code: way home; Decider: nobody (House rule: Made up for a test)"


def test_a_removed_washout_is_said_whole():
    washout = {
        "code": "maoi", "label": "MAO inhibitor", "days": 14, "taken_item": "maoi",
        "last_on_item": "maoi-last", **SAID,
    }  # fmt: skip

    found = lines(a_protocol(washouts=[washout]), a_protocol())

    assert [line[:3] for line in found] == [("Before the dose", "removed", "Washouts")]
    assert "Label: MAO inhibitor; Days: 14 days" in found[0][3]


def test_rows_in_another_order_are_said_to_be():
    tests = [{"code": c, "label": c, "fresh_days": 30, **SAID} for c in ("ecg", "hcg")]

    found = lines(a_protocol(tests=tests), a_protocol(tests=tests[::-1]))

    assert found == [("Before the dose", "moved", "Tests", "ecg, hcg", "hcg, ecg")]


def test_yes_and_the_number_one_are_not_the_same_answer():
    def asking(value):
        item = {"code": "well", "kind": "yes_no", "text": "Well?"}
        when = {"when": {"equals": value}, "meaning": "info", "message": "-", "basis": "house"}
        item["consequences"] = [{**when, "citation": "-"}]
        screening = {"code": "screening", "title": "S", "version": "1", "items": [item]}
        return a_protocol(screening=screening)

    assert differences(asking(True), asking(1))


def test_every_part_of_a_protocol_has_its_section():
    placed = {name for _, names in SECTIONS for name in names}

    assert set(ProtocolDocument.model_fields) - placed == {
        "code", "title", "edition", "summary", "substance", "substance_label", "substance_form",
        "route", "unit", "jurisdiction", "indication", "nouns", "made_up",
    }  # fmt: skip


@cache
def shipped():
    return [read(path) for path in library().values()]


def leaves(part, at=()):
    inside = part.items() if isinstance(part, dict) else enumerate(part)
    for name, child in inside:
        if isinstance(child, dict | list):
            yield (*at, name)
            yield from leaves(child, (*at, name))
        else:
            yield (*at, name)


def altered(value, draw):
    """The value as somebody may have written it otherwise."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + draw(st.sampled_from([-1, 1, 7]))
    if isinstance(value, list) and value:
        return draw(st.sampled_from([value[1:], value[::-1], [*value, value[0]]]))
    if isinstance(value, str):
        return draw(st.sampled_from([f"{value}1", "role:nurse", "house", "1.50", f"{value}.0"]))
    return value


@st.composite
def edited(draw):
    """A shipped protocol and the same with up to three edits somewhere in it."""
    document = draw(st.sampled_from(shipped()))
    plain = json.loads(document.canonical())
    for _ in range(draw(st.integers(0, 3))):
        *way, last = draw(st.sampled_from(list(leaves(plain))))
        part = plain
        for step in way:
            part = part[step]
        part[last] = altered(part[last], draw)
    try:
        return document, ProtocolDocument.model_validate(plain)
    except ValidationError:
        assume(False)


@settings(max_examples=60, deadline=None)
@given(edited())
def test_no_difference_means_the_same_digest_and_the_other_way_round(pair):
    old, new = pair

    assert (differences(old, new) == ()) == (old.digest() == new.digest())
    assert (differences(new, old) == ()) == (old.digest() == new.digest())


@settings(max_examples=40, deadline=None)
@given(protocols(), protocols())
def test_random_protocols_differ_exactly_when_their_digests_do(old, new):
    assert (differences(old, new) == ()) == (old.digest() == new.digest())
    assert differences(old, old) == ()


@pytest.mark.parametrize("document", shipped(), ids=lambda each: each.code)
def test_a_shipped_protocol_against_a_bare_one_is_said_without_code(document):
    for _, _, about, old, new in lines(a_protocol(), document):
        assert "{'" not in f"{about}{old}{new}"
