"""The cells of the matrix: every route the resolver knows, every kind of actor, whose rows."""

from django.urls import NoReverseMatch, get_resolver, reverse
from uuid import uuid4

from clinic.access import GUARDED_ELSEWHERE, PUBLIC, Permission, every_view

PARTS = [
    "nobody",
    "intake",
    "facilitator",
    "nurse",
    "prescriber",
    "medical_lead",
    "manager",
    "author",
    "approver",
    "safety_lead",
    "privacy_officer",
    "stranger",
]


def our_routes():
    """Every named route of ours, as (name, view, arguments' names); libraries guard their own."""
    found = {}
    for _, name, view in every_view():
        module = getattr(view, "__module__", "") or ""
        if any(module.startswith(known) for known in GUARDED_ELSEWHERE):
            continue
        found[name] = (view, arguments_of(name))
    return found


def arguments_of(name):
    """The names of the arguments a route takes, in order."""
    resolver = get_resolver()
    *spaces, last = name.split(":")
    for space in spaces:
        resolver = resolver.namespace_dict[space][1]
    for possible in resolver.reverse_dict.getlist(last):
        return possible[0][0][1]
    return []


def address(name, values):
    """The address of a route with these values, or None where it does not fit."""
    try:
        return reverse(name, kwargs=values)
    except NoReverseMatch:
        return None


def may_open(view, user):
    """Whether any of this person's roles allows what the view asks."""
    from clinic.access import may_anywhere

    wanted = view.requires
    if PUBLIC in wanted:
        return True
    if not user.is_authenticated:
        return False
    permissions = [p for p in wanted if isinstance(p, Permission)]
    return not permissions or any(may_anywhere(user, p) for p in permissions)


def absent():
    """A key nobody has."""
    return uuid4()
