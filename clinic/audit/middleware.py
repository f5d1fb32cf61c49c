"""One transaction a request: opened here, seen through here, undone here."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.timezone import now

from clinic.audit.actions import (
    Asked,
    origin,
    record,
    record_opening,
    stream_of,
    the_one_site_of,
)
from clinic.context import set_context_of

REFUSED = {403, 404}
POLL = "X-Vigil-Poll"  # carried by requests a page makes by itself: nobody opened anything


class OneTransactionARequest:
    """Open the transaction, tell the database who asks, and undo everything on a failure.

    An answer of 500 and more, a refusal of the door (403, 404, CSRF) and an exception all roll
    back; what was refused is then written to the trail in a transaction of its own. Nothing is
    streamed from the database: the transaction has ended before the first byte leaves.
    """

    def __init__(self, get_response: Any):
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        if request.path_info.startswith(("/static/", "/health", "/ready")):
            return self.get_response(request)
        token = origin.set(_origin(request))
        try:
            with transaction.atomic():
                self._say_who(request)
                response = self.get_response(request)
                self._write_opening(request, response)
                if response.status_code >= 500 or response.status_code in REFUSED:
                    transaction.set_rollback(True)
            if request.user.is_authenticated:
                # A shared tablet's back button shows nothing of who was signed in before.
                response.headers.setdefault("Cache-Control", "no-store")
                if response.status_code in REFUSED:
                    self._write_refusal(request, response)
            return response
        finally:
            timezone.deactivate()
            origin.reset(token)

    def _say_who(self, request: Any) -> None:
        user = request.user
        roles = user.roles_now if user.is_authenticated else []
        set_context_of(user)
        # Pages are read in the zone of the site: a session's 14:00 is 14:00 on its wall clock.
        timezone.activate(roles[0].site.tz if roles else "UTC")

    def _write_opening(self, request: Any, response: Any) -> None:
        """An opening that cannot be written is a page that is not sent."""
        cases = getattr(request, "opened", ())
        is_read = request.method == "GET" and POLL not in request.headers
        if is_read and response.status_code == 200:
            for case in sorted(cases, key=stream_of):  # chain heads in one order
                record_opening(request, case, at=now())

    def _write_refusal(self, request: Any, response: Any) -> None:
        with transaction.atomic():
            self._say_who(request)
            record(
                "refused at the door",
                asked(request),
                by=request.user,
                at=now(),
                status=response.status_code,
                method=request.method,
            )


def _origin(request: Any) -> str:
    """The address and, as a digest, the sign-in a request came by."""
    session_key = request.session.session_key or ""
    device = hashlib.sha256(session_key.encode()).hexdigest()[:12] if session_key else "-"
    address = request.META.get("REMOTE_ADDR", "-")
    if settings.SECURE_PROXY_SSL_HEADER:  # behind a proxy of ours, which says whom it speaks for
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    return f"{address} {device}"


def asked(request: Any) -> Asked:
    """The page of a request and the key in its address; never a secret that stands there."""
    match = request.resolver_match
    keys = [value for value in match.kwargs.values() if isinstance(value, UUID)] if match else []
    site = the_one_site_of(request.user) if request.user.is_authenticated else None
    return Asked(match.view_name if match else "no page", keys[0] if keys else None, site)


def refuse_in_trail(request: Any, refusal: Any, subject: Any, act: str) -> None:
    """Write to the trail that an act was refused, and why; the act itself left nothing."""
    record(
        "refused",
        subject or asked(request),
        by=request.user if request.user.is_authenticated else None,
        at=now(),
        wanted=act,
        reasons=[{"code": o.code, "message": o.message} for o in refusal.obstacles],
    )


def in_transaction() -> bool:
    """Whether the request's one transaction is open."""
    return connection.in_atomic_block
