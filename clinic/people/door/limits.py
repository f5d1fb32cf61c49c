"""How often somebody may be wrong: enough to stop guessing, never enough to lock a clinic out.

Wrong tries are counted for a quarter of an hour from the first, in the cache all processes share:
against an account from one address, against the account from anywhere, and from the address
against anybody. A browser in which the person has signed in before counts apart from all three, so
that whatever a stranger does elsewhere, it still opens. A refused try is not counted: when the
quarter of an hour is over it is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.utils.timezone import now

from clinic.people.door import devices
from clinic.workflow import alone

WINDOW = timedelta(minutes=15)
KNOWN_DEVICE = 10
ACCOUNT_FROM_ADDRESS = 10
ACCOUNT = 20
ADDRESS = 100


@dataclass(frozen=True)
class Attempt:
    """One try that has been counted."""

    keys: tuple[str, ...]

    def take_back(self) -> None:
        """It was right: only wrong tries weigh."""
        for key in self.keys:
            count, ends_at = cache.get(key, (0, 0.0))
            if count:
                cache.set(key, (count - 1, ends_at), _seconds_to(ends_at))


def begin(request: Any, email: str) -> Attempt | None:
    """Count a try before it is known to be wrong, or None where there were too many.

    The same is done whether or not there is such an account.
    """
    limits = _limits(request, email)
    if any(_count(key) >= limit for key, limit in limits.items()):
        return None
    for key in sorted(limits):
        alone(key)  # two tries at once are two
    if any(_count(key) >= limit for key, limit in limits.items()):
        return None
    for key in limits:
        count, ends_at = cache.get(key, (0, now().timestamp() + WINDOW.total_seconds()))
        cache.set(key, (count + 1, ends_at), _seconds_to(ends_at))
    return Attempt(tuple(limits))


def _limits(request: Any, email: str) -> dict[str, int]:
    account = sha256(email.strip().lower().encode()).hexdigest()[:32]
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        # Somebody's own sign-in on this device vouches for it: also for a second person's tries.
        return {f"tries:by:{user.key}:{account}": KNOWN_DEVICE}
    if device := devices.known_to(request, email):
        return {f"tries:device:{device}:{account}": KNOWN_DEVICE}
    address = get_adapter().get_client_ip(request)
    return {
        f"tries:account:{account}": ACCOUNT,
        f"tries:address:{address}": ADDRESS,
        f"tries:both:{address}:{account}": ACCOUNT_FROM_ADDRESS,
    }


def _count(key: str) -> int:
    return cache.get(key, (0, 0.0))[0]


def _seconds_to(ends_at: float) -> float:
    return max(1.0, ends_at - now().timestamp())
