"""Another site's row named in a body or in a query: refused, unsaid, and nothing written.

Every field of every form that names a row is found on the pages themselves. Asked by the one whom
the database lets in to both sites: the forms stand alone.
"""

import re
from pathlib import Path
from uuid import UUID

import pytest
from django import forms
from django.db import models
from django.urls import reverse

from tests.matrix.asking import TRAIL, ask, browser_of, touched, undone
from tests.matrix.cells import leaks
from tests.matrix.routes import our_routes, rows_for, takes_a_row
from tests.matrix.tables import ROUTES

pytestmark = pytest.mark.xdist_group("matrix 1")
WHO = "two_sites"
CHECKOUT = Path(__file__).resolve().parent.parent.parent
DECLARED = sorted(set(ROUTES) & set(our_routes()))
# Where such fields are known to be, so that finding none is noticed.
ON_PAGES = {
    "booking:reschedule", "cases:contacts", "cases:team", "people:give_role", "people:invite", "people:put_on_duty",
    "people:record_absence", "supervised:hand_over", "supervised:presence",
}  # fmt: skip
# What belongs to no site, and so may be named anywhere.
OF_NO_SITE = {"ProtocolVersion", "Text"}
# Fields that name every site at which somebody works, and whom they work with there.
OF_EVERY_SITE_OF_ONES_OWN = {("safety:report", "site"), ("safety:report", "about_user")}
# Pages whose form is read from the address, and what tells them that something is asked.
ASKED_FOR = {"booking:course": {"earliest": "2026-11-25"}}
# Pages whose form is sent to another address.
SENT_TO = {"safety:show": "safety:assign", "cases:contacts": "cases:agree"}


def there(world):
    """A row of each kind that the other site has."""
    rows = [row for kind in world.away(WHO).rows.values() for row in kind]
    return {type(row): row for row in rows if isinstance(row, models.Model)}


def asked_by(world, method, name, values, body=None):
    """One request, undone afterwards: the answer with its context, and what it wrote."""
    client = browser_of(world, WHO)
    with undone():
        before = touched()
        response = getattr(client, method)(reverse(name, kwargs=values), body or {})
        response.content  # noqa: B018 -- drawn while the transaction is open
        return response, touched() - before


def forms_on(response):
    """The forms a page was drawn with, each once, wherever they lie in its context."""
    found = {}
    for layer in response.context or []:
        for value in layer.flatten().values() if hasattr(layer, "flatten") else layer.values():
            for each in value.values() if isinstance(value, dict) else [value]:
                if isinstance(each, forms.BaseForm):
                    found[id(each)] = each
    return list(found.values())


def fields_that_name_a_row(form):
    """The fields of a form whose answer is a row's id or key: (name as sent, name, model)."""
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField):
            yield form.add_prefix(name), name, field


def foreign(world, field):
    """What somebody would send to name the other site's row."""
    row = there(world).get(field.queryset.model)
    return row and str(getattr(row, field.to_field_name or "pk"))


def found_on_every_page(world):
    for name in DECLARED:
        for values in rows_for(world.home(WHO), name)[:3]:
            response, _ = asked_by(world, "get", name, values)
            if response.status_code != 200:
                continue
            for form in forms_on(response):
                for sent, field_name, field in fields_that_name_a_row(form):
                    yield name, values, sent, field_name, field


@pytest.fixture
def named(world):
    """Every field that names a row, once for each route."""
    return {
        (name, sent): (values, field_name, field)
        for name, values, sent, field_name, field in found_on_every_page(world)
        if field.queryset.model.__name__ not in OF_NO_SITE
        and (name, field_name) not in OF_EVERY_SITE_OF_ONES_OWN
    }


def test_a_row_of_another_site_named_in_a_body_is_no_choice(world, named):
    wrong = []
    for (name, sent), (values, field_name, field) in named.items():
        theirs = foreign(world, field)
        if theirs is None:
            wrong.append(f"{name}: the world has no {field.queryset.model.__name__} to send")
            continue
        method = "get" if name in ASKED_FOR else "post"
        body = ASKED_FOR.get(name, {}) | {sent: theirs}
        response, written = asked_by(world, method, SENT_TO.get(name, name), values, body)
        refused = [form for form in forms_on(response) if field_name in form.errors]
        if response.status_code not in {409, 422} or not refused:
            wrong.append(f"{name}: {sent} takes another site's row ({response.status_code})")
        if place_shows(world, response):
            wrong.append(f"{name}: the answer to {sent} shows {place_shows(world, response)}")
        if set(written) - TRAIL:
            wrong.append(f"{name}: {sent} wrote {written}")

    assert wrong == [], "\n".join(wrong)
    assert ON_PAGES - {name for name, _ in named} == set()


def place_shows(world, response):
    """What of the other site stands in an answer."""
    place, text = world.away(WHO), response.content.decode("utf-8", "replace").casefold()
    return [word for word in (place.secret, place.known) if word in text]


# -- In a query ------------------------------------------------------------------------------------


def words_asked_for():
    """Every word that any page of ours looks for in its query, from the code."""
    code = "\n".join(
        path.read_text()
        for app in ("clinic", "sessions")
        for path in (CHECKOUT / app).rglob("*.py")
    )
    return sorted(set(re.findall(r"GET\.get(?:list)?\(\"(\w+)\"", code)))


@pytest.mark.parametrize("actor", [WHO, "medical_lead"])
def test_a_row_of_another_site_named_in_a_query_shows_nothing(world, actor):
    place = world.away(actor)
    keys = {str(getattr(row, "key", row)) for rows in place.rows.values() for row in rows}
    some = sorted(key for key in keys if _is_key(key))
    shown = []
    for name in DECLARED:
        if takes_a_row(name) and name not in {
            "booking:book",
            "booking:course",
            "supervised:observe",
        }:
            continue
        values = rows_for(world.home(actor), name)[0]
        for kind in ("site", "room", "case", "patient"):
            key = str(place.rows[kind][0].key)
            query = "?" + "&".join(f"{word}={key}" for word in words_asked_for())
            answer = ask(world, actor, "GET", name, values, query)
            if found := leaks(world, actor, name, answer, asked=some):
                shown.append(f"{name}{query} shows {found}")
            if answer.error or answer.status >= 500 and name != "ready":
                shown.append(f"{name}{query} answers {answer.status} {answer.error}")

    assert shown == []


def _is_key(text):
    try:
        return bool(UUID(text))
    except ValueError:
        return False
