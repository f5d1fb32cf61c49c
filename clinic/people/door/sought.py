"""What somebody looked for, kept for this sign-in: a name stands in no address, history or log."""

from __future__ import annotations

import json
import secrets
from typing import Any

from clinic.people.door.vault import VAULT

MARK = "sought"


def keep(request: Any, place: str, said: dict[str, str]) -> str:
    """Keep, encrypted, what was looked for at a place last; the mark that an address may carry."""
    mark = secrets.token_hex(4)
    request.session[_name(place)] = VAULT.close(json.dumps({MARK: mark, **said}))
    return mark


def kept(request: Any, place: str) -> dict[str, str]:
    """What was looked for at a place last in this sign-in; empty where nothing was."""
    closed = request.session.get(_name(place))
    return json.loads(VAULT.open(closed)) if closed else {}


def _name(place: str) -> str:
    return f"{MARK}_{place}"
