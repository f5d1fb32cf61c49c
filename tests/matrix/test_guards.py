"""The matrix would notice: each guard is taken away in turn, and a cell turns red."""

import sys
from itertools import product

import pytest
from django.contrib import admin

from clinic.access import Permission, in_reach, no_view_without_permission, sites_where
from tests.matrix.cells import OTHER, OWN, judge
from tests.matrix.opening import every_filter_open, every_wall_open
from tests.matrix.removing import decorators, routes_of, undressed
from tests.matrix.routes import every_route, has_no_site, our_routes, rows_for, takes_a_row
from tests.matrix.tables import OF_TWO_SITES, ROUTES

pytestmark = pytest.mark.xdist_group("matrix 0")

OF_A_SITE = [name for name in ROUTES if name in our_routes() and not has_no_site(name)]
ASK_FOR_SITES = sorted(
    name
    for name, module in sys.modules.items()
    if name.endswith(".queries")
    and (
        getattr(module, "sites_where", None) is sites_where
        or getattr(module, "in_reach", None) is in_reach
    )
)
# Queries of which an open filter shows nowhere, and why.
SHOWS_NOWHERE = {
    "clinic.documents.texts.queries": "it counts who signs again: test_texts.py asks for the number",
    "clinic.audit.queries": "its lines hold no word of the world's; filled.py names who acted",
    "sessions.casefile.board.queries": "it names a picture; filled.py looks whether it changes",
}


def test_every_permission_taken_from_a_view_is_noticed(world, monkeypatch, record_property):
    # The admin site's own door asks for the same roles: only what stands behind it is asked here.
    monkeypatch.setattr(admin.site, "has_permission", lambda request: request.user.is_active)
    over = decorators()
    unnoticed = [str(use) for use in over if not is_noticed(world, use)]

    record_property("decorators", len(over))
    assert {name for use in over for name in routes_of(use)} == set(our_routes())
    assert unnoticed == [], "\n".join(unnoticed)


def is_noticed(world, use):
    """Whether a cell of every route behind a decorator turns red without it, and only without it."""
    routes = routes_of(use)
    return bool(routes) and all(_turns_red_without(world, use, name) for name in routes)


def _turns_red_without(world, use, name):
    view = every_route()[name]
    asked = view.requires
    if not any(isinstance(p, Permission) for p in asked) and None in asked:
        with undressed(view):  # whoever signed in may open it: it is the check that turns red
            return any(f"({name} " in e.msg or f"({name})" in e.msg for e in _errors())
    actor = "former" if any(isinstance(p, Permission) for p in asked) else "nobody"
    values = rows_for(world.home(actor), name)[0]
    for method in ("POST", "GET"):
        with undressed(view):
            view.requires = asked  # what is expected stays
            without = judge(world, name, view, actor, OWN, method, values)
        if without.wrong and not judge(world, name, view, actor, OWN, method, values).wrong:
            return True
    return False


def _errors():
    return no_view_without_permission(None)


def test_every_filter_said_to_show_nowhere_is_there():
    assert set(SHOWS_NOWHERE) - set(ASK_FOR_SITES) == set()


def test_without_the_filters_that_show_nowhere_nothing_turns_red(world, monkeypatch):
    for module in SHOWS_NOWHERE:
        every_filter_open(world, monkeypatch, only=module)

    assert _turns_red(world, "two_sites", "clinic.cases.queries") is None


@pytest.mark.parametrize("module", [m for m in ASK_FOR_SITES if m not in SHOWS_NOWHERE])
def test_a_filter_taken_from_the_queries_is_noticed(world, monkeypatch, module):
    every_filter_open(world, monkeypatch, only=module)

    assert _turns_red(world, "two_sites", module)


def test_a_database_without_walls_is_noticed_where_the_filters_are_open(world, monkeypatch):
    every_filter_open(world, monkeypatch)
    every_wall_open(world, monkeypatch)

    assert _turns_red(world, "medical_lead", "clinic.cases.queries")


def _turns_red(world, actor, module):
    """The first cell that turns red, in words; the slice's own routes are asked first."""
    slice_ = module.split(".")[1]
    routes = our_routes()
    for name in sorted(OF_A_SITE, key=lambda name: not name.startswith(slice_)):
        is_row = takes_a_row(name)
        place = world.away(actor) if is_row and name not in OF_TWO_SITES else world.home(actor)
        whose = OTHER if is_row else OWN
        asked = rows_for(place, name)[-1:] if is_row else rows_for(place, name)
        for method, values in product(["GET", "POST"] if is_row else ["GET"], asked):
            cell = judge(world, name, routes[name], actor, whose, method, values)
            if cell.wrong:
                return str(cell)
    return None
