"""Whole days of the made-up clinic, for pages that look over many cases at once."""

from datetime import date

from clinic.people import actions as people
from tests.builders.house import DAY, HOUR, NOON
from tests.builders.supervised import a_dosed_session

NAMES = ["Birch", "Cedar", "Elder", "Fern", "Hazel", "Ivy", "Juniper", "Linden"]


def a_full_day(house, *, at=NOON, sessions=1, first=0):
    """So many people dosed and still here, each in a room of their own, four hours apart."""
    live = []
    for n in range(first, first + sessions):
        room = people.add_room(
            house.site, by=house.manager, at=at - 30 * DAY, name=f"Room {NAMES[n]}"
        )
        session = a_dosed_session(
            house,
            at=at - 4 * n * HOUR,
            family_name=NAMES[n],
            born=date(1980 + n, 1, 1),
            phone=f"+1 212 555 01{n:02}",
            email=f"{NAMES[n].lower()}@patients.example",
            room=room,
        )
        live.append(session)
    return live
