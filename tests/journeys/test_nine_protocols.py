"""Each protocol of the library, clicked through from the first call to ready, in its own words.

Everybody sits before a browser of their own for the whole way and begins at the dashboard; nobody
types an address. An ordinary run goes one protocol's way, that of the day; with
VIGIL_LOOK_EVERYWHERE set all nine are gone, and docs/evidence/journeys.md says when.
"""

import time
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.utils.timezone import now

from clinic.protocols.files import library
from tests.builders import nine, words
from tests.builders.house import DAY, NOON
from tests.journeys import evidence
from tests.journeys.chapters import nine as chapters
from tests.journeys.conftest import Clock
from tests.journeys.looks import WHOLE, name_of
from tests.journeys.people import Person

pytestmark = pytest.mark.browser

TODAY = datetime.now(UTC)  # read before any test sets a clock of its own
OF_THE_DAY = "that of the day"
BEGINS = NOON - 5 * DAY


def code_of(which):
    """The protocol an ordinary run goes through: another one every day."""
    codes = sorted(library())
    return codes[TODAY.toordinal() % len(codes)] if which == OF_THE_DAY else which


class Reader(Person):
    """Somebody who notes, on every page they meet, the words of other protocols."""

    way = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.pages, self.foreign, self.since = 0, set(), None

    def looks(self, state=""):
        super().looks(state)
        self.pages += 1
        if self.way is not None:
            text = self.page.evaluate("document.body.innerText")
            self.foreign |= {(name_of(self.page), *found) for found in [self._met(text)] if found}

    def _met(self, text):
        return tuple(words.foreign_in(text, self.way))


@pytest.fixture
def way(transactional_db, request):
    with transaction.atomic():
        return nine.a_way(code_of(request.param))


@pytest.fixture
def house(way):
    return way.house


@pytest.fixture
def clock(way, monkeypatch):
    """A clock that begins five days before the session; the database goes by it too."""
    from clinic.audit import middleware  # noqa: PLC0415 -- Django is set up only by now

    clock, tell = Clock(slow_by=now() - BEGINS), middleware.set_context_of
    monkeypatch.setattr(middleware, "set_context_of", lambda user: tell(user, clock=now()))
    yield clock
    clock.is_given_up()


@pytest.fixture
def comes(way, clock, somebody):
    """Whoever is called sits down before their own browser, signs in for the day, finds the case."""
    people = {}

    def comes(user):
        person = people.get(user.pk)
        if person is None:
            person = people[user.pk] = somebody(who=Reader)
            person.way = way
        if person.since != now().date():
            person.signs_in(user)
            person.since = now().date()
        return person

    comes.people = people
    return comes


def on_the_first_day(comes, way):
    ines = comes(way.house.intake)
    chapters.when_intake_registers_who_called(ines)
    chapters.when_intake_refers_them_and_names_the_team(ines, way)
    if way.screener != way.house.intake:
        screener = comes(way.screener)
        screener.opens_the_case_of("Ashgrove")
    chapters.when_the_screening_is_filled(comes(way.screener), way)
    if way.screener == way.house.intake:
        chapters.then_intake_may_neither_settle_nor_decide(ines)

    decider = comes(way.house.prescriber)
    decider.opens_the_case_of("Ashgrove")
    chapters.when_everything_open_is_settled(decider)
    chapters.when_they_are_found_eligible(decider, way)
    lead = comes(way.lead)
    lead.opens_the_case_of("Ashgrove")
    chapters.when_the_preparation_begins(lead)


def intake_books_every_visit(ines, way):
    ines.opens_the_case_of("Ashgrove")
    chapters.then_intake_prepares_nobody(ines)
    for number, rule in enumerate(chapters.visits_before_the_dose(way), start=1):
        chapters.when_intake_books(ines, way, rule, chapters.noon_of(way) + number * DAY)
    chapters.when_intake_books(ines, way, chapters.the_session(way), NOON)


def on_the_last_day(lead, way):
    chapters.when_every_document_that_is_missing_is_signed(lead, way)
    chapters.when_every_measure_is_taken(lead, way)
    chapters.when_the_way_home_is_planned(lead, way)
    chapters.then_the_ready_page_says_clear(lead)


@pytest.mark.parametrize("way", sorted(library()) if WHOLE else [OF_THE_DAY], indirect=True)
def test_somebody_is_brought_by_clicks_from_the_first_call_to_ready(way, clock, comes):
    print(f"The way of {way.code}, on {TODAY:%d %B %Y}.")
    began = time.perf_counter()

    on_the_first_day(comes, way)
    intake_books_every_visit(comes(way.house.intake), way)
    for rule in chapters.visits_before_the_dose(way):
        clock.goes_on(days=1)
        lead = comes(way.lead)
        lead.opens_the_case_of("Ashgrove")
        chapters.when_the_visit_is_held(lead, way, rule)
    on_the_last_day(lead, way)
    chapters.then_intake_reads_that_they_are_ready(comes(way.house.intake), way)

    readers = comes.people.values()
    assert set().union(*(reader.foreign for reader in readers)) == set()
    if WHOLE:
        pages = sum(reader.pages for reader in readers)
        seconds = time.perf_counter() - began
        evidence.keep(way, TODAY, pages=pages, seconds=seconds, people=len(readers))
