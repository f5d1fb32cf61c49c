"""The database and the broker that come with the checkout, for where no others are named."""

import os
from contextlib import contextmanager
from pathlib import Path

from clinic.embedded.broker import Broker
from clinic.embedded.postgres import PostgreSQL
from clinic.embedded.shared import CannotStart

CHECKOUT = Path(__file__).resolve().parent.parent.parent
_joined: dict[str, Broker | PostgreSQL] = {}


def home() -> Path:
    """The folder that holds everything this checkout writes, VIGIL_HOME or `.vigil`."""
    return Path(os.environ.get("VIGIL_HOME") or CHECKOUT / ".vigil").absolute()


def ensure_database() -> None:
    """Export the three database addresses, starting or joining the embedded server if none is set."""
    if os.environ.get("DATABASE_URL"):
        return
    # Tests may lose their database with the machine's power, but never with a killed process.
    with _in_one_sentence():
        server = PostgreSQL(home(), survives_power_cuts=os.environ.get("VIGIL_MODE") != "test")
        server.join()
    _joined["database"] = server
    os.environ["DATABASE_URL"] = server.url("vigil_app")
    os.environ["DATABASE_OWNER_URL"] = server.url("vigil_owner")
    os.environ["DATABASE_READER_URL"] = server.url("vigil_reader")


def ensure_broker() -> None:
    """Export the broker's address, starting or joining the embedded one if none is set."""
    if os.environ.get("BROKER_URL"):
        return
    with _in_one_sentence():
        broker = Broker(home())
        broker.join()
    _joined["broker"] = broker
    os.environ["BROKER_URL"] = broker.url()


def ensure_services() -> None:
    """Make sure of the database and the broker."""
    ensure_database()
    ensure_broker()


@contextmanager
def _in_one_sentence():
    try:
        yield
    except OSError as error:
        raise CannotStart(
            f"{error.filename or home()}: {error.strerror}. "
            "Set VIGIL_HOME to a folder on this machine that you may write to."
        ) from error


def look_after_servers():
    """Start again what this process has joined and somebody killed, and say so."""
    for server in _joined.values():
        if not server.is_alive():
            yield f"The {server.name} does not answer; starting it again."
            server.start_if_dead()
