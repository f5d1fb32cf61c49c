"""Matters that need a person, by the real acts."""

from clinic.attention import actions
from clinic.attention.models import Urgency
from clinic.people.queries import system_user
from tests.builders.house import NOON


def a_matter(house, *, at=NOON, **facts):
    """A red matter of the house that nobody has taken yet."""
    facts = {
        "kind": "call_back",
        "words": "Somebody asked to be called back.",
        "urgency": Urgency.RED,
        "occurrence": f"call-back/{at}",
    } | facts
    if "case" not in facts:
        facts.setdefault("site", house.site)
    return actions.raise_matter(by=system_user(), at=at, **facts)


def a_taken_matter(house, *, at=NOON, by=None, **facts):
    """A matter the nurse has taken."""
    return actions.take(a_matter(house, at=at, **facts), by=by or house.nurse, at=at)
