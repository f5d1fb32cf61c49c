"""Where a document, a capacity or a visit is named, it is named as the version says it today."""

import pytest
import time_machine
from django.urls import reverse

from tests.builders.errata import an_erratum
from tests.builders.house import MINUTE, NOON, a_house, sign_in
from tests.builders.supervised import a_dosed_session, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
NURSE, PAPER = "Nurse who watches", "Consent in better words"


@pytest.fixture
def session():
    """A session of which somebody is present, before the names were put right."""
    with time_machine.travel(NOON, tick=False):
        house = a_house()
    session = a_dosed_session(house)
    document = house.version.document
    nurse = next(n for n, each in enumerate(document["roles"]) if each["capacity"] == "nurse")
    session.house = house
    at = fresh(session).dosed_at
    an_erratum(house, at=at + MINUTE, place=f"roles[{nurse}].title", shall_say=NURSE)
    signed = session.case.documents.select_related("text").first()
    session.signed = signed
    number = next(
        n for n, each in enumerate(document["documents"]) if each["code"] == signed.text.code
    )
    an_erratum(house, at=at + MINUTE, place=f"documents[{number}].title", shall_say=PAPER)
    return session


PAGES = {
    "casefile:show": ("case", NURSE),
    "cases:team": ("case", NURSE),
    "documents:index": ("case", PAPER),
    "documents:withdraw": ("signed", PAPER),
    "documents:reaffirm": ("signed", PAPER),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_it_by_the_corrected_words(client, session, name):
    about, words = PAGES[name]
    row = getattr(session, about)

    with time_machine.travel(fresh(session).dosed_at + 5 * MINUTE, tick=False):
        page = sign_in(client, session.house.nurse).get(reverse(name, args=[row.key]))

    assert words in page.content.decode()


def test_what_was_signed_keeps_the_name_it_was_signed_as(client, session):
    with time_machine.travel(fresh(session).dosed_at + 5 * MINUTE, tick=False):
        nurse = sign_in(client, session.house.nurse)
        listed = nurse.get(reverse("documents:index", args=[session.case.key]))
        shown = nurse.get(reverse("documents:show", args=[session.signed.key]))

    assert f"signed as “{session.signed.text.title}”" in listed.content.decode()
    assert session.signed.text.title in shown.content.decode()


def test_a_session_that_was_dosed_before_names_its_people_as_it_did(client, session):
    with time_machine.travel(fresh(session).dosed_at + 5 * MINUTE, tick=False):
        page = sign_in(client, session.house.nurse).get(
            reverse("supervised:presence", args=[session.key])
        )

    people = [title for _, title in page.context["here"]]
    assert people
    assert NURSE not in people
    assert not [title for title in people if "_" in title]
