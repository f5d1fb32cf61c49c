"""Every form: what it does not ask for changes nothing, and no question takes two answers.

The forms are those that the product defines; each is found on its own page, filled in as far as can
be guessed, and sent once as it is, once with everything that any model of ours has a field for.
"""

import json
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from unittest.mock import patch

import pytest
from django import forms
from django.apps import apps
from django.db import connection, models

from clinic.context import set_context
from clinic.people.queries import system_user
from tests.builders.house import HOUR, PASSWORD
from tests.matrix.actors import AT_BOTH
from tests.matrix.asking import TRAIL, browser_of, touched, undone
from tests.matrix.cells import OWN, UUID, may_open, rows_of
from tests.matrix.libraries import SCRATCH
from tests.matrix.opening import every_site_of
from tests.matrix.routes import address_of, our_routes
from tests.matrix.stages import STAGES, Stage
from tests.matrix.test_bodies import CHECKOUT, forms_on

pytestmark = pytest.mark.xdist_group("matrix 1")

# Who fills a form in: the first of them whom the page lets do it.
WHO = ["two_sites", "prescriber", "facilitator", "nurse", "medical_lead", "manager", "intake",
       "approver", "author", "safety_lead", "privacy_officer", AT_BOTH, "nobody"]  # fmt: skip
ROWS, TRIES = 2, 4
# Forms that this test sends nowhere, each with why.
NOT_MET = {
    "clinic.booking.course.forms.CourseVisitForm": (
        "the visits of a draft: tests/clinic/booking/test_three_cycles.py"
    ),
    "clinic.booking.course.forms.FollowerForm": (
        "the visits after a session: tests/clinic/booking/test_following.py"
    ),
    "clinic.pages.examples.ExampleForm": "drawn in the gallery; no page takes it",
    "clinic.pages.examples.ExampleVitals": "drawn in the gallery; no page takes it",
    "clinic.people.door.forms.ChangeEmailForm": "a view of the library takes it",
    "clinic.people.door.forms.ChangePasswordForm": "a view of the library takes it",
    "clinic.people.door.forms.NewPasswordForm": "a view of the library takes it",
    "clinic.people.forms.FoundationForm": "where there is no clinic yet: test_first_start.py",
    "clinic.protocols.drafting.forms.RowForm": "the rows of a list: test_formsets.py",
}
ENCRYPTED = re.compile(r"gAAAA[\w=-]+")
# What the views read of a form by themselves.
ASKED_BY_VIEWS = {
    name
    for path in [*CHECKOUT.glob("clinic/**/*.py"), *CHECKOUT.glob("sessions/**/*.py")]
    for found in re.findall(
        r'POST\.get(?:list)?\("(\w+)"|"(\w+)" in request\.POST', path.read_text()
    )
    for name in found
}
# Which table a column of another names a row of.
LEADS_TO = {
    (model._meta.db_table, field.column): field.related_model._meta.db_table
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if isinstance(field, models.ForeignKey)
}
# Forms that stand on another page than the one that takes them.
ASKED_ELSEWHERE = {"cases:died": {"died_at", "words"}}
NOT_COMPARED = (
    "digest",
    "hash",
    "token",
    "secret",
    "password",
    "received_at",
    "search_name",
    "pgh_",
)


# -- Finding a form and filling it in --------------------------------------------------------------


def classes(of=forms.BaseForm):
    """Every form the product defines."""
    found = set()
    for each in of.__subclasses__():
        found |= classes(each)
        if each.__module__.split(".")[0] in {"clinic", "sessions"}:
            found.add(each)
    return found


def filled(form):
    """What somebody would send who answers every question of a form."""
    sent = {}
    for name, field in form.fields.items():
        value = guess(name, field, form.get_initial_for_field(field, name))
        widget = field.widget
        if isinstance(widget, forms.MultiWidget):
            parts = widget.decompress(value)
            names = [form.add_prefix(name) + each for each in widget.widgets_names]
            sent |= {n: str(part) for n, part in zip(names, parts, strict=True)}
        elif value not in (None, "", []):
            sent[form.add_prefix(name)] = value
    return sent


def guess(name, field, initial):
    """An answer that a question may take."""
    if initial not in (None, "", []) and not isinstance(field, forms.BooleanField):
        return field.prepare_value(initial)
    if hasattr(field, "choices"):
        taken = [str(value) for value, _ in _flat(field.choices) if str(value)]
        is_many = getattr(field.widget, "allow_multiple_selected", False)
        return taken[:1] if is_many else next(iter(taken), "")
    for kind, answer in ANSWERS:
        if isinstance(field, kind):
            return answer(field)
    return PASSWORD if "password" in name else "" if name == "code" else "Words enough to say why."


