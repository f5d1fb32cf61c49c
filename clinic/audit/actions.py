"""Write down what happened: the last line of every act."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection, models

from clinic.audit.canonical import canonical
from clinic.audit.queries import OPENED, has_just_opened

# Where the request came from, set by the middleware; empty for tasks and commands.
origin: ContextVar[str] = ContextVar("origin", default="")


def record(act: str, subject: Any, *, by: Any, at: datetime, **payload: Any) -> None:
    """Add one entry to the subject's stream of the trail, chained to the one before it.

    The stream is the case's where there is one, else the site's, else the organisation's. The
    chain head is locked until the transaction ends, so this comes last in every act.
    """
    case, site = case_of(subject), site_of(subject)
    stream = (
        f"case:{case.key}" if case else f"site:{_key_of_site(site)}" if site else "organisation"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT vigil_record(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                stream,
                at,
                getattr(by, "pk", None),
                site,
                case.key if case else None,
                act,
                subject._meta.label if isinstance(subject, models.Model) else "",
                getattr(subject, "key", None),
                origin.get(),
                canonical(payload),
            ],
        )


def record_opening(request: Any, case: Any, *, at: datetime) -> None:
    """Write that somebody opened a case: once per person, case and quarter of an hour."""
    if not has_just_opened(request.user, case, at=at):
        match = request.resolver_match
        record(OPENED, case, by=request.user, at=at, route=match.view_name if match else "")


def case_of(subject: Any) -> Any:
    """The case a record belongs to, or itself, or None."""
    if isinstance(subject, models.Model) and subject._meta.label == "clinic.Case":
        return subject
    for name in ("case", "session", "form", "visit", "cycle", "order", "document", "matter"):
        parent = getattr(subject, name, None)
        if isinstance(parent, models.Model):
            return case_of(parent)
    if getattr(subject, "adverse_event", None) is not None:
        return subject.adverse_event.case
    return None


def site_of(subject: Any) -> int | None:
    """The id of the site a record stands at, or None for the organisation's own."""
    if isinstance(subject, models.Model) and subject._meta.label == "clinic.Site":
        return subject.pk
    return getattr(subject, "site_id", None)


def _key_of_site(site: int) -> Any:
    from django.apps import apps  # noqa: PLC0415 -- audit lies below people

    return apps.get_model("clinic", "Site").objects.values_list("key", flat=True).get(pk=site)
