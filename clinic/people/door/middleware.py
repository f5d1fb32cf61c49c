"""Nothing opens to half a sign-in, nor to one that nobody has used for a while."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now

from clinic.access import PUBLIC
from clinic.audit.actions import record
from clinic.audit.middleware import POLL
from clinic.people.door import actions, devices, queries, sign_in, signals, ties
from clinic.people.door.lock_page import lock_page

UNLOCKING = {"door:unlock", "door:passkey", "door:state", "account_logout"}
SETTING_UP = {
    "door:second_factor",
    "door:codes",
    "door:active",
    "door:lock",
    "door:unlock",
    "door:passkey",
    "door:state",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_logout",
}
LOCKED = 423


class Door:
    """Lead a signed-in person to what is missing: a second factor, kept codes, proof they are there.

    The lock falls by the time of what somebody did last; what a page asks by itself neither moves
    that time nor passes the lock. From the first dose to the release nothing keeps the carer from
    charting: it is let through, written down and told.
    """

    def __init__(self, get_response: Any):
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        response = self.get_response(request)
        reason = getattr(request, "charts_although", "")
        if reason and request.method == "POST" and response.status_code < 400:
            self._write_down(request, reason)
        if user := getattr(request, "known_from_now", None):
            devices.remember(request, response, user)
        if getattr(request.resolver_match, "view_name", "") == "account_logout":
            _leave_nothing(request, response)
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> Any:
        if not request.user.is_authenticated or PUBLIC in getattr(view, "requires", ()):
            return None  # it shows nothing of whoever is signed in, nor counts as their doing
        return self._lock(request) or self._second_factor(request)

    # -- The lock

    def _lock(self, request: Any) -> Any:
        if not settings.IDLE_LOCK:
            return None
        session, at = request.session, now()
        is_over, is_locked = sign_in.is_over(session, at=at), sign_in.is_locked(session, at=at)
        if is_over or is_locked:
            reason = "over" if is_over else "idle"
            if not sign_in.was_locked(session):
                person = queries.account(request.user)
                actions.lock_device(session, by=person, at=at, reason=reason)
            return self._while_locked(request, reason)
        if POLL not in request.headers and sign_in.needs_touch(session, at=at):
            sign_in.touch(session, at=at, idle_minutes=queries.idle_minutes())
        return None

    def _while_locked(self, request: Any, reason: str) -> Any:
        match = request.resolver_match
        if match.view_name in UNLOCKING:
            return None
        charted = ties.charted_in(request.user, match)
        if charted is not None:
            request.charts_although, request.charts_in = reason, charted
            return None
        if POLL in request.headers or request.headers.get("HX-Request"):
            return HttpResponse(status=LOCKED)
        return lock_page(request, status=LOCKED)

    def _write_down(self, request: Any, reason: str) -> None:
        facts = {"by": request.user, "at": now(), "reason": reason}
        subject = request.charts_in
        signals.carried_on.send(sender=type(subject), subject=subject, **facts)
        record("charted although locked", subject, **facts, route=request.resolver_match.view_name)

    # -- The second factor

    def _second_factor(self, request: Any) -> Any:
        if not settings.SECOND_FACTOR_REQUIRED or request.session.get(sign_in.FACTOR):
            return None
        name = request.resolver_match.view_name
        if not queries.second_factors(request.user).exists():
            missing = "door:second_factor"
        elif not queries.are_kept(queries.recovery_codes(request.user)):
            missing = "door:codes"
        else:
            request.session[sign_in.FACTOR] = True
            return None
        if name in SETTING_UP:
            return None
        if request.method != "GET" or POLL in request.headers:
            raise PermissionDenied("Set up your second factor first.")
        return redirect(missing)


def _leave_nothing(request: Any, response: Any) -> None:
    """A shared device keeps nothing of whoever signed out."""
    if request.method == "POST" and not request.user.is_authenticated:
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
