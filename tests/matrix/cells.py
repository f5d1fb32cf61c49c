"""The cells of the matrix: every route the resolver knows, everybody, whose row, which method."""

import random
import re
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product, zip_longest
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Q
from django.test.client import Client, ClientHandler
from django.urls import URLResolver, get_resolver, reverse

from clinic import access, context
from clinic.access import GUARDED_ELSEWHERE, PUBLIC, Permission, every_view, may_anywhere
from tests.matrix.tables import BEARER, MAY_BE_UNREADY, NARROWER, ROUTES, SHARED
from tests.matrix.world import OTHER_TEAM

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TRAIL = {"clinic_trailentry", "clinic_chainhead"}
OWN, OTHER, ABSENT = "own", "other", "absent"


# -- Routes ----------------------------------------------------------------------------------


def our_routes():
    """Every named route of ours and its view; libraries guard their own."""
    return {
        name: view
        for _, name, view in every_view()
        if not any((view.__module__ or "").startswith(known) for known in GUARDED_ELSEWHERE)
    }


def arguments_of(name):
    """The names of the arguments a route takes in its address."""
    resolver = get_resolver()
    *spaces, last = name.split(":")
    for space in spaces:
        resolver = resolver.namespace_dict[space][1]
    (possible, *_) = resolver.reverse_dict.getlist(last)
    fixed = possible[2]
    return [name for name in possible[0][0][1] if name not in fixed]


def rows_for(place, name):
    """The values of a route's arguments at one site, as many as there are rows to try."""
    columns = []
    for argument, what in ROUTES[name].items():
        if isinstance(what, list):
            columns.append([(argument, word) for word in what])
            continue
        kinds = what if isinstance(what, tuple) else (what,)
        rows = [row for kind in kinds for row in place.rows[kind]]
        columns.append([(argument, getattr(row, "key", row)) for row in rows])
    if not columns:
        return [{}]
    if any(isinstance(what, list) for what in ROUTES[name].values()):
        return [dict(values) for values in product(*columns)]
    # Rows that belong together stand at the same place in their lists.
    return [
        dict(value or column[0] for value, column in zip(values, columns, strict=True))
        for values in zip_longest(*columns)
    ]


def absent(name, values):
    """The same address with keys nobody has."""
    return {
        argument: value
        if isinstance(ROUTES[name][argument], list) or ROUTES[name][argument] in WORDS
        else ("x" * 43 if ROUTES[name][argument] in BEARER else uuid4())
        for argument, value in values.items()
    }


WORDS = {"finding", "text_code"}


def takes_a_row(name):
    """Whether the address names a row of somebody's."""
    return any(not isinstance(what, list) for what in ROUTES[name].values())


def has_no_site(name):
    """Whether the rows of this route belong to no site."""
    return any(what in SHARED for what in ROUTES[name].values() if isinstance(what, str))


def is_bearer(name):
    """Whether the address itself is the secret that opens it."""
    return any(what in BEARER for what in ROUTES[name].values() if isinstance(what, str))


# One for all: making the middleware anew for each request would cost more than the request.
HANDLER = ClientHandler(enforce_csrf_checks=False)


# -- Asking ----------------------------------------------------------------------------------


@dataclass
class Answer:
    """What came back, and what was written on the way."""

    status: int
    location: str
    body: bytes
    headers: str
    allows: set
    written: Counter
    error: str = ""

    @property
    def text(self):
        """Every byte of the answer, headers and all."""
        return (self.headers + "\n" + self.body.decode("utf-8", "replace")).casefold()

    def masked(self, values):
        """The answer without what may differ: what was asked for, and secrets of one answer."""
        text = self.headers + "\n" + self.body.decode("utf-8", "replace")
        for value in values:
            text = text.replace(str(value), "*")
        return re.sub(r"[A-Za-z0-9]{32,64}", "*", text)


@contextmanager
def undone():
    """A transaction of which nothing stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(world, actor, method, name, values, query=""):
    """One request by one person, undone afterwards."""
    client = Client()
    client.handler = HANDLER
    for key, morsel in world.cookies.get(actor, {}).items():
        client.cookies[key] = morsel.value
    with undone():
        before = _touched()
        try:
            response = client.generic(method, reverse(name, kwargs=values) + query)
        except Exception as error:  # noqa: BLE001 -- whatever a view lets through is a finding
            return Answer(500, "", b"", "", set(), Counter(), f"{type(error).__name__}: {error}")
        if response.status_code < 400:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return _answer(response, _touched() - before)


def _answer(response, written):
    kept = sorted(
        (name, value) for name, value in response.items() if name != "Content-Security-Policy"
    )
    cookies = sorted(response.cookies)
    return Answer(
        status=response.status_code,
        location=response.get("Location", ""),
        body=response.content,
        headers=f"{response.status_code} {kept} {cookies}",
        allows=set(response.get("Allow", "").replace(",", " ").split()),
        written=written,
    )


def _touched():
    """How many rows of each table this connection has written so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return Counter(dict(cursor.fetchall()))


