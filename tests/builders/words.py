"""Whose words a page speaks: a protocol has its own nouns, and those of no other belong on it."""

import re

from tests.builders.nine import CENTRES

PERSON = {"patient", "client", "participant"}
# The name of an instrument, and where a made-up letter would go, are nobody's noun.
NAMES = re.compile(r"Patient Health Questionnaire|\S+@\S+")
# No clinic stands behind a service centre: none of these words belongs there.
NO_CLINIC = {"treatment", "clinician", "prescri", "diagnos"}


def foreign_to(way):
    """The words of other protocols, as a pattern."""
    own = way.document.nouns.person
    words = {f"{word}s?" for word in PERSON - {own}}
    if way.code in CENTRES:
        words |= {rf"{word}\w*" for word in NO_CLINIC}
    return re.compile(rf"\b({'|'.join(sorted(words))})\b", re.IGNORECASE)


def foreign_in(text, way):
    """Each word of another protocol in what a page says, with what stands around it."""
    text = NAMES.sub("", text)
    for met in foreign_to(way).finditer(text):
        yield " ".join(text[max(0, met.start() - 60) : met.end() + 40].split())
