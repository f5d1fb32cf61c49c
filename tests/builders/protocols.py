"""Protocol versions on their way from a file to force."""

from clinic.protocols import actions
from clinic.protocols.files import library
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import uncertain_numbers
from tests.builders.house import NOON, proof

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


def a_shipped_text(code, *changes):
    """A file of the library; changes are (old, new) of its text, each met once."""
    text = library()[code].read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def a_published_version(house, text, *, at=NOON):
    """A version written by the author that the approver has put in force."""
    return put_in_force(house, actions.load(text, by=house.author, at=at), at=at)


def a_shipped_version(house, code, *, at=NOON):
    """The draft that was loaded from the library, in force beside the house's own protocol."""
    draft = ProtocolVersion.objects.get(protocol__code=code, status="draft")
    return put_in_force(house, draft, at=at)


def put_in_force(house, version, *, at=NOON):
    """Sent to review by the author, every uncertain number confirmed, published by the approver."""
    actions.submit(version, by=house.author, at=at)
    actions.publish(
        version,
        by=house.approver,
        at=at,
        confirmed=places(version),
        proof=proof(house.approver, at),
    )
    version.refresh_from_db()
    return version


def places(version):
    """The places of every number that is to be confirmed."""
    return [number.place for number in uncertain_numbers(version)]
