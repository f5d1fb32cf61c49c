"""Protocol versions on their way from a file to force."""

from clinic.protocols import actions
from clinic.protocols.files import library
from clinic.protocols.queries import uncertain_numbers
from tests.builders.house import NOON

TEXT = library()["ketamine-im"].read_text("utf-8")
TITLE = "Ketamine-assisted psychotherapy, intramuscular"


def a_text(title="Ketamine, our way"):
    """The shipped file under another title: another document of the same protocol."""
    return TEXT.replace(f"title: {TITLE}", f"title: {title}", 1)


def a_draft(house, *, at=NOON, title="Ketamine, our way"):
    """What an author has just loaded."""
    return actions.load(a_text(title), by=house.author, at=at)


def a_reviewed_version(house, *, at=NOON, title="Ketamine, our way"):
    """What an author has sent to review."""
    version = a_draft(house, at=at, title=title)
    actions.submit(version, by=house.author, at=at)
    return version


def places(version):
    """The places of every number that is to be confirmed."""
    return [number.place for number in uncertain_numbers(version)]
