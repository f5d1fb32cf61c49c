"""Who opens a page of the run sheet, and which row they get: the door every view goes through."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone

from clinic.access import Permission, may_anywhere
from clinic.acts import opened
from sessions.supervised import queries
from sessions.supervised.models import SupervisedSession

CHARTING = (Permission.SUPERVISE, Permission.DOSE)


def in_care(*permissions: Permission) -> Any:
    """Open a view of one session to these permissions, and to whoever is in that session.

    From the dose to the end nothing locks the carer out: not a role that ended meanwhile. `requires`
    says what the view asks for, as everywhere.
    """

    def wear(view: Any) -> Any:
        @wraps(view)
        def guarded(request: Any, key: Any, *args: Any, **kwargs: Any) -> Any:
            entitled = any(may_anywhere(request.user, permission) for permission in permissions)
            if not entitled and queries.site_of_carer(request.user, key) is None:
                raise PermissionDenied("Your roles do not include this.")
            return view(request, key, *args, **kwargs)

        guarded.requires = permissions  # type: ignore[attr-defined]
        return guarded

    return wear


def the_session(request: Any, key: Any, *, whole: bool = True) -> SupervisedSession:
    """The session of an address, with everything charted in it, drawn in its own site's zone."""
    rows = queries.sessions_in_care_of(request.user, key)
    return _drawn(request, queries.with_rows(rows) if whole else rows)


def session_of(request: Any, row: Any) -> SupervisedSession:
    """The same of a row that the person asked for by itself, and reaches."""
    return _drawn(request, queries.with_rows(queries.session_of(row)))


def _drawn(request: Any, rows: Any) -> SupervisedSession:
    session = get_object_or_404(rows)
    opened(request, session.case)
    timezone.activate(session.site.tz)
    return session
