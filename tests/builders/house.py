"""The made-up clinic every test stands on."""

from datetime import UTC, datetime, timedelta

from clinic.audit.models import TrailEntry
from clinic.context import set_context
from clinic.people.queries import system_user
from sessions.rehearsal import house as made_up

NOON = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)  # a Wednesday, noon at Harbour House
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PASSWORD = made_up.PASSWORD
proof = made_up.proof


def a_house(*, at=NOON - 60 * DAY):
    """A clinic that has stood for sixty days; the database's walls show both its sites.

    Where the fixture `in_the_house` has built it for a whole module, it is found, not built.
    """
    house = made_up.find()
    if house is None:
        return made_up.build(at=at, password=PASSWORD)
    house.at = at
    sites = [house.site.pk, house.other_site.pk]
    set_context(user_id=system_user().pk, sites=sites, clock=at)
    return house


def codes(refusal):
    """The codes of a refusal met by pytest.raises."""
    return refusal.value.codes


def sign_in(client, user):
    """A browser in which this person has signed in."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def trail():
    """Every act in the trail, oldest first."""
    return list(TrailEntry.objects.order_by("pk").values_list("act", flat=True))
