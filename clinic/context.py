"""The database's own wall: PostgreSQL is told who asks, and shows what that person may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from clinic.access import BY_CARE, Permission, sites_where


def set_context(
    *,
    user_id: int | None,
    sites: Iterable[int],
    whole: Iterable[int] | None = None,
    patients: Iterable[int] = (),
    hears: Iterable[int] = (),
    clock: Any = None,
) -> None:
    """Tell PostgreSQL, for this transaction only, who asks and whom they may see.

    `sites` are seen at all; of those in `whole` (all of them, unless said) every patient is seen,
    of the others these `patients` and those nobody has taken into care yet. Without `hears`, the
    sites whose concerns they hear, no concern is seen at all.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('vigil.user', %s, true), set_config('vigil.sites', %s, true),"
            " set_config('vigil.whole', %s, true), set_config('vigil.patients', %s, true),"
            " set_config('vigil.hears', %s, true), set_config('vigil.writes', '', true),"
            " set_config('vigil.clock', %s, true)",
            [
                str(user_id or ""),
                _array(sites),
                _array(sites if whole is None else whole),
                _array(patients),
                _array(hears),
                clock.isoformat() if clock else "",
            ],
        )


def set_context_of(user: Any, *, clock: Any = None) -> None:
    """Tell PostgreSQL who asks: everything follows from their roles and from whom they care for."""
    roles = user.roles_now if user.is_authenticated else []
    sites = {role.site_id for role in roles}
    whole = {role.site_id for role in roles if role.role not in BY_CARE}
    by_care = sites > whole
    if by_care and clock:  # whom they care for depends on the hour
        set_context(user_id=user.pk, sites=(), clock=clock)
    set_context(
        user_id=user.pk,
        sites=sites,
        whole=whole | (sites & set(user.care.duty_sites)) if by_care else whole,
        patients=user.care.patients if by_care else (),
        hears=sites_where(user, Permission.HEAR_CONCERNS),
        clock=clock,
    )


@contextmanager
def writing_unheard(key: Any) -> Iterator[None]:
    """Let this one concern be written by somebody who may not read it; afterwards it is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('vigil.writes', %s, true)", [str(key)])
        yield
        cursor.execute("SELECT set_config('vigil.writes', '', true)")


def see_also(*, sites: Iterable[int], patients: Iterable[int]) -> None:
    """Let these be seen as well, for this transaction; who asks and which clock runs stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('vigil.sites', (current_setting('vigil.sites')::int[]"
            " || %s::int[])::text, true), set_config('vigil.patients',"
            " (current_setting('vigil.patients')::bigint[] || %s::bigint[])::text, true)",
            [list(sites), list(patients)],
        )


def _array(ids: Iterable[int]) -> str:
    return "{" + ",".join(map(str, sorted(ids))) + "}"


@contextmanager
def acting_as(user: Any, *, sites: list[int] | None = None, clock: Any = None) -> Iterator[None]:
    """One transaction in which the database shows what this person may see.

    For tasks, commands and tests; in a request the middleware does the same. `sites` widens or
    narrows the view (the system user sees the sites a task names). `clock` is obeyed only by a
    database marked made-up.
    """
    with transaction.atomic():
        if sites is None:
            set_context_of(user, clock=clock)
        else:
            set_context(user_id=user.pk, sites=sites, clock=clock)
        yield


def every_site() -> list[int]:
    """The ids of all sites, for the system's own sweeps."""
    return list(apps.get_model("clinic", "Site").objects.values_list("pk", flat=True))