def _number(field):
    low = field.min_value if field.min_value is not None else 1
    return str(max(Decimal(1), Decimal(low)))


ANSWERS = [
    (forms.FileField, lambda field: ""),
    (forms.BooleanField, lambda field: "on"),
    (forms.IntegerField, _number),
    (forms.SplitDateTimeField, lambda field: datetime.now(UTC) - 6 * HOUR),
    (forms.DateTimeField, lambda field: (datetime.now(UTC) - 6 * HOUR).strftime("%Y-%m-%dT%H:%M")),
    (forms.DateField, lambda field: datetime.now(UTC).date().isoformat()),
    (forms.TimeField, lambda field: "12:00"),
    (forms.EmailField, lambda field: "somebody@example.org"),
    (forms.UUIDField, lambda field: "6f1d3c70-0000-4000-8000-000000000001"),
]


def _flat(choices):
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


# -- Sending it ------------------------------------------------------------------------------------


def send(world, stage, values, body):
    """Send a form once, undone afterwards: the answer, and every value it stored."""
    browser = browser_of(world, stage.actor)
    with undone(), connection.cursor() as cursor:
        stage.before(world)
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (first,) = cursor.fetchone()
        before = touched()
        response = browser.post(address_of(stage.name, values), body)
        written = touched() - before
        _read_choices(response)
        return response, stored(world, cursor, first, written)


def stored(world, cursor, first, written):
    """Every row written since a moment, without what is new each time."""
    set_context(user_id=system_user().pk, sites=every_site_of(world))
    rows, new = [], {}
    for table in sorted(set(written) - TRAIL - SCRATCH):
        cursor.execute(
            f'SELECT to_jsonb(t) FROM "{table}" t WHERE t.xmin::text::bigint >= %s ORDER BY 1',
            [first],
        )
        found = [row if isinstance(row, dict) else json.loads(row) for (row,) in cursor.fetchall()]
        new[table] = {row.get("id") for row in found}
        rows += [(table, row) for row in found]
    return sorted(_kept(table, row, new) for table, row in rows), Counter(written)


def _read_choices(response):
    """The forms of an answer, with the rows one may choose read while somebody may see them."""
    found = forms_on(response)
    for field in [field for form in found for field in form.fields.values()]:
        if isinstance(field, forms.ModelChoiceField):
            field.choices = list(field.choices)
    return found


def _kept(table, row, new):
    kept = {
        column: "new" if value in new.get(LEADS_TO.get((table, column)), ()) else value
        for column, value in row.items()
        if column not in {"id", "key"} and not any(word in column for word in NOT_COMPARED)
    }
    return table, ENCRYPTED.sub("*", UUID.sub("*", json.dumps(kept, sort_keys=True)))


def undeclared(world, declared):
    """A value for every field that any model of ours has, but for what the forms themselves ask."""
    sent = {"is_staff": "on", "is_superuser": "on", "groups": "1", "user_permissions": "1"}
    for model in apps.get_models():
        if model.__module__.split(".")[0] in {"clinic", "sessions"}:
            for field in model._meta.concrete_fields:
                value = unasked(world.places["b"].house, field)
                sent |= {field.name: value, field.attname: value}
    prefixes = {name.rpartition("-")[0] for name in declared} - {""}
    for prefix in sorted(prefixes):
        sent |= {f"{prefix}-{name}": "7" for name in ("status", "site", "id", "key", "by")}
    return {n: v for n, v in sent.items() if n not in declared | ASKED_BY_VIEWS}


def unasked(foreign, field):
    """What somebody would try to write into a field: another site's row, or another value."""
    if isinstance(field, models.ForeignKey):
        return str(foreign.site.pk if field.name == "site" else foreign.intake.pk)
    if isinstance(field, models.UUIDField):
        return str(foreign.site.key)
    if isinstance(field, models.DateField):
        return "2001-01-01"
    return "on" if isinstance(field, models.BooleanField) else "7"


def twice(form, body):
    """The same answers, and a second one to every question that takes one."""
    sent, asked = dict(body), set()
    for name, field in form.fields.items():
        single = not getattr(field.widget, "allow_multiple_selected", False)
        for part in getattr(field.widget, "widgets_names", [""]):
            box = form.add_prefix(name) + part
            if single and box in body:
                sent[box] = [body[box], f"{body[box]}1"]
                asked.add(name)
    return sent, asked


