"""Acts on the words of instruments: accept their terms, load them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.checklists.wording import queries
from clinic.checklists.wording.models import AcceptedTerms, InstrumentText
from clinic.checklists.wording.rules import obstacles_to_accept_terms, obstacles_to_load_words
from clinic.checklists.wording.words import Wording, worded
from clinic.workflow import alone, refuse_unless_clear


@transaction.atomic
def accept_terms(*, by: Any, at: datetime, code: str) -> AcceptedTerms:
    """Accept, for the clinic, the terms on which the words of an instrument may be used."""
    alone(f"words of {code}")
    instrument = _instrument(code)
    refuse_unless_clear(obstacles_to_accept_terms(instrument, by=by, at=at))
    shipped = instrument.shipped
    terms = AcceptedTerms.objects.create(
        code=code,
        title=shipped.title,
        licence=shipped.licence,
        terms=shipped.terms,
        accepted_at=at,
        accepted_by=by,
    )
    record(
        "terms accepted",
        terms,
        by=by,
        at=at,
        code=code,
        licence=shipped.licence,
        terms=shipped.terms,
    )
    return terms


@transaction.atomic
def load_words(
    *,
    by: Any,
    at: datetime,
    code: str,
    introduction: str,
    words: Mapping[str, Wording],
    seen: int | None = None,
) -> InstrumentText:
    """Load the words of an instrument; forms begun from now on ask them."""
    alone(f"words of {code}")
    instrument = _instrument(code)
    refuse_unless_clear(obstacles_to_load_words(instrument, by=by, at=at, words=words, seen=seen))
    checklist = worded(instrument.shipped, introduction, words)
    text = InstrumentText.objects.create(
        terms=instrument.terms,
        code=code,
        version=instrument.version + 1,
        definition=checklist.model_dump(mode="json"),
        digest=checklist.digest(),
        loaded_at=at,
        loaded_by=by,
    )
    record("words loaded", text, by=by, at=at, code=code, version=text.version, digest=text.digest)
    return text


def _instrument(code: str) -> queries.Instrument:
    found = queries.instrument(code)
    if found is None:
        raise ValueError(f"There is no instrument “{code}”.")
    return found
