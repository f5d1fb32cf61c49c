"""Rows of another draft named in the rows of one's own: they are nobody's, and nothing moves.

The drafting room is the one place with lists of rows in a form. A row says which one of its own
version it was; whatever else is sent beside it names nothing.
"""

import pytest
import time_machine
from django.urls import reverse

from clinic.protocols.drafting.sections import section
from clinic.protocols.models import PartChange
from tests.builders.drafting import a_sheet, an_empty_draft
from tests.builders.house import NOON, a_house, sign_in
from tests.builders.protocols import a_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def author(client, house):
    with time_machine.travel(NOON, tick=False):
        yield sign_in(client, house.author)


@pytest.fixture
def mine(house):
    return an_empty_draft(house, at=NOON)


@pytest.fixture
def theirs(house):
    return a_draft(house)


def page_of(version, code="events"):
    return reverse("admin:clinic_protocolversion_section", args=[version.key, code])


def one_row(version):
    """The list of a page as a browser sends it, with one row typed."""
    sent = a_sheet(version, section("events").groups)
    return sent | {"events-TOTAL_FORMS": ["1"], "events-0-label": ["Drank water"]}


def of_another(theirs):
    """The same row said to be another's, by every name by which a form set may know a row."""
    last = str(len(theirs.document["events"]) - 1)
    names = {"id": theirs.pk, "pk": theirs.pk, "key": theirs.key, "version": theirs.pk}
    named = {f"events-0-{name}": [str(value)] for name, value in names.items()}
    return named | {
        "events-INITIAL_FORMS": [last],
        "events-0-was": [last],
        "version": [str(theirs.key)],
        "key": [str(theirs.key)],
        "protocol": [str(theirs.protocol_id)],
        "place": ["limits.0"],
    }


def kept(version):
    version.refresh_from_db()
    return version.document, version.digest, version.status, version.protocol_id


def words_of(version):
    """The words of another's rows, none of which an answer about one's own may hold."""
    return {row["label"] for row in version.document["events"]}


def said(answer):
    return answer.content.decode()


@pytest.mark.parametrize("name", ["id", "pk", "key", "version", "was", "all"])
def test_a_row_of_another_draft_named_in_ones_own_names_nothing(author, mine, theirs, name):
    before, more = kept(theirs), of_another(theirs)
    sent = more if name == "all" else {f"events-0-{name}": more[f"events-0-{name}"]}

    answer = author.post(page_of(mine), one_row(mine) | sent)

    assert (answer.status_code, answer.url) == (302, page_of(mine))
    assert kept(mine)[0]["events"] == [{"code": "drank-water", "label": "Drank water"}]
    assert mine.document["events"] != theirs.document["events"]
    assert kept(theirs) == before
    assert set(PartChange.objects.values_list("version", flat=True)) == {mine.pk}


@pytest.mark.parametrize("total", ["", "x", "99999999999", "1.5"])
def test_a_list_that_says_no_number_of_its_rows_stores_nothing(author, mine, theirs, total):
    before = kept(mine), kept(theirs)

    answer = author.post(page_of(mine), one_row(mine) | {"events-TOTAL_FORMS": [total]})

    assert answer.status_code == 422
    assert (kept(mine), kept(theirs)) == before
    assert not any(words in said(answer) for words in words_of(theirs))


@pytest.mark.parametrize("total", ["-1", " -1", "-0"])
def test_a_list_of_fewer_than_no_rows_does_not_read_as_none(author, mine, theirs, total):
    before = kept(mine)

    answer = author.post(page_of(mine), one_row(mine) | {"events-TOTAL_FORMS": [total]})

    assert answer.status_code == 400
    assert "Nothing was changed." in said(answer)
    assert kept(mine) == before


def test_a_page_that_was_another_drafts_is_not_written_over_ones_own(author, mine, theirs):
    before = kept(mine), kept(theirs)
    sent = one_row(mine) | {"seen-events": [section("events").groups[0].digest(theirs.document)]}

    answer = author.post(page_of(mine), sent)

    assert answer.status_code == 409
    assert (kept(mine), kept(theirs)) == before
    assert not any(words in said(answer) for words in words_of(theirs))


def test_a_row_that_only_another_draft_has_is_nowhere_in_ones_own(author, mine, theirs):
    places = [reverse("admin:clinic_protocolversion_part", args=[each.key, "limits.0"])
              for each in (mine, theirs)]  # fmt: skip

    asked = [author.get(place).status_code for place in places]
    answer = author.post(places[0], of_another(theirs))

    assert asked == [404, 200]
    assert answer.status_code == 404
    assert PartChange.objects.count() == 0


def test_rows_sent_twice_are_refused_and_nothing_is_stored(author, mine):
    before = kept(mine)

    answer = author.post(page_of(mine), one_row(mine) | {"events-0-label": ["Drank", "Ate"]})

    assert answer.status_code == 422
    assert kept(mine) == before
