"""Every page of the house asks the database as often with fifty rows of everything as with one.

The pages are those the resolver knows, and the rows are of every kind: nothing is on a list here
but what is asked for in an address.
"""

import logging
import re
from collections import Counter

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.access import ROLES, every_view
from clinic.people.models import RoleAtSite, User
from sessions.rehearsal import house as made_up
from tests.builders.house import DAY, NOON, PASSWORD, sign_in
from tests.lists.growth import grow
from tests.matrix import world
from tests.matrix.routes import our_routes, rows_for, takes_a_row
from tests.matrix.tables import MAY_BE_UNREADY, OF_TWO_SITES, ROUTES

pytestmark = pytest.mark.django_db(transaction=True)
WORD = "zwaluwnest"
# What a page is asked for beyond its address.
ASKED = {
    "cases:search": [f"?q={WORD}"],
    "booking:week": ["", "?by=person"],
    "casefile:show": ["", "?show=all"],
}
# Lists of the site, and lists of one person's way: each must be longer when there are fifty.
BESIDE = {
    "attention:index", "booking:week", "casefile:board", "casefile:dashboard", "casefile:list",
    "cases:holds", "cases:index", "cases:search", "people:absences", "people:hours",
    "people:licences",
    "people:rooms", "people:rota", "people:staff", "stock:index",
}  # fmt: skip
BENEATH = {
    "casefile:show", "cases:contacts", "cases:team", "documents:index", "evidence:of_case",
    "integration:measures", "integration:visit", "links:index", "medicines:of_case",
    "messages:index", "stock:lot", "supervised:record", "supervised:show",
}  # fmt: skip
LISTS = BESIDE | BENEATH
# They show the first rows of several kinds of case: what no shown row needs is not asked.
CUT = {"casefile:dashboard", "casefile:list", "cases:index"}


@pytest.fixture
def place(transactional_db, caplog):
    """One site with a row of every kind, all of them reached by the real acts."""
    caplog.set_level(logging.CRITICAL, "django.request")  # acts are asked for as pages, too
    with time_machine.travel(NOON, tick=False), transaction.atomic():
        house = made_up.build(at=NOON - 60 * DAY, password=PASSWORD)
        place = world.Place(house, WORD, "zwaluwpost")
        world.tell(place)
        place.house.everybody = User.objects.create(email="all@vigil.example", name="Ada All")
        for role in ROLES:
            RoleAtSite.objects.create(
                user=house.everybody, site=house.site, role=role, valid_from=NOON - 300 * DAY
            )
    with time_machine.travel(NOON, tick=False):
        yield place


def pages_of(place, beneath_one):
    """The address of every page; of a list beneath a case or a session, with each there is."""
    here = set(our_routes()) & set(ROUTES) - MAY_BE_UNREADY - OF_TWO_SITES  # one site stands alone
    for name in sorted(here):
        every = rows_for(place, name)
        if takes_a_row(name):
            every = every if beneath_one and name in LISTS else every[:1]
        elif beneath_one:
            continue
        for values in every:
            for asked in ASKED.get(name, [""]):
                yield name, reverse(name, kwargs=values) + asked
    for _, name, _ in every_view():
        if name.endswith("_changelist") and not beneath_one:
            yield name, reverse(name)


def warmed(client, place, beneath_one):
    """The pages that are there, each opened once: an opening is written once a while."""
    return [
        (name, url)
        for name, url in pages_of(place, beneath_one)
        if client.get(url).status_code == 200
    ]


def measured(client, pages):
    """What each page asks of the database, and how long it is."""
    found = {}
    for page in pages:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page[1])
        assert answer.status_code == 200, page
        found[page] = (Counter(shape(each["sql"]) for each in queries), len(answer.content))
    return found


def unlike_in(name, one, fifty):
    """What a page asks oftener, or less often, than before."""
    more, fewer = fifty - one, one - fifty
    fewer = Counter() if name in CUT else fewer
    return " ".join(
        f"{word} {dict(found.most_common(3))}"
        for word, found in (("oftener", more), ("less often", fewer))
        if found
    )


def shape(sql):
    """A query without its values and how wide their numbers are, short enough to read."""
    bare = re.sub(r"'[^']*'|\"s\d+_x\d+\"|\b\d+\b|_django_curs_\w+", "?", sql)
    return re.sub(r"::int[248]\b", "::int", bare)[:160]


@pytest.mark.parametrize("beneath_one", [False, True], ids=["of everybody", "of one person"])
def test_fifty_rows_cost_as_many_queries_as_one(place, beneath_one):
    client = sign_in(Client(), place.house.everybody)
    pages = warmed(client, place, beneath_one)
    one = measured(client, pages)

    grow(49, beneath_one=beneath_one)
    fifty = measured(client, pages)

    unlike = [
        f"{url}: {difference}"
        for name, url in pages
        if (difference := unlike_in(name, one[name, url][0], fifty[name, url][0]))
    ]
    assert not unlike, "\n".join(unlike)
    longer = {name for name, url in pages if fifty[name, url][1] > one[name, url][1] * 1.2}
    assert sorted((BENEATH if beneath_one else BESIDE) - longer) == []
