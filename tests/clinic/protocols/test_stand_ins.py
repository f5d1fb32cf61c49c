"""A nearly empty draft is told everything that is wrong with it at once."""

import copy

import pytest

from clinic.protocols.files import library, mistakes_in, read
from clinic.protocols.stand_ins import filled

SOURCED = {"basis": "house", "source": "-"}
VISIT = {
    "code": "talk", "title": "A talk", "stage": "preparation", "count_min": 3, "count_typical": 1,
    "minutes": 60, "staff": ["nobody"], **SOURCED,
}  # fmt: skip


def told(content):
    return {(mistake.place, mistake.code) for mistake in mistakes_in(content)}


def test_what_is_written_is_checked_though_the_head_the_screening_and_the_amounts_are_missing():
    found = told({"title": "New", "visits": [VISIT]})

    assert {
        ("screening", "missing"),
        ("doses", "missing"),
        ("unit", "missing"),
        ("visits[0].count_typical", "range"),
        ("visits[0].staff[0]", "unknown_role"),
    } <= found


def test_an_empty_draft_is_told_of_its_gaps_and_of_nothing_that_stands_in_for_them():
    places = {place for place, code in told({}) if code != "missing"}

    assert places == set()


@pytest.mark.parametrize("code", sorted(library()))
def test_a_whole_protocol_has_nothing_standing_in_for_anything(code):
    content = read(library()[code]).model_dump(mode="json")

    assert filled(content) == (content, frozenset())


@pytest.mark.parametrize("part", ["screening", "doses"])
@pytest.mark.parametrize("code", sorted(library()))
def test_without_one_part_only_that_part_is_told(code, part):
    content = copy.deepcopy(read(library()[code]).model_dump(mode="json"))
    del content[part]

    assert {place.partition(".")[0].partition("[")[0] for place, _ in told(content)} == {part}