# -- What must hold --------------------------------------------------------------------------


def may_open(view, user):
    """Whether any of this person's roles allows what the view asks."""
    if PUBLIC in view.requires:
        return True
    if user is None:
        return False
    permissions = [p for p in view.requires if isinstance(p, Permission)]
    return not permissions or any(may_anywhere(user, p) for p in permissions)


def leaks(world, actor, name, answer, *, asked=(), with_known=True):
    """What of the other site stands in an answer: its words, its keys."""
    if is_bearer(name):
        return []
    if actor == OTHER_TEAM and any(name in answer.text for name in world.home(actor).cared_for):
        return ["somebody in another team's care"]
    places = [world.away(actor)]
    if actor in {"nobody", "former"}:
        places = list(world.places.values())
    found = []
    for place in places:
        words = [place.secret, place.known] if with_known else [place.secret]
        found += [word for word in words if word in answer.text]
        keys = place.keys | place.known_keys if with_known else place.keys
        keys = keys - {str(value) for value in asked}
        found += sorted(set(UUID.findall(answer.text)) & keys)
    return found


@dataclass
class Cell:
    """One square of the matrix, what came back, and what is wrong with it."""

    name: str
    actor: str
    whose: str
    method: str
    values: dict
    answer: Answer
    wrong: list

    def __str__(self):
        return f"{self.method} {self.name} by {self.actor}, {self.whose} row: " + "; ".join(
            self.wrong
        )


