"""Errata of a version that is in force, proposed and approved by the real acts."""

from clinic.protocols.errata import actions
from clinic.protocols.queries import document_of
from tests.builders.house import NOON, proof

STAY = "minimum_stay.rows[0].minutes"
QUESTION = "screening.items[0].text"


def minutes(version, at=None):
    return document_of(version, at).minimum_stay.rows[0].minutes


def question(version, at=None):
    return document_of(version, at).screening.items[0].text


def a_proposed_erratum(house, *, at=NOON, by=None, version=None, place=QUESTION, **said):
    """What the author has proposed: another wording of the first question of the screening."""
    facts = {
        "shall_say": "Is this the sentence that should have stood here?",
        "reason": "A slip of the pen.",
        "source": "The author's manuscript, page 3.",
    }
    return actions.propose(
        version or house.version, by=by or house.author, at=at, place=place, **facts | said
    )


def a_longer_stay(house, *, more=30, at=NOON, **said):
    """What the author has proposed: a longer minimum stay."""
    shall_say = str(minutes(house.version) + more)
    return a_proposed_erratum(house, at=at, place=STAY, shall_say=shall_say, **said)


def approved(house, erratum, *, at=NOON):
    """An erratum that binds: the approver has signed it."""
    by = house.approver
    actions.approve(erratum, by=by, at=at, proof=proof(by, at))
    house.version.refresh_from_db()
    return erratum


def an_erratum(house, *, at=NOON, **said):
    """An approved erratum of the version in force."""
    return approved(house, a_proposed_erratum(house, at=at, **said), at=at)
