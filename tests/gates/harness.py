"""One gate closed, everything else open: through the page and through a direct POST."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

import time_machine
from django.db import connection

from clinic.audit.models import TrailEntry
from tests.builders.house import NOON, a_house, sign_in

CLOSED: list["Closed"] = []


@dataclass
class Situation:
    """Who stands before the gate, on which page, and what they send."""

    user: Any
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


def closed(code: str) -> Callable:
    """Name the gate that the decorated builder closes, alone."""

    def keep(build: Callable) -> Callable:
        CLOSED.append(Closed(code, build))
        return build

    return keep


def fingerprint() -> dict[str, int]:
    """How many rows each table has, the trail and sign-ins apart."""
    apart = {"clinic_trailentry", "clinic_chainhead", "django_session", "vigil_cache"}
    counts = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in apart and not table.startswith("usersessions"):
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                counts[table] = cursor.fetchone()[0]
    return counts


def meet(case: Closed, client: Any) -> None:
    """Go to the page, read the reason, press all the same; nothing is written but the refusal."""
    house = a_house()
    situation = case.build(house)
    sign_in(client, situation.user)
    with time_machine.travel(situation.at, tick=False):
        if situation.page:
            shown = client.get(situation.page)
            assert escape(situation.says) in shown.content.decode(), "the page does not say why"
        before, last = fingerprint(), TrailEntry.objects.order_by("pk").last().pk
        answer = client.post(situation.post, situation.data)
    written = list(TrailEntry.objects.filter(pk__gt=last).exclude(act="opened"))
    assert answer.status_code in {409, 422}, answer.status_code
    assert escape(situation.says) in answer.content.decode(), "the answer does not say why"
    assert [entry.act for entry in written] == ["refused"]
    assert _codes(written[0]) == [case.code]
    assert fingerprint() == before


def _codes(entry: TrailEntry) -> list[str]:
    import json

    return sorted({reason["code"] for reason in json.loads(entry.payload)["reasons"]})