def sampled_cells(world, name, *, seed, count=6):
    """Some cells with the other methods, the same for the same seed."""
    chosen = random.Random(f"{seed}/{name}")
    for _ in range(count):
        actor = chosen.choice(list(world.actors))
        values = rows_for(world.home(actor), name)[0]
        whose = OWN
        if takes_a_row(name) and not has_no_site(name) and chosen.random() < 0.5:
            values, whose = rows_for(world.away(actor), name)[0], OTHER
        yield actor, whose, chosen.choice(["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]), values


def cells_of(world, name, view):
    """Every (actor, whose row, method, values) of one route.

    One row of each site for everybody; for who is everything here and at the other site next to
    nothing, whom the database lets in to both, every row in each of its states.
    """
    for actor, user in world.actors.items():
        is_let_in = may_open(view, user)
        rows = slice(None) if actor == "two_sites" else slice(1)
        own, others = rows_for(world.home(actor), name), rows_for(world.away(actor), name)
        for method in ["GET", "POST"]:
            for values in own[rows]:
                yield actor, OWN, method, values
            if takes_a_row(name) and is_let_in:
                yield actor, ABSENT, method, absent(name, own[0])
            if takes_a_row(name) and not has_no_site(name):
                for values in others[rows]:
                    yield actor, OTHER, method, values


def cells_before_the_wall(world, name, view):
    """The cells to ask when the filters stand open: two who are let in, of different parts."""
    parts = ["medical_lead", "manager", "facilitator", "intake", *world.actors]
    let_in = [part for part in parts if part != "two_sites" and may_open(view, world.actors[part])]
    for cell in cells_of(world, name, view):
        if cell[0] in {*let_in[:2], OTHER_TEAM} & set(let_in) and cell[1] != ABSENT:
            yield cell


def judge(world, name, view, actor, whose, method, values):
    """Ask once and say everything that is wrong with the answer."""
    answer = ask(world, actor, method, name, values)
    cell = Cell(name, actor, whose, method, values, answer, [])
    user = world.actors[actor]
    if answer.error or (answer.status >= 500 and name not in MAY_BE_UNREADY):
        cell.wrong.append(f"answers {answer.status} {answer.error}")
        return cell
    if found := leaks(world, actor, name, answer, asked=values.values()):
        cell.wrong.append(f"shows {found} of a site where the person has no role")
    cell.wrong += _wrong_status(world, name, view, user, actor, whose, method, answer, values)
    cell.wrong += _wrong_writes(user, method, answer)
    return cell


def _wrong_status(world, name, view, user, actor, whose, method, answer, values):
    not_taken = answer.status == 405 and method not in answer.allows
    if PUBLIC in view.requires or not_taken:
        return []
    if user is None:
        signs_in = answer.status == 302 and answer.location.startswith("/account/login/")
        return [] if signs_in else [f"answers {answer.status} to somebody not signed in"]
    if not may_open(view, user):
        if answer.status == 403 or is_in_care(world, name, actor, values):
            return []
        if name.startswith("admin:") and answer.location.startswith(reverse("admin:login")):
            return []  # the admin's own door, which refuses
        return [f"answers {answer.status} to a person without the permission, not 403"]
    return _wrong_row(world, name, actor, whose, answer, values)


def _wrong_row(world, name, actor, whose, answer, values):
    """What is wrong with the answer to somebody whom the view lets in: whose row is it?"""
    if whose == OWN and is_in_other_hands(world, actor, values):
        return [] if answer.status == 404 else [f"answers {answer.status}, not 404, to a colleague"]
    if whose == OWN and answer.status in {403, 404} and name not in NARROWER:
        return [f"answers {answer.status} to a person with the permission, for their own row"]
    if whose != OWN and answer.status != 404:
        return [f"answers {answer.status}, not 404"]
    return []


def is_in_other_hands(world, actor, values):
    """Whether the row is about somebody of the person's own site whom another team looks after."""
    in_care = world.home(actor).in_care
    return actor == OTHER_TEAM and any(str(value) in in_care for value in values.values())


def is_in_care(world, name, actor, values):
    """Whether the person has taken a capacity in this very session: nothing locks them out."""
    if not name.startswith("supervised:"):
        return False
    (session,) = world.home(actor).rows["live_session"]
    return values.get("key") == session.key and actor in {"facilitator", "nurse", "prescriber"}


def _wrong_writes(user, method, answer):
    written = {table: rows for table, rows in answer.written.items() if table not in TRAIL}
    refused = answer.status in {403, 404, 405}
    if written and (refused or method != "POST"):
        return [f"wrote {written}"]
    if answer.status in {403, 404} and user is not None:
        entries = answer.written["clinic_trailentry"]
        return [] if entries == 1 else [f"wrote {entries} rows of the trail, not one"]
    return []


def differences(cells):
    """Where somebody else's row and a key nobody has are told apart by a byte."""
    empty = {(c.actor, c.method): c for c in cells if c.whose == ABSENT and c.answer.status == 404}
    found = []
    for cell in cells:
        none = empty.get((cell.actor, cell.method))
        if cell.whose != OTHER or none is None or is_bearer(cell.name):
            continue
        if cell.answer.masked(cell.values.values()) != none.answer.masked(none.values.values()):
            found.append(f"{cell}answers unlike a key that nobody has")
    return found


# -- Taking guards away ----------------------------------------------------------------------


def every_filter_open(world, monkeypatch, only=""):
    """Let every role count at every site, in the code of ours that asks for sites."""
    sites = sorted(place.house.site.pk for place in world.places.values())
    real, real_reach = access.sites_where, access.in_reach

    def everywhere(user, permission):
        return sites if real(user, permission) else []

    def everybody(user, *permissions, patient=""):
        return Q(site_id__in=sites if any(real(user, each) for each in permissions) else [])

    for name, module in list(sys.modules.items()):
        is_ours = name == only if only else name.split(".")[0] in {"clinic", "sessions"}
        if is_ours and getattr(module, "sites_where", None) is real:
            monkeypatch.setattr(module, "sites_where", everywhere)
        if is_ours and getattr(module, "in_reach", None) is real_reach:
            monkeypatch.setattr(module, "in_reach", everybody)


def every_wall_open(world, monkeypatch):
    """Let the database show both sites to everybody."""
    every = sorted(place.house.site.pk for place in world.places.values())

    def show_all(user, *, clock=None):
        context.set_context(user_id=user.pk, sites=every, clock=clock)

    monkeypatch.setattr("clinic.audit.middleware.set_context_of", show_all)


def pattern_of(name):
    """The entry of the resolver behind a route's name."""
    return _patterns()[name]


def _patterns(entries=None, namespace=""):
    found = {}
    for entry in entries if entries is not None else get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            inner = ":".join(filter(None, [namespace, entry.namespace]))
            found |= _patterns(entry.url_patterns, inner)
        elif entry.name:
            found[":".join(filter(None, [namespace, entry.name]))] = entry
    return found


def bare(view):
    """A view without anything it wears."""
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return view
