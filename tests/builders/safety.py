"""Incidents and concerns, by the real acts."""

from clinic.context import set_context_of
from clinic.people.models import User
from clinic.safety.concerns import actions as concerns
from clinic.safety.incidents import actions as incidents
from tests.builders.house import NOON

WORDS = "She held my hand after I had asked her not to."


def an_incident(house, *, at=NOON, by=None, kind="near_miss", words="The wrong lot was drawn."):
    """A near miss somebody reported."""
    return incidents.report(
        house.site, by=by or house.facilitator, at=at, kind=kind, words=words, stated_at=at
    )


def a_concern(house, *, at=NOON, by=None, **facts):
    """A concern a colleague raised."""
    facts = {"words": WORDS} | facts
    return concerns.raise_concern(house.site, by=by or house.nurse, at=at, **facts)


def listening(user):
    """The person with the database's ear: it shows what it shows to them."""
    user = User.objects.get(pk=user.pk)
    set_context_of(user)
    return user
