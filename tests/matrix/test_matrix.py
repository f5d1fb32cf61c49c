"""Who may open what, whose row they see, what is left behind: every route, everybody, every way in."""

import os

import pytest
from django.db import connection, transaction

from clinic import walls
from clinic.context import set_context
from tests.matrix.actors import UNREADY
from tests.matrix.asking import ask, undone
from tests.matrix.cells import (
    METHODS,
    cells_before_the_wall,
    cells_of,
    differences,
    judge,
    leaks,
    sampled_cells,
)
from tests.matrix.evidence import SEED, facts_of
from tests.matrix.opening import every_filter_open, every_site_of
from tests.matrix.routes import EVERY, arguments_of, every_route, our_routes, rows_for
from tests.matrix.stages import OPENS_LATER
from tests.matrix.tables import EMPTY, NARROWER, ROUTES, SEEN_FROM_BOTH

EVERYWHERE = bool(os.environ.get("VIGIL_LOOK_EVERYWHERE"))
DECLARED = sorted(set(EVERY) & set(every_route()))
OURS = sorted(set(ROUTES) & set(our_routes()))
pytestmark = pytest.mark.xdist_group("matrix 0")


def halves(names):
    """The routes in two groups, so that two workers build one world each."""
    return [
        pytest.param(name, marks=pytest.mark.xdist_group(f"matrix {number % 2}"), id=name)
        for number, name in enumerate(names)
    ]


def nothing_is_wrong(found):
    """Fail with every sentence, in full."""
    if lines := [str(each) for each in found]:
        pytest.fail("\n".join(lines), pytrace=False)


def test_every_route_says_what_it_takes():
    routes = every_route()

    missing = [
        f"Add '{name}': {{{', '.join(f'{a!r}: its kind of row' for a in arguments_of(name))}}}"
        " to ROUTES in tests/matrix/tables.py."
        for name in sorted(set(routes) - set(EVERY))
    ]
    gone = [
        f"Take '{name}' out of the tables in tests/matrix: there is no such route any more."
        for name in sorted(set(EVERY) - set(routes))
    ]
    unlike = [
        f"'{name}' takes {arguments_of(name)}; the tables say {list(EVERY[name])}."
        for name in sorted(set(routes) & set(EVERY))
        if set(arguments_of(name)) != set(EVERY[name])
    ]

    nothing_is_wrong(missing + gone + unlike)


def test_a_library_guards_no_page_of_ours():
    assert set(ROUTES) == set(our_routes())


def test_something_lies_behind_every_wall(world):
    """A cell about a table without rows would prove nothing."""
    walled = set(connection.introspection.table_names()) - set(walls.lists("NO_WALL"))
    for place in world.places.values():
        assert _empty(walled, [place.house.site.pk]) == set(EMPTY) | SEEN_FROM_BOTH

    assert _empty(walled, every_site_of(world)) == set(EMPTY)


def _empty(tables, sites):
    """The tables in which who sees these sites sees no row."""
    with transaction.atomic(), connection.cursor() as cursor:
        set_context(user_id=None, sites=sites)
        return {table for table in tables if _is_empty(cursor, table)}


def _is_empty(cursor, table):
    cursor.execute(f'SELECT NOT EXISTS (SELECT FROM "{table}")')
    return cursor.fetchone()[0]


@pytest.mark.parametrize("name", NARROWER)
def test_what_is_kept_from_some_is_open_to_somebody(world, name):
    """A page that answered nobody would look like one that is kept from whoever was asked."""
    rows, stage = rows_for(world.places["a"], name), OPENS_LATER.get(name)
    if stage is not None:
        rows = [stage.row(world)]

    assert [values for values in rows if not _is_open_to_somebody(world, name, values, stage)] == []


def _is_open_to_somebody(world, name, values, stage):
    actors = [stage.actor] if stage else set(world.actors) - {UNREADY}
    asked = [(actor, method) for actor in actors for method in ("GET", "POST")]
    return any(_opens(world, actor, method, name, values, stage) for actor, method in asked)


def _opens(world, actor, method, name, values, stage):
    with undone():
        if stage is not None:
            stage.before(world)
        answer = ask(world, actor, method, name, values)
        is_signed_in = not answer.location.startswith("/account/login/")
        return is_signed_in and answer.status not in {403, 404, 405}


@pytest.mark.parametrize("name", halves(DECLARED))
def test_a_route_opens_to_those_it_says_and_shows_only_their_own(world, name, record_property):
    view = every_route()[name]

    if EVERYWHERE:
        cells = [judge(world, name, view, *cell) for cell in cells_of(world, name, METHODS)]
        sampled = []
    else:
        cells = [judge(world, name, view, *cell) for cell in cells_of(world, name)]
        sampled = [judge(world, name, view, *c) for c in sampled_cells(world, name, seed=SEED)]
    record_property("cells", facts_of(cells + sampled))

    nothing_is_wrong([c for c in cells + sampled if c.wrong] + differences(cells))


@pytest.mark.parametrize("name", halves(OURS))
def test_the_database_keeps_the_sites_apart_by_itself(world, name, monkeypatch):
    view = our_routes()[name]
    asked = list(cells_before_the_wall(world, name, view))

    every_filter_open(world, monkeypatch)
    answers = [(cell, ask(world, cell[0], cell[2], name, cell[3])) for cell in asked]

    nothing_is_wrong(
        f"{method} {name} by {actor}, {whose} row, shows {found}"
        for (actor, whose, method, values), answer in answers
        if (found := leaks(world, actor, name, answer, asked=values.values(), with_known=False))
    )


def test_the_admin_door_refuses_who_writes_no_protocols(world):
    """The pages behind it send such a person there."""
    for actor, user in world.actors.items():
        if user is not None and not user.is_staff and actor != "no_second_factor":
            answer = ask(world, actor, "GET", "admin:login", {})
            assert (actor, answer.status, answer.written["clinic_trailentry"]) == (actor, 403, 1)
