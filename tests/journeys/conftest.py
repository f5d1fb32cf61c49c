"""A house that stands in a database of its own, and people before browsers of their own."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils.timezone import now

from tests.journeys.buttons import WALKED
from tests.journeys.looks import let_run_from


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


class Clock:
    """The made-up clock: Python, the database and every browser go by it until it is given up."""

    def __init__(self, *, slow_by):
        self.present = now()
        self._travel = time_machine.travel(self.present - slow_by, tick=True)
        self._made_up = self._travel.start()
        self.browsers = []

    def goes_on(self, **units):
        self._made_up.shift(timedelta(**units))
        self._tell_the_browsers()

    def stands_at(self, moment):
        self._made_up.move_to(moment)
        self._tell_the_browsers()

    def is_given_up(self):
        if self._made_up is not None:
            self._travel.stop()
            self._made_up = None

    def runs_in(self, context):
        """Let a browser go by this clock."""
        if self._made_up is not None:
            self.browsers.append(context)
            let_run_from(context, now())

    def _tell_the_browsers(self):
        for context in self.browsers:
            let_run_from(context, now())


@pytest.fixture
def clock(house, monkeypatch):
    """A clock ten days slow, for a clinic that stood fifty days when it begins."""
    from clinic.audit import middleware  # noqa: PLC0415 -- as above

    clock, tell = Clock(slow_by=timedelta(days=10)), middleware.set_context_of
    monkeypatch.setattr(middleware, "set_context_of", lambda user: tell(user, clock=now()))
    yield clock
    clock.is_given_up()


@pytest.fixture
def somebody(request, live_server, browser, browser_context_args):
    """A person before a browser of their own: signed in, or nobody yet."""
    from tests.journeys.people import PHONE, Person  # noqa: PLC0415 -- as above

    people = []

    def comes(user=None, *, on_a_phone=False, who=Person):
        size = {"size": PHONE} if on_a_phone else {}
        person = who(browser, live_server.url, browser_context_args, **size)
        people.append(person)
        if "clock" in request.fixturenames:
            request.getfixturevalue("clock").runs_in(person.context)
        if user is not None:
            person.signs_in(user)
        return person

    yield comes
    wrong = [what for person in people for what in person.watch.wrong]
    for person in people:
        person.context.close()
    assert not wrong, "\n".join(wrong)
    # What is said to be pressed here is pressed: the table is proved by the journeys themselves.
    said = WALKED.get(f"{request.path.name}::{request.function.__name__}", set())
    unsent = said.difference(*(person.watch.sent for person in people))
    assert not unsent, f"{request.node.name} sends nothing to {sorted(unsent)}"


@pytest.fixture(scope="module")
def _moved_in(request, django_db_setup, django_db_blocker):
    """The clinic a module names: built once a process, copied for each of its tests."""
    from tests.journeys import crowd  # noqa: PLC0415 -- as above

    with django_db_blocker.unblock():
        clinic = django_db_setup.move_in(getattr(crowd, request.module.CLINIC))
    yield clinic
    with django_db_blocker.unblock():
        django_db_setup.move_out()


@pytest.fixture
def crowd(_moved_in, transactional_db):
    """The clinic of this module, at noon, when the clock stands still."""
    from tests.journeys.crowd import NOON  # noqa: PLC0415 -- as above

    with time_machine.travel(NOON, tick=False):
        yield _moved_in


@pytest.fixture(scope="module")
def browsers(live_server, browser, browser_context_args):
    """A browser for each reader, kept from test to test: a new one costs more than most pages."""
    from tests.journeys.crowd import NOON  # noqa: PLC0415 -- as above
    from tests.journeys.looks import Watch  # noqa: PLC0415 -- as above
    from tests.journeys.people import DESK  # noqa: PLC0415 -- as above

    kept = {}

    def of(reader):
        if reader not in kept:
            context = browser.new_context(
                **browser_context_args,
                viewport=DESK,
                reduced_motion="reduce",
                base_url=live_server.url,
            )
            let_run_from(context, NOON)
            page = context.new_page()
            page.on("dialog", lambda dialog: dialog.accept())
            kept[reader] = page, Watch(context)
        return kept[reader]

    yield of
    for page, _ in kept.values():
        page.context.close()


@pytest.fixture
def reads(crowd, live_server, browsers):
    """A page before whoever may open it, signed in since noon; nothing is kept of who was here."""
    from tests.journeys.people import DESK  # noqa: PLC0415 -- as above

    pages, watches = {}, []

    def comes(reader):
        if reader not in pages:
            page, watch = browsers(reader)
            page.set_viewport_size(DESK)
            page.context.add_cookies(
                [
                    {"name": name, "value": value, "url": live_server.url}
                    for name, value in crowd.cookies[reader].items()
                ]
            )
            pages[reader] = page
            watches.append(watch)
        return pages[reader]

    yield comes
    for page in pages.values():
        page.goto("about:blank")
        device = page.context.new_cdp_session(page)
        everything = {"origin": live_server.url, "storageTypes": "all"}
        device.send("Storage.clearDataForOrigin", everything)
        device.detach()
    wrong = [what for watch in watches for what in watch.wrong]
    for watch in watches:
        watch.wrong.clear()
    assert not wrong, "\n".join(wrong)
