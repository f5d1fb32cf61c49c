"""Every guard in the source, each taken away alone: a decorator, or one use of one filter.

A use is found in the syntax of the code and taken out of it; the function goes on with the code that
is left, wherever it was imported to.
"""

import ast
import functools
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from clinic import access
from clinic.safety.concerns import queries as concerns
from tests.matrix.opening import everybody, everywhere
from tests.matrix.routes import every_route

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DECORATORS = {"requires", "in_care"}
LEAVES = {"in_reach", "sites_where"}
BY_EVERYBODY = "%s::bigint IS NOT NULL"  # in place of who hears a concern: the database's own words
NO_FILTER = {"visible_items"}  # the questions of a form that its answers leave open
THEMSELVES = {"clinic/access.py", "clinic/context.py"}  # where the filters are written


@dataclass(frozen=True)
class Use:
    """One use of one guard: where it stands, and what it is called."""

    path: str
    function: str
    line: int
    column: int
    guard: str

    def __str__(self):
        return f"{self.path}:{self.line}:{self.column} {self.function}: {self.guard}"

    @property
    def place(self):
        """Where it stands, whichever line that is."""
        return self.path, self.function, self.guard

    @property
    def module(self):
        return import_module(self.path.removesuffix(".py").replace("/", "."))

    @property
    def bare(self):
        """The function in which it stands, without anything it wears."""
        found = self.module
        for name in self.function.split("."):
            found = vars(found)[name] if isinstance(found, type) else getattr(found, name)
        found = getattr(found, "fget", None) or getattr(found, "func", None) or found
        found = getattr(found, "__func__", found)
        while hasattr(found, "__wrapped__"):
            found = found.__wrapped__
        return found


def sources():
    """Every file of the product, with its syntax."""
    for app in ("clinic", "sessions"):
        for path in sorted((CHECKOUT / app).rglob("*.py")):
            name = str(path.relative_to(CHECKOUT))
            if "/migrations/" not in name and name not in THEMSELVES:
                yield name, ast.parse(path.read_text())


def uses(is_one, calls_of):
    """Every use of some guards, in the order of the source."""
    return sorted(
        (
            Use(path, function, call.lineno, call.col_offset, called(call))
            for path, tree in sources()
            for function, call in calls_of(tree)
            if is_one(called(call))
        ),
        key=lambda use: (use.path, use.line, use.column),
    )


def decorators():
    """Every @requires and every @in_care, worn as it is or by a name that its module gave it."""
    return uses(lambda name: name in DECORATORS, _worn)


def filters():
    """Every use of a filter, where rows are fetched: a visible_…, an in_reach, a sites_where."""
    return uses(is_filter, _called_in)


def is_filter(name):
    """Whether a function of this name keeps back rows of others."""
    return name in LEAVES or (name.startswith("visible_") and name not in NO_FILTER)


