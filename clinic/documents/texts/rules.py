"""Why a version of a text cannot be put in force, or the examples not be taken in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import may_anywhere
from clinic.cases.languages import named
from clinic.documents.shown import addresses_refused
from clinic.documents.texts.queries import (
    WRITING,
    codes_of,
    examples_left,
    newest,
    same_words_elsewhere,
)
from clinic.protocols.models import ProtocolVersion
from clinic.workflow import CHANGED, ROLE, Obstacle, gate

BAD_LINK = gate("text_leads_astray", "A text leads only to pages, letters and telephones.")
PAST = gate("text_binds_before_now", "A text binds from now or from a moment to come.")
SAME = gate("text_says_the_same", "The text that binds says the same, in this language or another.")
NO_EXAMPLE = gate(
    "examples_taken_in", "No example text is left that the clinic has not.", clears="texts:index"
)


def may_write(user: Any) -> bool:
    """Whether this person puts texts in force."""
    return user.is_system or any(may_anywhere(user, permission) for permission in WRITING)


def obstacles_to_add_text(
    *,
    by: Any,
    at: datetime,
    code: str,
    language: str,
    title: str = "",
    body: str | None = None,
    is_example: bool = False,
    binding_from: datetime | None = None,
    seen: int | None = None,
) -> Iterator[Obstacle]:
    """Who publishes protocols or keeps the site's settings puts texts in force, never backwards.

    Asked without `body`, as a page does before the form, it leaves out what the form answers.
    """
    if not may_write(by):
        yield ROLE("Only a protocol approver or a clinic manager may put a text in force.")
    if body is None:
        return
    before = newest(code, language)
    if seen is not None and seen != (before.version if before else 0):
        yield CHANGED("Somebody else has written a version since you opened this page.")
    for address in addresses_refused(body):
        yield BAD_LINK(f"“{address}” leads to no page, letter or telephone.")
    # Typed to the minute: this very minute is now.
    if binding_from is not None and binding_from < at.replace(second=0, microsecond=0):
        yield PAST("That moment has passed. What was signed since would fall without a word.")
    if before and _says_the_same(before, title, body, at) and before.is_example == is_example:
        yield SAME(f"Version {before.version} says the same. Nobody signs the same words twice.")
    elsewhere = same_words_elsewhere(code, language, body)
    if elsewhere:
        yield SAME(
            f"These are the words in {named(elsewhere.language)}. Put them in {named(language)}."
        )


def obstacles_to_add_examples(
    version: ProtocolVersion, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """Examples are taken in where the house has no text of its own."""
    if not may_write(by):
        yield ROLE("Only a protocol approver or a clinic manager may take example texts in.")
    if not examples_left(codes_of(version)):
        yield NO_EXAMPLE("The clinic has a text for each of them already.")


def _says_the_same(before: Any, title: str, body: str, at: datetime) -> bool:
    return before.binding_from <= at and (before.title, before.body) == (title, body)
