"""Why somebody's second factor is not reset, their sign-ins not ended, or they cannot leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, sites_where
from clinic.people.door import queries, ties
from clinic.people.models import User
from clinic.people.queries import in_force
from clinic.people.rules import (
    ACCOUNT,
    ONESELF,
    SENTENCES,
    obstacles_in_sites,
)
from clinic.workflow import ROLE, Obstacle, gate

P = Permission
IN_CARE = gate("in_care_now", "From the dose to the release nothing locks the carer out.")
NO_FACTOR = gate("no_second_factor", "There is a second factor to reset.")
CODES = gate("codes_settled", "Recovery codes are shown until somebody says they keep them.")


def _manages(by: Any, user: User, at: datetime) -> Iterator[Obstacle]:
    """Who manages the person where they work now, or where they worked last."""
    roles = user.roles.filter(in_force(at)) or user.roles.all()
    sites = {role.site_id for role in roles}
    if not sites & set(sites_where(by, P.MANAGE_PEOPLE)):
        yield ROLE(SENTENCES[P.MANAGE_PEOPLE])


def _in_care(user: User, at: datetime) -> Iterator[Obstacle]:
    if ties.is_in_care(user, at):
        yield IN_CARE(f"{user} is in a session now. Do this after the release.")


def obstacles_to_keep_codes(user: User, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Codes are kept once, by whose they are."""
    codes = queries.recovery_codes(user)
    if codes is None or queries.are_kept(codes):
        yield CODES("There are no codes to keep. Make new ones where you need them.")


def obstacles_to_reset_second_factor(user: User, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A lost second factor is reset by another person, who manages whose it is."""
    yield from _manages(by, user, at)
    if by.pk == user.pk:
        yield ONESELF("You cannot reset your own second factor. Ask a colleague.")
    if not user.is_active:
        yield ACCOUNT(f"The account of {user} is stopped.")
    if not queries.second_factors(user).exists():
        yield NO_FACTOR(f"{user} has no second factor: at the next sign-in they set one up.")
    yield from _in_care(user, at)


def obstacles_to_end_sign_ins(user: User, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Sign-ins are ended by whose they are, or by who manages them."""
    if by.pk != user.pk:
        yield from _manages(by, user, at)
        yield from _in_care(user, at)


def obstacles_to_leave(user: User, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Somebody leaves by the act of who manages every site they work at."""
    yield from _manages(by, user, at)
    if by.pk == user.pk:
        yield ONESELF("You cannot let yourself leave. Ask a colleague.")
    if not user.is_active and not user.has_usable_password():
        yield ACCOUNT(f"{user} has left already.")
    yield from obstacles_in_sites(user, by=by, at=at)
    yield from _in_care(user, at)
