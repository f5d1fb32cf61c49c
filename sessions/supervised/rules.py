"""What every act on the run sheet asks first: who may write here, and is it still open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from clinic.access import Permission, may
from clinic.protocols.calculators import licences_needed
from clinic.protocols.queries import document_of
from clinic.workflow import ROLE, STATUS, Basis, Obstacle, gate
from sessions.supervised.models import LIVE, Status, SupervisedSession

SIGNED = gate(
    "session_signed",
    "The record of the session is signed; it takes late facts beside it, and no change.",
    basis=Basis.LAW,
    citation="21 CFR 11.10(e)",
)
IN_FUTURE = gate("stated_in_future", "What is recorded must have happened already.")
LICENCE = gate(
    "act_unlicensed",
    "The person holds no verified licence for this act, in this place, on this day.",
    basis=Basis.LAW,
)
UNKNOWN_WORD = gate("not_in_protocol", "The protocol version of this case has no such word.")

AHEAD = timedelta(minutes=2)  # clocks of two devices differ by this much without anybody lying


def obstacles_to_chart(session: SupervisedSession, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Anyone who supervises here may chart, and from the dose to the end whoever is with the client.

    A role revoked in the middle of a session locks nobody out of it.
    """
    yield from obstacles_in_signing(session)
    if not (may(by, Permission.SUPERVISE, site=session.site_id) or is_carer(session, by)):
        yield ROLE("Your roles here do not include supervised sessions.")


def obstacles_in_signing(session: SupervisedSession) -> Iterator[Obstacle]:
    """A signed record is frozen."""
    if session.status == Status.SIGNED:
        yield SIGNED(
            "This session is signed. Record what came later as an adverse event, or propose an"
            " amendment."
        )


def obstacles_in_time(stated_at: datetime, at: datetime) -> Iterator[Obstacle]:
    """Nothing is charted before it has happened."""
    if stated_at > at + AHEAD:
        yield IN_FUTURE("This time has not come yet. Say when it was.")


def obstacles_in_licence(
    session: SupervisedSession, act: str, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """Where the version gives the act to a role, the person's licence covers it on that day."""
    site = session.site
    needed = licences_needed(document_of(session.case.protocol_version), site.jurisdiction)
    if not any(act in each.acts for each in needed):
        return
    day = at.astimezone(site.tz).date()
    if not any(each.covers(act, site.jurisdiction, day) for each in by.licences.all()):
        yield LICENCE(
            f"{by.name} has no licence in {site.jurisdiction} on {day:%d %b %Y} for this act."
        )


def obstacles_in_being_live(session: SupervisedSession) -> Iterator[Obstacle]:
    """The person is in the clinic, checked in and not yet gone."""
    if session.status not in LIVE:
        yield STATUS(f"This session is {session.get_status_display().lower()}.")


def is_carer(session: SupervisedSession, user: Any) -> bool:
    """Whether this person has taken a capacity in a session that is between dose and end."""
    return session.status == Status.DOSED and any(
        presence.user_id == user.pk for presence in session.presences.all()
    )


def placed(obstacles: Iterable[Obstacle], session: SupervisedSession) -> list[Obstacle]:
    """The obstacles as a page lists them: each leads to the place of this very session or case."""
    return [
        obstacle
        if obstacle.subject
        else replace(
            obstacle,
            subject=str(
                session.key if obstacle.clears.startswith("supervised:") else session.case.key
            ),
        )
        for obstacle in obstacles
    ]
