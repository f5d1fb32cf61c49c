"""What a machine can hold about how the code reads, a machine holds."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

from clinic import access, walls, workflow

CHECKOUT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((CHECKOUT / "templates").rglob("*.html"))
CODE = [
    path
    for folder in ("clinic", "sessions")
    for path in sorted((CHECKOUT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]
OURS = [
    m for label in ("clinic", "clinic_sessions") for m in apps.get_app_config(label).get_models()
]
WORKFLOWS = [
    m
    for m in OURS
    if any(f.name == "status" for f in m._meta.fields)
    and hasattr(import_module(m.__module__), "STEPS")
    and not m.__name__.endswith("Event")
]
CLOCKS = {
    "stated_at", "received_at", "due_at", "sent_at", "expires_at", "starts_at", "ends_at",
    "claimed_at", "failed_at", "climbs_at", "told_at", "pickup_at", "answered_at", "started_at",
    "opened_at", "finished_at", "given_at", "cancelled_at", "joined_at", "ended_at", "signed_at",
    "pgh_created_at", "asked_at",
}  # fmt: skip


def relative(path):
    return str(path.relative_to(CHECKOUT))


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_no_template_carries_a_script_a_style_or_unescaped_text(template):
    text = template.read_text()

    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\sstyle=|<style|\|safe\b|autoescape off|\son[a-z]+=", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_no_template_compares_a_status(template):
    assert not re.search(r"{%\s*(el)?if [^%]*\bstatus\s*[!=]=", template.read_text())


@pytest.mark.parametrize("model", WORKFLOWS, ids=lambda m: m._meta.label)
def test_every_status_has_its_steps_and_can_be_reached(model):
    module = import_module(model.__module__)
    statuses, steps = {str(s) for s in module.Status}, module.STEPS
    start = {str(model._meta.get_field("status").default)}

    reached, frontier = set(start), set(start)
    while frontier:
        frontier = {str(t) for s in frontier for t in steps[s]} - reached
        reached |= frontier

    assert {str(s) for s in steps} == statuses
    assert reached == statuses


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_a_status_is_written_by_move_alone(path):
    if relative(path) == "clinic/workflow.py":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            written = [t.attr for t in targets if isinstance(t, ast.Attribute)]
            assert "status" not in written, f"line {node.lineno}"
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update":
            assert "status" not in [k.arg for k in node.keywords], f"line {node.lineno}"


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_every_act_keeps_its_time_and_its_person(model):
    fields = {f.name for f in model._meta.fields}
    for name in fields:
        if name.endswith("_at") and name not in CLOCKS:
            by = name.removesuffix("_at") + "_by"
            assert by in fields, f"{name} has no {by}"


@pytest.mark.parametrize("path", [p for p in CODE if p.name == "views.py"], ids=relative)
def test_no_view_reaches_past_the_visible_rows(path):
    assert ".objects" not in path.read_text()


@pytest.mark.parametrize(
    "path", [p for p in CODE if p.name in {"rules.py", "actions.py", "queries.py"}], ids=relative
)
def test_rules_and_acts_are_given_the_time(path):
    text = path.read_text()

    assert not re.search(r"\bnow\(\)|datetime\.now|date\.today|timezone\.now", text)


@pytest.mark.parametrize("path", [p for p in CODE if p.name == "actions.py"], ids=relative)
def test_every_act_says_what_it_does(path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_every_slice_is_imported_by_its_app():
    for app in ("clinic", "sessions"):
        slices = [p.parent.name for p in (CHECKOUT / app).glob("*/models.py")]
        text = (CHECKOUT / app / "models.py").read_text()
        assert [s for s in slices if f"{app}.{s}.models" not in text] == []


def test_every_view_names_who_may_open_it():
    assert access.no_view_without_permission(None) == []


def test_every_permission_is_explained_and_held_by_some_role():
    held = set().union(*(allows for _, _, allows in access.ROLES.values()))

    assert set(access.WHAT_IT_ALLOWS) == set(access.Permission)
    assert held == set(access.Permission)


def test_every_kind_of_obstacle_is_registered_where_rules_are_written():
    assert all(g.code == code and g.meaning.endswith(".") for code, g in workflow.GATES.items())


@pytest.mark.django_db
def test_every_table_stands_behind_a_wall_or_says_why_not():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = 'public' AND relkind = 'r' AND NOT (relrowsecurity AND EXISTS"
            " (SELECT FROM pg_policy WHERE polrelid = c.oid))"
        )
        open_tables = {name for (name,) in cursor.fetchall()}

    assert open_tables == set(walls.lists("NO_WALL"))


@pytest.mark.django_db
def test_what_is_not_listed_as_changeable_cannot_be_changed():
    tables = connection.introspection.table_names()
    changeable = set(walls.lists("MAY_UPDATE"))
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                "SELECT has_any_column_privilege(%s, 'UPDATE'), has_table_privilege(%s, 'DELETE'),"
                " has_table_privilege(%s, 'TRUNCATE')",
                [table, table, table],
            )
            update, delete, truncate = cursor.fetchone()
            assert (update, truncate) == (table in changeable, False), table
            assert delete == (table in walls.lists("MAY_DELETE")), table


@pytest.mark.django_db
def test_the_server_stands_on_a_role_that_cannot_undo_the_record():
    walls.refuse_unsafe_role()


def test_models_of_sessions_are_never_called_session():
    names = [m.__name__ for m in OURS if issubclass(m, models.Model)]

    assert "Session" not in names