def called(call):
    """The name of what a call calls."""
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def _worn(tree):
    named = dict(_named(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for worn in node.decorator_list:
                call = named.get(getattr(worn, "id", ""), worn)
                if isinstance(call, ast.Call):
                    yield node.name, call


def _named(tree):
    """The names a module gives to what its views wear, as in SEES = requires(...)."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            yield from ((each.id, node.value) for each in node.targets if hasattr(each, "id"))


def _called_in(tree):
    for top in tree.body:
        inside = top.body if isinstance(top, ast.ClassDef) else [top]
        for node in inside:
            if not isinstance(node, ast.FunctionDef):
                continue
            name = node.name if node is top else f"{top.name}.{node.name}"
            for each in ast.walk(node):
                if isinstance(each, ast.Call):
                    yield name, each


# -- Taking a filter away --------------------------------------------------------------------------


@contextmanager
def without(use, world):
    """Go on without this one use of this one filter."""
    module, function = use.module, use.bare
    opened = {
        "in_reach": everybody(world),
        "sites_where": everywhere(world),
        "_unfiltered": functools.partial(unfiltered, world),
    }
    stand_ins = {f"_open_{name}": value for name, value in opened.items()}
    kept = function.__code__
    vars(module).update(stand_ins)
    function.__code__ = _code_without(use, kept)
    try:
        yield
    finally:
        function.__code__ = kept
        for name in stand_ins:
            del vars(module)[name]


@contextmanager
def watched(found, met):
    """Note in a set which of the functions that use a filter are called."""
    functions = {(use.path, use.function): use for use in found}
    kept = {place: use.bare.__code__ for place, use in functions.items()}
    for place, use in functions.items():
        vars(use.module)["_note_called"] = met.add
        use.bare.__code__ = _code_after(_Noting(place), use.path, kept[place])
    try:
        yield
    finally:
        for place, use in functions.items():
            vars(use.module).pop("_note_called", None)
            use.bare.__code__ = kept[place]


class _Noting(ast.NodeTransformer):
    def __init__(self, place):
        self.place, self.inside = place, []

    def visit_ClassDef(self, node):  # noqa: N802 -- as ast names it
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()
        return node

    def visit_FunctionDef(self, node):  # noqa: N802 -- the same
        if ".".join([*self.inside, node.name]) == self.place[1]:
            noting = ast.parse(f"_note_called({self.place!r})").body[0]
            node.body.insert(0, ast.copy_location(noting, node.body[0]))
        return node


def unfiltered(world, visible):
    """A query whose own filters, and those it asks in turn, let in to everybody."""

    @functools.wraps(visible)
    def asked(*arguments, **named):
        with every_leaf_open(world):
            return visible(*arguments, **named)

    return asked


@contextmanager
def every_leaf_open(world):
    """Let every filter count for nothing, for as long as one query is put together."""
    opened = {"in_reach": everybody(world), "sites_where": everywhere(world)}
    places = list(_places_of_leaves())
    heard_by = concerns.HEARD_BY
    concerns.HEARD_BY = BY_EVERYBODY
    for module, name in places:
        setattr(module, name, opened[name])
    try:
        yield
    finally:
        concerns.HEARD_BY = heard_by
        for module, name in places:
            setattr(module, name, getattr(access, name))


@functools.cache
def _places_of_leaves():
    return tuple(
        (module, name)
        for module_name, module in list(sys.modules.items())
        if module_name.split(".")[0] in {"clinic", "sessions"} and module is not access
        for name in LEAVES
        if getattr(module, name, None) is getattr(access, name)
    )


class _Removal(ast.NodeTransformer):
    def __init__(self, use):
        self.use = use

    def visit_Call(self, node):  # noqa: N802 -- as ast names it
        self.generic_visit(node)
        at = (node.lineno, node.col_offset, called(node))
        if at != (self.use.line, self.use.column, self.use.guard):
            return node
        if self.use.guard in LEAVES:
            node.func = ast.copy_location(
                ast.Name(f"_open_{self.use.guard}", ast.Load()), node.func
            )
        else:
            opening = ast.Name("_open__unfiltered", ast.Load())
            node.func = ast.copy_location(ast.Call(opening, [node.func], []), node.func)
        return node


@functools.cache
def _code_without(use, kept):
    return _code_after(_Removal(use), use.path, kept)


def _code_after(change, path, kept):
    """The code of a function as it is compiled once its syntax was changed."""
    tree = change.visit(ast.parse((CHECKOUT / path).read_text()))
    code = compile(ast.fix_missing_locations(tree), kept.co_filename, "exec", dont_inherit=True)
    (found,) = [
        each
        for each in _codes_in(code)
        if (each.co_qualname, each.co_firstlineno) == (kept.co_qualname, kept.co_firstlineno)
    ]
    return found


def _codes_in(code):
    for each in code.co_consts:
        if hasattr(each, "co_code"):
            yield each
            yield from _codes_in(each)


# -- Taking a decorator away -----------------------------------------------------------------------


def routes_of(use):
    """The routes that lead to the function a decorator stands over."""
    return [name for name, view in every_route().items() if use.bare in chain_of(view)]


def chain_of(view):
    """A view and everything it wraps, outermost first."""
    chain = [view]
    while hasattr(chain[-1], "__wrapped__"):
        chain.append(chain[-1].__wrapped__)
    return chain


def _let_everybody_in(permissions, view):
    def guarded(request, *arguments, **named):
        permissions  # noqa: B018 -- so that it closes over what the guard closes over
        return view(request, *arguments, **named)

    return guarded.__code__


@contextmanager
def undressed(view):
    """Go on as if no decorator of ours stood over this view."""
    chain = chain_of(view)
    guards = [each for each in chain if each.__code__.co_qualname in _GUARDS]
    (guard,) = guards
    kept, said = guard.__code__, [dict(vars(each)) for each in chain]
    guard.__code__ = _let_everybody_in(None, None)
    for each in chain:  # default-deny: a view that says nothing asks for a sign-in
        vars(each).pop("login_required", None)
        vars(each).pop("requires", None)
    try:
        yield
    finally:
        guard.__code__ = kept
        for each, before in zip(chain, said, strict=True):
            vars(each).update(before)


_GUARDS = {"requires.<locals>.wear.<locals>.guarded", "in_care.<locals>.wear.<locals>.guarded"}
