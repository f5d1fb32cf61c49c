"""A clinic in which every kind of row is there, and every person has the longest name there can be."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clinic.cases import actions as cases
from clinic.cases.models import Patient
from sessions.rehearsal import house as made_up
from sessions.rehearsal import walk
from tests.builders.door import an_app
from tests.builders.house import DAY, NOON, PASSWORD, sign_in
from tests.matrix.asking import browser_with
from tests.matrix.routes import rows_for
from tests.matrix.tables import ROUTES
from tests.matrix.world import Place, tell
from tests.screens.pages import PAGES

# As long as the field takes: one word that cannot be broken, and many that can.
FAMILY_NAME = ("Wolkenkuckucksheimer" * 6)[:120]
GIVEN_NAME = ("Maximiliana Konstantina Eleftheria " * 4)[:120].strip()
# Who opens a page: the first of them who may, and who finds the most to do on it.
READERS = [
    "prescriber",
    "nurse",
    "facilitator",
    "intake",
    "manager",
    "medical_lead",
    "privacy_officer",
    "second_nurse",
    "nobody",
]
# Who has a second factor, and has not yet kept the codes for the day it is lost.
HAS_AN_APP = "second_nurse"
READ_BY = {
    "integration:visit": "facilitator",  # process notes are no prescriber's
    "break_glass:show": "medical_lead",
    "trail:patient": "privacy_officer",
    "trail:print": "privacy_officer",
}

ASKED = {"cases:search": "?q=Wolken"}  # what a page is asked for, without which it shows nothing


@dataclass
class Read:
    """A page as somebody reads it."""

    reader: str
    address: str
    answer: Any

    @property
    def text(self):
        return self.answer.content.decode()

    @property
    def fields(self):
        return len(re.findall(r"<(?:input(?![^>]*hidden)|select|textarea)", self.text))


@dataclass
class Crowd:
    """The clinic, and everybody's cookies."""

    place: Place
    cookies: dict

    def answers(self, name):
        """This page of every row there is, read by the first who may open it."""
        pages = [reverse(name, kwargs=row) + ASKED.get(name, "") for row in self.rows_of(name)]
        reader = READ_BY.get(name, "nobody" if is_for_nobody(name) else None)
        return [read for page in pages if (read := self.read(page, reader))]

    def rows_of(self, name):
        """The rows a page can be opened at."""
        return rows_for(self.place, name) if all(map(self.has, ROUTES[name].values())) else []

    def has(self, what):
        """Whether a row of this kind, or of one of these, is there; words are always there."""
        kinds = what if isinstance(what, tuple) else (what,)
        return isinstance(what, list) or any(self.place.rows.get(kind) for kind in kinds)

    def read(self, address, by=None):
        """What the first who may open this address reads there."""
        for reader in [by] if by else READERS:
            answer = browser_with(self.cookies[reader]).get(address)
            if answer.status_code == 200:
                return Read(reader, address, answer)
        return None

    def fullest(self, name):
        """The page of this name with the most to fill, and of those with the most to read."""
        return max(self.answers(name), key=lambda read: (read.fields, len(read.text)))


def is_for_nobody(name):
    """Whether a page stands before anybody has signed in."""
    return name in PAGES and PAGES[name].by == "nobody"


def at_noon(build):
    """Build at noon, when the clock stands still, in one transaction."""

    @wraps(build)
    def then():
        with time_machine.travel(NOON, tick=False), transaction.atomic():
            return build()

    return then


@at_noon
def build():
    """The crowded clinic: people treated, in session, being prepared and being screened."""
    house = made_up.build(at=NOON - 60 * DAY, password=PASSWORD)
    place = Place(house, "zwaluwnest", "zwaluwpost")
    tell(place)
    walk.clock(house, NOON)
    for patient in Patient.objects.filter(site=house.site, merged_into__isnull=True):
        cases.correct(
            patient,
            by=house.intake,
            at=NOON,
            family_name=FAMILY_NAME,
            given_name=GIVEN_NAME,
        )
        cases.see_identity(patient, by=house.intake, at=NOON, document="Passport")
    return Crowd(place, cookies_of(house))


@at_noon
def build_empty():
    """A clinic on its first day: one person, referred a moment ago, and nothing else."""
    house = made_up.build(at=NOON - 60 * DAY, password=PASSWORD)
    place = Place(house, "leeg", "leegpost", rows=defaultdict(list))
    by = {"by": house.intake, "at": NOON}
    patient = cases.register(
        **by,
        site=house.site,
        family_name="Ashgrove",
        given_name="Rowan",
        date_of_birth=date(1985, 7, 14),
    )
    case = cases.refer(
        patient,
        **by,
        protocol_version=house.version,
        referral_source="Family doctor",
        referral_reason="Two medicines did not lift it.",
    )
    place.add("patient", patient)
    place.add("case", case)
    return Crowd(place, cookies_of(house))


def cookies_of(house):
    """Everybody's cookies, as they signed in at noon."""
    cookies = {reader: signed_in(house.people.get(reader)) for reader in READERS}
    an_app(house.people[HAS_AN_APP])
    return cookies


def signed_in(user):
    """What the browser of somebody keeps who signed in at noon; nothing, for nobody."""
    client = Client()
    if user is not None:
        sign_in(client, user)
    return {name: morsel.value for name, morsel in client.cookies.items()}
