"""Which numbers a site may tighten, and which it has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from clinic.access import Permission, sites_where
from clinic.audit.canonical import decimal_text
from clinic.people.models import Site
from clinic.protocols.house.models import HouseValue
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import document_of
from clinic.protocols.stricter import Number, numbers

STATES = (Permission.ORDER, Permission.WRITE_PROTOCOLS)
READS = (*STATES, Permission.LEAD_SAFETY)


def visible_values(user: Any) -> QuerySet[HouseValue]:
    """The house values of the sites at which this person states or answers for them."""
    sites = {site for permission in READS for site in sites_where(user, permission)}
    return HouseValue.objects.filter(site_id__in=sites).select_related(
        "site", "version__protocol", "stated_by", "approved_by", "ended_by"
    ).defer("version__document")  # fmt: skip


def sites_to_state_at(user: Any) -> QuerySet[Site]:
    """The open sites at which this person states house values."""
    sites = {site for permission in STATES for site in sites_where(user, permission)}
    return Site.objects.filter(pk__in=sites, closed_at__isnull=True)


def numbers_of(version: ProtocolVersion) -> dict[str, Number]:
    """Every number of a version that a site may tighten, by its place."""
    return numbers(document_of(version))


def in_force(site: Any, version: ProtocolVersion) -> dict[str, str]:
    """The approved values of a site for a version, by their places."""
    rows = HouseValue.objects.filter(
        site=site, version=version, approved_at__isnull=False, ended_at__isnull=True
    )
    return {row.place: decimal_text(row.value) for row in rows}


def past_their_day(at: datetime) -> list[HouseValue]:
    """The values whose last day is over on the wall of their site."""
    rows = HouseValue.objects.filter(ended_at__isnull=True, ends_on__isnull=False)
    return [
        row
        for row in rows.select_related("site", "version__protocol")
        if row.ends_on and at.astimezone(row.site.tz).date() > row.ends_on
    ]
