"""What every test stands on: the database, the closed network, the browser."""

import ipaddress
import os
import shutil
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent

# Tests have a home of their own: nothing they do can reach the clinic of `make demo`.
os.environ["VIGIL_HOME"] = os.environ.get("VIGIL_TEST_HOME", str(CHECKOUT / ".vigil-test"))
os.environ["VIGIL_MODE"] = "test"
os.environ["VIGIL_DB_ROLE"] = "app"
os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
# Playwright runs an event loop in the test's own thread; the ORM is not used from inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from clinic.embedded import ensure_database  # noqa: E402 -- reads what was set above

ensure_database()
if not os.environ.get("DATABASE_OWNER_URL"):
    pytest.exit("Tests make databases: set DATABASE_OWNER_URL beside DATABASE_URL.", returncode=4)

from django.conf import settings  # noqa: E402 -- reads what ensure_database exported
from django.db import transaction  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402

from tests.database import TestRun  # noqa: E402

settings.DATABASES  # noqa: B018 -- loads the settings, which makes pytest-django set Django up


# -- The network ends at this machine --------------------------------------------------------


def _refuse_the_outside(event, arguments):
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host is not None and not _is_here(host):
        raise PermissionError(f"A test tried to reach {host}; tests may use this machine only.")


def _is_here(host):
    host = host.decode() if isinstance(host, bytes) else host
    if host in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


sys.addaudithook(_refuse_the_outside)


# -- The database ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    run = TestRun()
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        # Tests that commit get a copy and drop it, in place of Django's flush.
        patch.setattr(
            TransactionTestCase, "_fixture_setup", classmethod(lambda cls: run.begin_fresh())
        )
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: run.end_fresh())
        connection_created.connect(_insist_on_the_application_role)
        run.begin()
        with django_db_blocker.block():
            yield run
        run.end()


def _insist_on_the_application_role(sender, connection, **kwargs):
    # Asked beside Django's cursor, so that no test counts this as a query of its own.
    (user,) = connection.connection.execute("SELECT current_user").fetchone()
    if user != "vigil_app":
        raise AssertionError(f"Tests run as vigil_app, with every wall up; this one is {user}.")


def furnish():
    """The made-up house as most tests need it: sixty days old at noon."""
    from tests.builders.house import a_house  # noqa: PLC0415 -- Django is set up only by now

    with transaction.atomic():
        a_house()


def furnish_for_today():
    """The same house sixty days old today, for pages that know no clock but the wall's."""
    from django.utils.timezone import now  # noqa: PLC0415 -- as above

    from tests.builders.house import DAY, a_house  # noqa: PLC0415 -- as above

    with transaction.atomic():
        a_house(at=now() - 60 * DAY)


def _moved_in(how):
    @pytest.fixture(scope="module")
    def moved_in(django_db_setup, django_db_blocker):
        with django_db_blocker.unblock():
            django_db_setup.move_in(how)
        yield
        with django_db_blocker.unblock():
            django_db_setup.move_out()

    return moved_in


# Let every test of a module begin where the made-up house stands already: a_house() finds it.
# Building it anew takes longer than most tests.
in_the_house = _moved_in(furnish)
in_the_house_today = _moved_in(furnish_for_today)


@pytest.fixture
def seeing(db):
    """Let the test's transaction see these sites, as a person with roles at them would."""
    from clinic.context import set_context  # noqa: PLC0415 -- Django is set up only by now

    def see(*sites, user=None):
        set_context(user_id=user and user.pk, sites=[site.pk for site in sites])

    return see


def pytest_terminal_summary(terminalreporter):
    """Say what the matrix asked: its tests note it down, in whichever process they ran."""
    from tests.matrix import evidence  # noqa: PLC0415 -- only a run's end needs it

    evidence.summarise(terminalreporter)


# -- The post --------------------------------------------------------------------------------


@pytest.fixture
def sink(tmp_path):
    """The mail server of the demonstration, with an empty folder."""
    from tests.faults.post import Sink  # noqa: PLC0415 -- Django is set up only by now

    server = Sink(tmp_path / "mail")
    yield server
    server.process.terminate()
    server.process.wait()


@pytest.fixture
def broker(tmp_path):
    """The address of a broker nobody else uses."""
    from clinic.embedded.broker import Broker  # noqa: PLC0415 -- as above

    server = Broker(tmp_path)
    server.join()
    yield server.url()
    server.leave()


# -- The browser -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = os.environ.get("VIGIL_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        pytest.fail(
            "There is no Chromium. Install it with: apt-get install chromium", pytrace=False
        )
    return browser_type_launch_args | {
        "executable_path": chromium,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "en-GB", "timezone_id": "Europe/London"}
