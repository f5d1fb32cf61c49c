"""Why the terms of an instrument cannot be accepted, or its words not be loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from clinic.access import Permission, may_anywhere
from clinic.checklists.wording.queries import Instrument
from clinic.checklists.wording.words import Wording, missing_words
from clinic.workflow import CHANGED, ROLE, Basis, Obstacle, gate

NO_SLOT = gate("instrument_without_slot", "The instrument has no words for the clinic to load.")
ACCEPTED = gate("terms_accepted", "The terms of the instrument have been accepted already.")
NOT_ACCEPTED = gate(
    "terms_not_accepted",
    "Nobody has accepted the terms of the instrument for the clinic.",
    basis=Basis.LAW,
    citation="The licence of whoever holds the rights to its words",
    clears="wording:show",
)
NO_WORDS = gate("words_missing", "A question or an answer of the sheet has no words.")

LOADING = (Permission.MANAGE_SITE, Permission.WRITE_PROTOCOLS)


def obstacles_to_accept_terms(
    instrument: Instrument, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """Who keeps the organisation's settings accepts terms for it, once."""
    if not may_anywhere(by, Permission.MANAGE_SITE):
        yield ROLE("Only a clinic manager may accept terms for the clinic.")
    if not instrument.has_a_slot:
        yield NO_SLOT("There is no text to load for this form.")
    elif instrument.terms is not None:
        yield ACCEPTED("The terms have been accepted already.")


def obstacles_to_load_words(
    instrument: Instrument,
    *,
    by: Any,
    at: datetime,
    words: Mapping[str, Wording] | None = None,
    seen: int | None = None,
) -> Iterator[Obstacle]:
    """Who manages the clinic or writes its protocols loads the words, under accepted terms.

    Asked without `words`, as a page does before the form, it leaves out what the form answers.
    """
    if not any(may_anywhere(by, permission) for permission in LOADING):
        yield ROLE("Only a clinic manager or a protocol author may load the text of a form.")
    if not instrument.has_a_slot:
        yield NO_SLOT("There is no text to load for this form.")
        return
    if instrument.terms is None:
        yield NOT_ACCEPTED(
            "A clinic manager accepts the terms first.", subject=instrument.shipped.code
        )
    if seen is not None and seen != instrument.version:
        yield CHANGED("Somebody else has loaded a text since you opened this page.")
    for code, said in missing_words(instrument.shipped, words) if words is not None else ():
        item = instrument.shipped.item(code)
        yield NO_WORDS(f"{item.text if item else code}: {said}")
