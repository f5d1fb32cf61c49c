"""One request by one person, undone afterwards: what came back, what was written on the way."""

import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.test.client import Client, ClientHandler

from tests.matrix.routes import address_of

TRAIL = {"clinic_trailentry", "clinic_chainhead"}
# One for all: making the middleware anew for each request would cost more than the request.
HANDLER = ClientHandler(enforce_csrf_checks=False)


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


def browser_of(world, actor):
    """The browser somebody is signed in with."""
    cookies = world.cookies.get(actor, {})
    return browser_with({name: morsel.value for name, morsel in cookies.items()})


def browser_with(cookies):
    """A browser that keeps these cookies already."""
    client = Client()
    client.handler = HANDLER
    client.cookies.load(cookies)
    return client


def ask(world, actor, method, name, values, query="", body=None):
    """One request by one person, undone afterwards; with a body, a form that is sent."""
    client = browser_of(world, actor)
    with undone():
        before = touched()
        try:
            if body is None:
                response = client.generic(method, address_of(name, values) + query)
            else:
                response = client.post(address_of(name, values) + query, body)
        except Exception as error:  # noqa: BLE001 -- whatever a view lets through is a finding
            return Answer(500, "", b"", "", set(), Counter(), f"{type(error).__name__}: {error}")
        if response.status_code < 400:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return _answer(response, touched() - before)


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


def touched():
    """How many rows of each table this connection has written so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return Counter(dict(cursor.fetchall()))
