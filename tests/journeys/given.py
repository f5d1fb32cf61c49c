"""Where a journey begins: people brought so far by the real actions, on the made-up clock."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.timezone import now

from clinic.protocols.queries import document_of
from sessions.rehearsal import walk

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ROWAN = {"family_name": "Ashgrove", "given_name": "Rowan"}
PEOPLE = [  # nobody shares a telephone or a birthday
    {"family_name": "Birchwood", "given_name": "Alder", "born": date(1979, 3, 3)},
    {"family_name": "Cedarfield", "given_name": "Elm", "born": date(1988, 4, 4)},
    {"family_name": "Dunmoor", "given_name": "Fir", "born": date(1990, 5, 5)},
]


def others():
    """People who are not Rowan, each with a telephone of their own."""
    for number, person in enumerate(PEOPLE):
        yield person | {"phone": f"+1 212 555 02{number:02d}"}


def in_the_second_room(house):
    """The room and the people that leave the first room's free."""
    return {
        "room": house.second_room,
        "people": [
            (house.second_facilitator, "facilitator"),
            (house.second_nurse, "nurse"),
            (house.medical_lead, "prescriber"),
        ],
    }


@transaction.atomic
def somebody_ready(house, **person):
    """A person whose session begins right now."""
    return walk.ready(house, session_at=now() - 2 * MINUTE, **(person or ROWAN))[1]


@transaction.atomic
def somebody_dosed(house, ago, *, nurse=None, where=None, **person):
    """A person who had the dose so long ago and was watched ever since."""
    given_at = now() - ago
    session = walk.ready(
        house, session_at=given_at - 30 * MINUTE, **(where or {}), **(person or ROWAN)
    )[1]
    walk.up_to_the_dose(house, session, at=given_at, nurse=nurse)
    walk.watched(house, session, dosed_at=given_at, until=now(), nurse=nurse)
    return session


@transaction.atomic
def somebody_home(house, **person):
    """A person whose session was yesterday and who went home well."""
    begun_at = now() - 28 * HOUR
    session = walk.ready(house, session_at=begun_at, **(person or ROWAN))[1]
    walk.whole_session(house, session, at=begun_at + 30 * MINUTE)
    return session


def checklist(house, code):
    """A list of the protocol: today's checks, the criteria for leaving."""
    document = document_of(house.version)
    return document.checklist(getattr(document, code).checklist)
