"""Why an incident cannot be reported, given to somebody, noted on or closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.people.models import Site
from clinic.people.queries import colleagues
from clinic.safety.incidents.models import Incident
from clinic.workflow import ROLE, Obstacle, gate

NOT_YET = gate("incident_not_yet", "What is reported as an incident has happened.")
CLOSED = gate("incident_closed", "The incident is closed.")


def obstacles_to_report(
    site: Site, *, by: Any, at: datetime, stated_at: datetime
) -> Iterator[Obstacle]:
    """Everybody who works at the site may report what has happened there."""
    yield from obstacles_to_write_from(site, by=by)
    if stated_at > at:
        yield NOT_YET("That is still to come. Write when it happened.")


def obstacles_to_write_from(site: Site, *, by: Any) -> Iterator[Obstacle]:
    """Whoever has a role at a site may tell what is wrong there."""
    if site.pk not in {role.site_id for role in by.roles_now}:
        yield ROLE(f"You have no role at {site}.")


def obstacles_to_assign(
    incident: Incident, *, by: Any, at: datetime, owner: Any
) -> Iterator[Obstacle]:
    """A lead gives an open incident to somebody who works at its site."""
    yield from _obstacles_in_lead(incident, by=by)
    if incident.closed_at:
        yield CLOSED("This incident is closed already.")
    if not colleagues([incident.site_id], at=at).filter(pk=owner.pk).exists():
        yield ROLE(f"{owner} does not work at {incident.site}.")


def obstacles_to_note(incident: Incident, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A lead and whoever looks after it write on an incident, also after it is closed."""
    if incident.owner_id != by.pk:
        yield from _obstacles_in_lead(incident, by=by)


def obstacles_to_close(incident: Incident, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A lead closes an incident, once."""
    yield from _obstacles_in_lead(incident, by=by)
    if incident.closed_at:
        yield CLOSED("This incident is closed already.")


def _obstacles_in_lead(incident: Incident, *, by: Any) -> Iterator[Obstacle]:
    if not may(by, Permission.LEAD_SAFETY, site=incident.site_id):
        yield ROLE(f"Only a safety or medical lead of {incident.site} does this.")
