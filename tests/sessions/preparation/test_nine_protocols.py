"""Every protocol of the library, from the first call to ready, in its own words on every page."""

import re
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from clinic.protocols.files import library
from sessions.preparation import rules
from tests.builders import nine, words
from tests.builders.house import DAY, MINUTE, NOON, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]

CASE_PAGES = ["casefile:show", "preparation:show", "preparation:ready", "documents:index",
              "booking:of_case", "cases:team"]  # fmt: skip


def words_of(answer):
    """What a reader of the page meets, without its markup."""
    markup = r"<(script|style)[^>]*>.*?</\1>|<[^>]+>"
    return unescape(re.sub(markup, " ", answer.content.decode(), flags=re.DOTALL))


class Reader:
    """Somebody who opens every page of the case and notes the words that do not belong there."""

    def __init__(self, way, client):
        self.way, self.client, self.foreign = way, client, {}

    def reads(self, user, at, *pages):
        with time_machine.travel(at, tick=False):
            sign_in(self.client, user)
            for name, key in pages:
                answer = self.client.get(reverse(name, args=[key]))
                assert answer.status_code == 200, (name, user, answer.status_code)
                for around in words.foreign_in(words_of(answer), self.way):
                    self.foreign.setdefault(name, set()).add(around)

    def reads_the_case(self, user, at, *besides):
        key = self.way.case.key
        self.reads(user, at, *((name, key) for name in [*CASE_PAGES, *besides]))


@pytest.mark.parametrize("code", sorted(library()))
def test_somebody_comes_from_the_first_call_to_ready(code, client):
    way = nine.a_way(code)
    reader, intake = Reader(way, client), way.house.intake

    nine.called(way)
    reader.reads(intake, NOON - 40 * DAY, ("cases:patient", way.case.patient.key))
    nine.answered(way)
    of_screening = ["screening:form", "screening:findings"]
    reader.reads_the_case(intake, NOON - 39 * DAY + MINUTE, *of_screening)
    nine.found_eligible(way)
    reader.reads_the_case(
        way.house.prescriber, NOON - 38 * DAY + MINUTE, *of_screening, "screening:decide"
    )
    nine.prepared(way)
    visit = nine.a_preparation_visit(way)
    reader.reads(way.lead, NOON - 3 * DAY, ("preparation:visit", visit.key))
    reader.reads_the_case(way.lead, NOON - 3 * DAY, "preparation:way_home", "booking:book")
    nine.agreed(way)
    nine.booked(way)
    asked = rules.gates(way.case.cycles.get(), at=NOON - DAY)
    assert [str(o) for step in asked for o in step.obstacles] == []
    nine.declared_ready(way)
    reader.reads_the_case(intake, NOON - DAY + MINUTE)
    reader.reads_the_case(way.lead, NOON - DAY + MINUTE)

    assert way.case.status == "ready"
    assert reader.foreign == {}