# -- What must hold --------------------------------------------------------------------------------


@dataclass
class Try:
    """A form as somebody sent it: where, of which row, and what came of it."""

    stage: Stage
    values: dict
    forms: list
    body: dict
    status: int
    stored: tuple
    asked: set  # of the product's forms, those that read what was sent

    @property
    def is_taken(self):
        return self.status in {200, 204, 302} and bool(set(self.stored[1]) - TRAIL - SCRATCH)


def best_try(world, name, view):
    """The first time a form of a route is taken, or the last that it was not; None if it has none."""
    best, tries = None, 0
    for actor in WHO:
        if not may_open(view, world.actors[actor]):
            continue
        own = [values for whose, values in rows_of(world, name, actor) if whose == OWN]
        for values in own[:ROWS]:
            best, tries = one_try(world, Stage(name, actor), values), tries + 1
            if best is None or best.is_taken or tries == TRIES:
                return best
    return best


def one_try(world, stage, values):
    """A form filled in and sent as somebody would; None where nothing can be sent."""
    bare, _ = send(world, stage, values, {})
    if bare.status_code == 405:
        return None
    found, body = forms_of(world, stage, values, bare), {}
    for form in found:
        body = filled(form) | body
    body |= stage.answers
    with forms_asked() as asked:
        response, left = send(world, stage, values, body)
    return Try(stage, values, found, body, response.status_code, left, asked)


@contextmanager
def forms_asked():
    """The forms of the product that read what is sent meanwhile."""
    asked, real = set(), forms.BaseForm.full_clean

    def full_clean(form):
        asked.update(set(type(form).__mro__) if form.is_bound else ())
        real(form)

    with patch.object(forms.BaseForm, "full_clean", full_clean):
        yield asked


def forms_of(world, stage, values, bare):
    """The forms a route takes: those its answer to an empty one holds, or its page."""
    found = [form for form in forms_on(bare) if form.is_bound]
    if not found:
        with undone():
            stage.before(world)
            page = browser_of(world, stage.actor).get(address_of(stage.name, values))
            found = _read_choices(page)
    return [form for form in found if type(form).__module__.split(".")[0] != "django"]


def wrong_with(world, tried):
    """What is wrong with how a route takes its form."""
    who = (tried.stage, tried.values)
    said = f"{tried.stage.name} by {tried.stage.actor}"
    declared = {form.add_prefix(name) for form in tried.forms for name in form.fields}
    declared |= ASKED_ELSEWHERE.get(tried.stage.name, set())
    smuggled, left = send(world, *who, tried.body | undeclared(world, declared))
    if (smuggled.status_code, left[0]) != (tried.status, tried.stored[0]):
        apart = set(left[0]) ^ set(tried.stored[0])
        yield f"{said}: stores what it does not ask for, {apart}"
    body, asked = dict(tried.body), set()
    for form in tried.forms:
        more, names = twice(form, tried.body)
        body, asked = body | {k: v for k, v in more.items() if isinstance(v, list)}, asked | names
    if not asked:
        return
    response, left = send(world, *who, body)
    if stays := set(left[1]) - TRAIL - SCRATCH:
        yield f"{said}: takes one of two answers and stores it, {stays}"


def kind_asks(kind):
    """Whether a form of this kind asks anything."""
    return bool(getattr(kind, "base_fields", None))


def test_every_form_stores_what_it_asks_for_and_takes_no_second_answer(world, record_property):
    tries = [best_try(world, name, view) for name, view in our_routes().items()]
    tries += [one_try(world, stage, stage.row(world)) for stage in STAGES]
    sent = [tried for tried in tries if tried is not None]
    wrong = [line for tried in sent for line in wrong_with(world, tried)]
    shown = {kind for tried in sent for form in tried.forms for kind in type(form).__mro__}
    # A form without a question stands on no page of its own: it is met where it was asked.
    asked = {kind for tried in sent for kind in tried.asked if not kind_asks(kind)}
    met = shown | asked
    unmet = {f"{c.__module__}.{c.__name__}" for c in classes() - met}
    taken = sum(tried.is_taken for tried in sent)

    record_property("forms", f"{len(sent)} routes, {len(met & classes())} forms, {taken} taken")
    assert wrong == [], "\n".join(wrong)
    assert unmet == set(NOT_MET), unmet ^ set(NOT_MET)
    assert taken > 60, taken
