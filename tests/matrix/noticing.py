"""Whether the matrix notices that one use of one filter is gone: which cells reach it, which turn red."""

from collections import defaultdict
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

import pytest

from clinic import walls
from tests.database import as_owner
from tests.matrix.asking import ask
from tests.matrix.cells import ABSENT, OWN, judge, may_open, rows_of
from tests.matrix.filled import FILLED
from tests.matrix.opening import every_wall_open
from tests.matrix.removing import filters, watched, without
from tests.matrix.routes import our_routes
from tests.matrix.unnoticed import SECOND

LET_IN_TO_BOTH = "two_sites"
# Whom the walls are opened for, where the database alone would hide what the filter let through.
BEFORE_OPEN_WALLS = ["facilitator", "medical_lead", "manager", "privacy_officer", "safety_lead",
                     "nurse", "author", "former"]  # fmt: skip
AT_MOST = 12  # routes asked for one use: the slice's own come first


@dataclass
class Noticed:
    """One use of a filter, and the cell that turned red without it, if one did."""

    use: object
    cell: str = ""
    walls: str = ""
    has_a_second: bool = False  # another asks the same: only without both is a cell red


def every_use_noticed(world):
    """Take each use away in turn; the first cell that is red without it, and green with it."""
    reached = routes_by_function(world)
    for use in filters():
        routes = reached.get((use.path, use.function), [])
        yield _noticed(world, use, sorted(routes, key=lambda n: (not _is_of(use, n), n)))


def _is_of(use, name):
    return name.split(":")[0] in use.path.split("/")


def routes_by_function(world):
    """Which routes lead to which function of ours, found by going there."""
    found, met = defaultdict(list), set()
    with watched(filters(), met):
        for name, view in our_routes().items():
            if not may_open(view, world.actors[LET_IN_TO_BOTH]):
                continue
            met.clear()
            for method, values in _asked(world, name, LET_IN_TO_BOTH):
                ask(world, LET_IN_TO_BOTH, method, name, values)
            for function in met:
                found[function].append(name)
    return found


def _asked(world, name, actor):
    rows = list(_some_rows(world, name, actor, at_most=3))
    own = [values for whose, values in rows if whose == OWN] or [rows[0][1]]
    for values in own:
        yield "GET", values
    yield "POST", own[0]


def _some_rows(world, name, actor, at_most=4):
    taken = defaultdict(int)
    for whose, values in rows_of(world, name, actor):
        taken[whose] += 1
        if whose != ABSENT and taken[whose] <= at_most:
            yield whose, values


def _noticed(world, use, routes):
    return (
        _turned_red(world, use, routes[:AT_MOST], [LET_IN_TO_BOTH], "up", nullcontext())
        or _filled_turned_red(world, [use], "up", nullcontext())
        or _turned_red(world, use, routes[:AT_MOST], BEFORE_OPEN_WALLS, "open", open_walls(world))
        or _filled_turned_red(world, [use], "open", open_walls(world))
        or _with_its_second(world, use)
        or Noticed(use)
    )


def _filled_turned_red(world, uses, said, as_walls_are):
    """The first of the cells that are filled in that is red without these uses, and green with them."""
    with as_walls_are:
        for name, check in FILLED.items():
            with ExitStack() as stack:
                for use in uses:
                    stack.enter_context(without(use, world))
                is_red = check(world)
            if is_red and not check(world):
                return Noticed(uses[0], name.replace("_", " "), said)
    return None


def _with_its_second(world, use):
    """A rule that asks again what its page has asked: with neither of the two, a cell is red."""
    if use.place not in SECOND:
        return None
    (first,) = [each for each in filters() if each.place == SECOND[use.place]]
    for said, walls_are in [("up", nullcontext()), ("open", open_walls(world))]:
        if found := _filled_turned_red(world, [use, first], said, walls_are):
            cell = f"{found.cell}; taken away with `{first}`"
            return Noticed(use, cell, said, has_a_second=True)
    return None


def _turned_red(world, use, routes, actors, said, as_walls_are):
    views = our_routes()
    with as_walls_are:
        for name in routes:
            for actor in actors:
                if not may_open(views[name], world.actors[actor]):
                    continue
                if cell := _red_only_without(world, use, name, views[name], actor):
                    return Noticed(use, f"{cell.method} {name} by {actor}, {cell.whose} row", said)
    return None


def _red_only_without(world, use, name, view, actor):
    for whose, values in _some_rows(world, name, actor):
        for method in ["GET"] if whose == OWN else ["GET", "POST"]:
            asked = (world, name, view, actor, whose, method, values)
            with without(use, world):
                cell = judge(*asked)
            if cell.wrong and not judge(*asked).wrong:
                return cell
    return None


@contextmanager
def open_walls(world):
    """The database shows everything to everybody: the application's filters stand alone."""
    of_their_own = list(walls.lists("OWN_WALL"))
    with pytest.MonkeyPatch.context() as patch:
        every_wall_open(world, patch)
        _turn(of_their_own, "DISABLE")
        try:
            yield
        finally:
            _turn(of_their_own, "ENABLE")


def _turn(tables, how):
    with as_owner() as owner:
        for table in tables:
            owner.execute(f'ALTER TABLE "{table}" {how} ROW LEVEL SECURITY')
