"""The live board: what goes on in each room at this moment, and whether it has changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from clinic.access import Permission, in_reach
from clinic.audit.models import ChainHead
from clinic.documents.queries import missing_of
from sessions.supervised.models import LIVE, SupervisedSession
from sessions.supervised.queries import live_sessions
from sessions.supervised.sheet.queries import Sheet, sheet_of

DRAWN_BY = "board-1"  # grows when the board's template changes what it says
LONGEST = timedelta(minutes=5)  # a picture without a session in it is looked at again after this


@dataclass(frozen=True)
class Red:
    """Something on a card that needs somebody now, in words."""

    words: str


@dataclass(frozen=True)
class Card:
    """One session on the board: who is where, what is due, what is wrong."""

    sheet: Sheet
    room: str
    person: str
    reds: tuple[Red, ...]

    @property
    def session(self) -> SupervisedSession:
        return self.sheet.session

    @property
    def tone(self) -> str:
        if self.reds or self.sheet.urgency <= 1:
            return "danger"
        return "attention" if self.sheet.urgency <= 3 else "neutral"

    @property
    def place(self) -> tuple[int, bool, datetime, str]:
        """Where it stands among the others: the most pressing first."""
        following = self.sheet.next_check
        due_at = following.at if following else datetime.max.replace(tzinfo=UTC)
        return self.sheet.urgency, not self.reds, due_at, self.room

    @property
    def elapsed(self) -> str:
        """Time since the first dose as the server draws it, before the browser's clock takes over."""
        if self.sheet.first_dose_at is None:
            return ""
        minutes = int((self.sheet.at - self.sheet.first_dose_at).total_seconds() // 60)
        return f"T+{minutes // 60}hr {minutes % 60:02}min" if minutes >= 60 else f"T+{minutes}min"


def cards(user: Any, *, at: datetime) -> list[Card]:
    """One card a live session at the person's sites, the most pressing first."""
    sessions = list(live_sessions(user).select_related("case__site"))
    missing = missing_of([session.case for session in sessions], at) if sessions else {}
    drawn = [_card(sheet_of(session, at), missing.get(session.case_id, [])) for session in sessions]
    return sorted(drawn, key=lambda card: card.place)


def _card(sheet: Sheet, missing: Iterable[Any]) -> Card:
    session = sheet.session
    room = session.visit.room
    return Card(
        sheet=sheet,
        room=room.name if room else "No room",
        person=str(session.case.patient),
        reds=tuple(Red(words) for words in _what_is_wrong(sheet, missing)),
    )


def _what_is_wrong(sheet: Sheet, missing: Iterable[Any]) -> list[str]:
    """Everything on a card that needs somebody now, the gravest first."""
    zone = sheet.session.site.tz
    missed = sum(check.state == "missed" and not check.reason for check in sheet.checks)
    return [
        *(["Help was called"] if sheet.session.help_called_at else []),
        # The first that is overdue is what is due next, and is drawn so already.
        *[f"{c.label} overdue since {c.at.astimezone(zone):%H:%M}" for c in sheet.overdue[1:]],
        *([f"{missed} {'check was' if missed == 1 else 'checks were'} missed"] if missed else []),
        *[f"{r.label} {r.typed} {r.unit}".strip() + ": repeat now" for r in sheet.repeats],
        *(["Nobody is with them"] if sheet.is_dosed and not sheet.with_client else []),
        *[f"{c.label}: {c.reason}" for c in sheet.covers if sheet.is_dosed and not c.ok],
        *[f"{each.rule.title}: {each.why_not}" for each in missing],
    ]


# -- Whether anything has changed ------------------------------------------------------------


def state_of(user: Any, *, zone: str) -> str:
    """A digest of everything the board of this person is drawn from: one query."""
    stream = Concat(Value("case:"), Cast(F("case__key"), CharField()))
    sequence = ChainHead.objects.filter(stream=OuterRef("stream")).values("sequence")[:1]
    live = (
        SupervisedSession.objects.filter(in_reach(user, Permission.SEE_CASE), status__in=LIVE)
        .annotate(stream=stream)
        .annotate(sequence=Subquery(sequence))
        .order_by("pk")
        .values_list("key", "sequence")
    )
    roles = sorted((role.pk, role.role) for role in user.roles_now)
    said = repr((DRAWN_BY, str(user.key), roles, zone, [(str(k), n) for k, n in live]))
    return sha256(said.encode()).hexdigest()[:24]


def good_until(cards: Iterable[Card], *, at: datetime) -> datetime:
    """When the picture next changes by itself: a check falls due, a release becomes possible."""
    return min([at + LONGEST, *[card.sheet.changes_at for card in cards]])


def etag_of(state: str, until: datetime) -> str:
    """The name of a picture, with the moment up to which it holds by itself."""
    return f'"{state}-{int(until.timestamp())}"'


def still_holds(etag: str, state: str, *, at: datetime) -> bool:
    """Whether the picture somebody holds is the one that would be drawn now."""
    held, _, until = etag.strip().removeprefix("W/").strip('"').rpartition("-")
    return held == state and until.isdecimal() and at.timestamp() < int(until)
