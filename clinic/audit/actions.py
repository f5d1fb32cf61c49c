"""Write down what happened: the last line of every act."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models

from clinic.audit.canonical import canonical
from clinic.audit.queries import OPENED, has_just_opened

# Where the request came from, set by the middleware; tasks and commands run beside the server.
origin: ContextVar[str] = ContextVar("origin", default="the server itself")


@dataclass(frozen=True)
class Asked:
    """What somebody asked for where no record may be named: a page, and the key in its address."""

    page: str
    key: Any = None
    site_id: int | None = None


def record(act: str, subject: Any, *, by: Any, at: datetime, **payload: Any) -> None:
    """Add one entry to the subject's stream of the trail, chained to the one before it.

    The stream is the case's where there is one, else the site's, else the organisation's. The
    chain head is locked until the transaction ends, so this comes last in every act.
    """
    case, site = case_of(subject), site_of(subject)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT vigil_record(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                stream_of(subject),
                at,
                getattr(by, "pk", None),
                site,
                case.key if case else None,
                act,
                _kind_of(subject),
                getattr(subject, "key", None),
                origin.get(),
                canonical(payload),
            ],
        )


def stream_of(subject: Any) -> str:
    """The stream of the trail in which a record's entries stand.

    Who writes to several writes in the order of these names: chain heads are held in one order.
    """
    case, site = case_of(subject), site_of(subject)
    return f"case:{case.key}" if case else f"site:{_key_of_site(site)}" if site else "organisation"


def record_opening(request: Any, case: Any, *, at: datetime) -> None:
    """Write that somebody opened a case, or the details of somebody who has none yet.

    Once per person, record and quarter of an hour.
    """
    if not has_just_opened(request.user, case, at=at):
        match = request.resolver_match
        record(OPENED, case, by=request.user, at=at, route=match.view_name if match else "")


def _kind_of(subject: Any) -> str:
    if isinstance(subject, models.Model):
        return subject._meta.label
    return f"page {subject.page}" if isinstance(subject, Asked) else ""


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
    """The id of the site a record stands at, or None for the organisation's own.

    What is about a member of staff stands at their site, where they have one.
    """
    if isinstance(subject, models.Model) and subject._meta.label == "clinic.Site":
        return subject.pk
    if hasattr(subject, "roles_now"):
        return the_one_site_of(subject)
    if not hasattr(subject, "site_id") and getattr(subject, "user", None) is not None:
        return the_one_site_of(subject.user)
    return getattr(subject, "site_id", None)


def the_one_site_of(user: Any) -> int | None:
    """The id of the site at which a person works, or None where they work at several or at none."""
    sites = {role.site_id for role in user.roles_now}
    return sites.pop() if len(sites) == 1 else None


def _key_of_site(site: int) -> Any:
    from django.apps import apps  # noqa: PLC0415 -- audit lies below people

    return apps.get_model("clinic", "Site").objects.values_list("key", flat=True).get(pk=site)
