"""Where a page leads: addresses of other slices by name, so that none is imported for its views."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse


def address(name: str, *keys: Any) -> str:
    """The address of a page, or nothing where this installation has no such page."""
    try:
        return reverse(name, args=keys)
    except NoReverseMatch:
        return ""
