"""A copy of a version says who approved it, when, and in which meaning (21 CFR 11.50)."""

import json
from datetime import UTC

import pytest
import time_machine

from clinic.audit.models import Signature
from clinic.protocols.actions import load
from clinic.protocols.drafting.actions import copy
from clinic.protocols.exporting.approvals import Approval
from clinic.protocols.exporting.bundle import bundle, unknown_codes
from clinic.protocols.exporting.files import copy_of
from clinic.protocols.files import library, read
from clinic.protocols.writing import write
from tests.builders.errata import an_erratum
from tests.builders.house import HOUR, NOON, a_house
from tests.clinic.protocols.test_fhir import resources, validated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
PUBLISHED, CORRECTED = "read, confirmed and published", "read and approved as an erratum"


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def signed(row):
    return Signature.objects.get(subject_key=row.key)


def line(signature, says):
    at = signature.at.astimezone(UTC)
    return f"# Signed by {signature.printed_name}, {at:%Y-%m-%d %H:%M:%S} UTC: {says}\n"


def as_fhir(version):
    return json.loads(copy_of(version, "fhir").text)


def test_a_library_file_says_who_approved_it_when_and_in_which_meaning(house):
    signature = signed(house.version)

    text = copy_of(house.version, "yaml").text

    assert signature.printed_name == house.approver.name
    assert line(signature, PUBLISHED) in text


def test_a_library_file_says_who_approved_each_erratum(house):
    erratum = an_erratum(house, at=NOON + HOUR)

    text = copy_of(house.version, "yaml").text

    assert line(signed(house.version), PUBLISHED) in text
    assert line(signed(erratum), f"Erratum 1: {CORRECTED}") in text
    assert read(text).digest() == house.version.digest


def test_loaded_taken_away_and_loaded_again_it_has_the_same_digest(house):
    text = copy_of(house.version, "yaml").text
    again = write(read(text), heading=f"Signed by {approval()}")

    assert read(text).digest() == read(again).digest() == house.version.digest
    an_erratum(house, at=NOON + HOUR)
    draft = load(copy_of(house.version, "yaml").text, by=house.author, at=NOON + 2 * HOUR)
    assert read(copy_of(draft, "yaml").text).digest() == draft.digest


def approval(name="Ada Approver"):
    return Approval(key="0", name=name, at=NOON, meaning=PUBLISHED)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x85", "\u2028", "\x0c", "\x07", "\u202e"])
def test_no_name_is_read_as_a_part_of_the_protocol(end):
    document = read(library()["ketamine-im"])

    text = write(document, heading=f"Signed by {approval(f'Ada{end}code: other')}")

    assert text.splitlines()[0].endswith(f"UTC: {PUBLISHED}")
    assert read(text).digest() == document.digest()


def test_a_draft_names_nobody(house):
    draft = copy(house.version, by=house.author, at=NOON)

    assert "# Signed by" not in copy_of(draft, "yaml").text
    assert resources(as_fhir(draft), "Provenance") == []
    assert "endorser" not in as_fhir(draft)["entry"][0]["resource"]


def test_a_bundle_says_who_approved_it_when_and_in_which_meaning(house):
    signature = signed(house.version)

    whole = as_fhir(house.version)

    plan, at = whole["entry"][0]["resource"], signature.at.isoformat()
    assert plan["approvalDate"] == signature.at.astimezone(UTC).date().isoformat()
    assert plan["endorser"] == [{"name": house.approver.name}]
    (said,) = resources(whole, "Provenance")
    assert said["target"] == [{"reference": whole["entry"][0]["fullUrl"]}]
    assert (said["activity"]["text"], said["recorded"]) == (PUBLISHED, at)
    assert (said["signature"][0]["who"], said["signature"][0]["when"]) == (
        {"display": house.approver.name}, at,
    )  # fmt: skip


def test_a_bundle_with_errata_says_who_approved_each_and_is_r4(house):
    erratum = an_erratum(house, at=NOON + HOUR)

    whole = as_fhir(house.version)

    assert [
        (each["agent"][0]["who"]["display"], each["recorded"], each["activity"]["text"])
        for each in resources(whole, "Provenance")
    ] == [
        (house.approver.name, signed(house.version).at.isoformat(), PUBLISHED),
        (house.approver.name, signed(erratum).at.isoformat(), f"Erratum 1: {CORRECTED}"),
    ]
    assert list(unknown_codes(whole, "Bundle")) == []
    assert validated({"approved": whole}) == {"approved": []}


def test_without_approvals_a_bundle_is_what_it_was():
    document = read(library()["ketamine-im"])

    assert "Provenance" not in bundle(document, version="1")
