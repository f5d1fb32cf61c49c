"""One gate closed, everything else open: through the page and through a direct POST."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from html import escape
from typing import Any

import time_machine
from django.db import connection

from clinic.audit.models import TrailEntry
from clinic.context import every_site, set_context
from clinic.people.queries import system_user
from tests.builders.house import NOON, a_house, sign_in

CLOSED: list["Closed"] = []
TOUCHED = {
    "clinic_trailentry",
    "clinic_chainhead",
    "django_session",
    "usersessions_usersession",
    "vigil_cache",
}


class Caught(StrEnum):
    """Who says no: nothing is written by any of them, and a sentence is always shown."""

    BY_THE_ACT = "act"  # in the gate's own code, which the trail keeps
    BY_THE_FORM = "form"  # beside the field, before the act is asked
    BY_THE_ADDRESS = "address"  # there is no such page; the trail keeps that somebody asked


BY_THE_FORM, BY_THE_ADDRESS = Caught.BY_THE_FORM, Caught.BY_THE_ADDRESS
STATUS = {
    Caught.BY_THE_ACT: {409, 422},
    Caught.BY_THE_FORM: {422},
    Caught.BY_THE_ADDRESS: {404},
}
WRITTEN = {
    Caught.BY_THE_ACT: ["refused"],
    Caught.BY_THE_FORM: [],
    Caught.BY_THE_ADDRESS: ["refused at the door"],
}
NOT_FOUND = "There is no such page"


@dataclass
class Situation:
    """Who stands before the gate, on which page, and what they send."""

    user: Any  # None for a person with nothing but a link
    post: str  # the address of the act
    data: dict = field(default_factory=dict)
    says: str = ""  # a part of the sentence the refusal shows
    page: str = ""  # the page that shows the reason before anything is sent; "" where only the
    # sent answers can close the gate (a wrong amount, a missing reason)
    at: datetime = NOON
    key: str = ""  # the reason's code where one sentence serves several


@dataclass(frozen=True)
class Closed:
    """A gate of the registry and the situation in which it alone is closed."""

    code: str
    build: Callable[[Any], Situation]
    caught: Caught = Caught.BY_THE_ACT
    behind: str = ""  # the test in which the act itself refuses, where a page asks before it

    def __str__(self):
        slice_ = self.build.__module__.rpartition(".at_")[2]
        return f"{slice_}-{self.code}"


def closed(code: str, caught: Caught = Caught.BY_THE_ACT, behind: str = "") -> Callable:
    """Name the gate that the decorated builder closes, alone.

    Where a form or an address says no before the act is asked, `behind` names the test in which
    the act refuses in the gate's own code.
    """

    def keep(build: Callable) -> Callable:
        CLOSED.append(Closed(code, build, caught, behind))
        return build

    return keep


def fingerprint() -> list[tuple]:
    """Every row of every table, by where it lies: a changed row lies elsewhere.

    Left out are the trail, and what any request of a signed-in person touches.
    """
    set_context(user_id=system_user().pk, sites=every_site())
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - TOUCHED)
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', count(*), bit_xor(hashtextextended(ctid::text, 0))"
                f' FROM "{table}"'
                for table in tables
            )
        )
        return cursor.fetchall()


def meet(case: Closed, client: Any) -> None:
    """Go to the page, read the reason, press all the same; nothing is written but the refusal."""
    house = a_house()
    situation = case.build(house)
    if situation.user:
        sign_in(client, situation.user)
    with time_machine.travel(situation.at, tick=False):
        if situation.page:
            shown = client.get(situation.page)
            assert escape(situation.says) in _read(shown), "the page does not say why"
        before, last = fingerprint(), TrailEntry.objects.order_by("pk").last().pk
        answer = client.post(situation.post, situation.data)
    after = fingerprint()
    written = list(TrailEntry.objects.filter(pk__gt=last).exclude(act="opened"))
    assert answer.status_code in STATUS[case.caught], answer.status_code
    assert escape(situation.says) in _read(answer), "the answer does not say why"
    assert [entry.act for entry in written] == WRITTEN[case.caught]
    if case.caught == Caught.BY_THE_ACT:
        assert _codes(written[0]) == [case.code]
    assert after == before


def _read(answer: Any) -> str:
    """An answer as it reads: a name set apart for its direction is part of its sentence."""
    return re.sub(r"</?bdi>", "", answer.content.decode())


def _codes(entry: TrailEntry) -> list[str]:
    return sorted({reason["code"] for reason in json.loads(entry.payload)["reasons"]})
