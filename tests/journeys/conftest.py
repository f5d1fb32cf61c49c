"""A house that stands in a database of its own, and people before browsers of their own."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now


def zone_where_it_is_noon():
    """A zone in which it is about noon right now, so that no test depends on the hour it runs."""
    behind = now().hour - 12
    # The names of these zones count westwards.
    return f"Etc/GMT{behind:+d}" if behind else "Etc/GMT"


@pytest.fixture
def house(transactional_db):
    """The made-up clinic, sixty days old, where it is about noon."""
    from clinic.people.models import Site  # noqa: PLC0415 -- Django is set up only by now
    from tests.builders.house import a_house  # noqa: PLC0415

    with transaction.atomic():
        house = a_house(at=now() - timedelta(days=60))
        Site.objects.update(zone=zone_where_it_is_noon())
        house.site.refresh_from_db()
    return house


@pytest.fixture
def somebody(live_server, browser, browser_context_args):
    """A person before a browser of their own: signed in, or nobody yet."""
    from tests.journeys.people import PHONE, Person  # noqa: PLC0415 -- as above

    people = []

    def comes(user=None, *, on_a_phone=False):
        size = {"size": PHONE} if on_a_phone else {}
        person = Person(browser, live_server.url, browser_context_args, **size)
        people.append(person)
        if user is not None:
            person.signs_in(user)
        return person

    yield comes
    wrong = [what for person in people for what in person.watch.wrong]
    for person in people:
        person.context.close()
    assert not wrong, "\n".join(wrong)
