"""Errata in what leaves the house, in new drafts, and in what is compared."""

import json

import pytest
import time_machine
from django.urls import reverse

from clinic.protocols.actions import load
from clinic.protocols.carried import errata_in, read_corrected
from clinic.protocols.comparing.queries import between
from clinic.protocols.corrected import CORRECTABLE, lay_over, spots
from clinic.protocols.drafting.actions import copy
from clinic.protocols.errata import actions
from clinic.protocols.exporting.bundle import bundle, unknown_codes
from clinic.protocols.exporting.files import copy_of
from clinic.protocols.files import library, read
from clinic.protocols.queries import digest_of, document_of, errata_of
from clinic.workflow import Refused
from tests.builders.errata import (
    a_longer_stay,
    a_proposed_erratum,
    an_erratum,
    approved,
    minutes,
    question,
)
from tests.builders.house import HOUR, NOON, a_house, sign_in
from tests.clinic.protocols.test_fhir import validated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


@pytest.fixture
def corrected(house):
    """A version with three errata: words, a number, and one that was withdrawn."""
    an_erratum(house)
    approved(house, a_longer_stay(house), at=NOON + HOUR)
    slip = an_erratum(house, place="screening.items[1].text", shall_say="No.", at=NOON + 2 * HOUR)
    back = actions.withdraw(slip, by=house.author, at=NOON, reason="Not so.", source="Page 4.")
    approved(house, back, at=NOON + 3 * HOUR)
    return house.version


def test_a_file_holds_what_was_published_and_its_errata_apart(corrected):
    text = copy_of(corrected, "yaml").text

    assert read(text).digest() == corrected.digest
    assert [each.number for each in errata_in(text)] == [1, 2, 3, 4]
    assert read_corrected(text).digest() == digest_of(corrected) != corrected.digest


def test_a_version_without_errata_is_written_as_ever(house):
    assert "\nerrata:" not in copy_of(house.version, "yaml").text


def test_a_file_with_errata_loads_as_a_draft_in_which_they_are_put_right(house, corrected):
    draft = load(copy_of(corrected, "yaml").text, by=house.author, at=NOON)

    assert draft.errata == []
    assert draft.digest == digest_of(corrected)
    assert question(draft) == question(corrected)


@pytest.mark.parametrize(
    ("was", "typed"),
    [
        ("place: screening.items[0].text", "place: screening.items[0].code"),
        ("place: minimum_stay.rows[0].minutes", "place: minimum_stay.rows[77].minutes"),
        ("kind: number", "kind: anything"),
        ("source: The author's manuscript, page 3.", "sauce: The author's manuscript."),
    ],
)
def test_a_file_with_an_erratum_that_fits_nowhere_is_refused_by_its_place(
    house, corrected, was, typed
):
    text = copy_of(corrected, "yaml").text
    assert was in text

    with pytest.raises(Refused, match="errata"):
        load(text.replace(was, typed, 1), by=house.author, at=NOON)


def test_a_new_version_begins_with_what_the_errata_put_right(house, corrected):
    draft = copy(corrected, by=house.author, at=NOON)

    assert (question(draft), minutes(draft)) == (question(corrected), minutes(corrected))
    assert between(corrected, draft) == ()


def test_versions_are_compared_as_they_bind(house, corrected):
    draft = copy(corrected, by=house.author, at=NOON)
    erratum = a_proposed_erratum(house, shall_say="Yet another wording?")

    approved(house, erratum, at=NOON + 4 * HOUR)

    ((line,),) = (section.differences for section in between(house.version, draft))
    assert line.old == "Yet another wording?"


def test_the_bundle_says_what_binds_and_names_every_erratum(corrected):
    whole = json.loads(copy_of(corrected, "fhir").text)

    plan = whole["entry"][0]["resource"]
    assert plan["identifier"][0]["value"] == digest_of(corrected)
    assert question(corrected) in json.dumps(whole, ensure_ascii=False)
    listed = plan["relatedArtifact"]
    assert [each["type"] for each in listed] == ["documentation"] * 4
    assert listed[0]["label"].startswith("Erratum 4, withdraws erratum 3")
    assert list(unknown_codes(whole, "Bundle")) == []


def test_the_bundle_with_errata_is_r4(corrected):
    whole = json.loads(
        bundle(document_of(corrected), version="1", at=NOON, errata=errata_of(corrected))
    )

    assert not any(validated({"with errata": whole}).values())


def test_the_differences_page_lists_the_errata_of_both(client, house, corrected):
    draft = copy(corrected, by=house.author, at=NOON)

    url = reverse("admin:clinic_protocolversion_differences", args=[draft.key])
    answer = sign_in(client, house.author).get(url).content.decode()

    assert f"Errata of version {corrected.number}" in answer


# -- Over the whole library ------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(library()))
def test_every_place_that_may_be_corrected_can_be(code):
    document = read(library()[code])
    found = spots(document)

    kinds = {spot.kind for spot in found.values()}
    assert {"words", "basis"} <= kinds
    assert all(spot.says and spot.about and spot.heading for spot in found.values())
    assert lay_over(document, ()) is document


def test_no_word_that_names_or_decides_something_is_correctable():
    names = {name for fields in CORRECTABLE.values() for name in fields}

    assert names.isdisjoint(
        {"code", "unit", "jurisdiction", "only_if", "decider", "medicines", "parameter", "loinc"}
    )
