"""Forms without their text, and forms that take nothing but a result, in a protocol."""

import pytest

from clinic.protocols.files import FileMistakes, read
from clinic.protocols.slots import forms_asked
from tests.builders.protocols import a_text

LINKED = "instruments: [phq-9, gad-7]"


@pytest.mark.parametrize(
    ("was", "becomes", "place", "code"),
    [
        (LINKED, "instruments: [phq-9, madrs]", "instruments[1]", "result_slot"),
        (LINKED, "instruments: [c-ssrs, gad-7]", "instruments[0]", "result_slot"),
        ("instrument: audit", "instrument: c-ssrs", "instrument", "not_scored"),
        ("instrument: audit", "instrument: ceq", "instrument", "not_scored"),
        ("instrument: audit", "instrument: auditt", "instrument", "unknown_form"),
    ],
)
def test_a_slot_used_as_if_it_had_a_text_is_refused_by_its_place(was, becomes, place, code):
    with pytest.raises(FileMistakes) as refused:
        read(a_text().replace(was, becomes, 1))

    assert [(m.place.endswith(place), m.code) for m in refused.value.mistakes] == [(True, code)]


def test_a_form_that_waits_for_its_text_may_be_named_and_is_known_to_be_asked():
    document = read(a_text().replace(LINKED, "instruments: [phq-9, who-5]", 1))

    assert "who-5" in forms_asked(document)
    assert not {"audit", "dast-10"} & forms_asked(document)
