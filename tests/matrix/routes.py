"""Every route the resolver knows, and the rows each is asked for."""

from itertools import product, zip_longest
from uuid import uuid4

from django.urls import URLResolver, get_resolver, reverse

from tests.matrix.libraries import LIBRARIES, UNNAMED
from tests.matrix.tables import BEARER, ROUTES, SHARED

EVERY = ROUTES | {name: takes for name, (takes, _) in LIBRARIES.items()}
WORDS = {"finding", "text_code"}


def patterns(entries=None, path="/", namespace=""):
    """Every entry of the resolver by its name; by its path where it has none."""
    found = {}
    for entry in entries if entries is not None else get_resolver().url_patterns:
        inside = path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = ":".join(filter(None, [namespace, entry.namespace]))
            found |= patterns(entry.url_patterns, inside, inner)
        elif entry.name:
            found[":".join(filter(None, [namespace, entry.name]))] = entry
        else:
            found[inside] = entry
    return found


def every_route():
    """Every route and the view behind it."""
    return {name: entry.callback for name, entry in patterns().items()}


def our_routes():
    """Every route of ours and its view: they say themselves who may open them."""
    return {name: view for name, view in every_route().items() if hasattr(view, "requires")}


def arguments_of(name):
    """The names of the arguments a route takes in its address."""
    if name in UNNAMED:
        return ["address"]
    resolver = get_resolver()
    *spaces, last = name.split(":")
    for space in spaces:
        resolver = resolver.namespace_dict[space][1]
    (possible, *_) = resolver.reverse_dict.getlist(last)
    fixed = possible[2]
    return [name for name in possible[0][0][1] if name not in fixed]


def address_of(name, values):
    """Where a route is asked for."""
    return values["address"] if name in UNNAMED else reverse(name, kwargs=values)


def rows_for(place, name):
    """The values of a route's arguments at one place, as many as there are rows to try."""
    columns = []
    for argument, what in EVERY[name].items():
        if isinstance(what, list):
            columns.append([(argument, word) for word in what])
            continue
        kinds = what if isinstance(what, tuple) else (what,)
        rows = [row for kind in kinds for row in place.rows[kind]]
        columns.append([(argument, getattr(row, "key", row)) for row in rows])
    if not columns:
        return [{}]
    if any(isinstance(what, list) for what in EVERY[name].values()):
        return [dict(values) for values in product(*columns)]
    # Rows that belong together stand at the same place in their lists.
    return [
        dict(value or column[0] for value, column in zip(values, columns, strict=True))
        for values in zip_longest(*columns)
    ]


def absent(name, values):
    """The same address with keys nobody has."""
    return {
        argument: _of_nothing(EVERY[name][argument], value) for argument, value in values.items()
    }


def _of_nothing(what, value):
    if isinstance(what, list) or what in WORDS:
        return value
    return "x" * 43 if what in BEARER else uuid4()


def takes_a_row(name):
    """Whether the address names a row of somebody's."""
    return any(not isinstance(what, list) for what in EVERY[name].values())


def has_no_site(name):
    """Whether the rows of this route belong to no site."""
    return any(what in SHARED for what in EVERY[name].values() if isinstance(what, str))


def is_bearer(name):
    """Whether the address itself is the secret that opens it."""
    return any(what in BEARER for what in EVERY[name].values() if isinstance(what, str))
