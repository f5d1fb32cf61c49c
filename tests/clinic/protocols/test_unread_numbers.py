"""A number that no source was read for is never shipped as if it had been."""

import re
from decimal import Decimal

import pytest
from pydantic import BaseModel

from clinic.checklists.document import Consequence
from clinic.protocols.document import Sourced
from clinic.protocols.files import library, places
from tests.clinic.protocols.builders import shipped

UNREAD = re.compile(
    r"custom|suggest|memory|not (?:read|found|opened)|no (?:document|source)|derived|put here"
    r"|taken over|low confidence",
    re.IGNORECASE,
)
AUTHORITY = {"basis", "source", "citation", "decider", "code", "confirm"}


def numbers_in(value):
    """Every number of a part, in figures or in its words, but those of its authority."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        said = [name for name in fields if getattr(value, name) != fields[name].default]
        return [each for name in said if name not in AUTHORITY
                for each in numbers_in(getattr(value, name))]  # fmt: skip
    if isinstance(value, tuple):
        own = [each for each in value if not isinstance(each, Sourced | Consequence)]
        return [number for each in own for number in numbers_in(each)]
    if isinstance(value, str):
        return re.findall(r"\d+", value)
    return [value] if isinstance(value, int | Decimal) and not isinstance(value, bool) else []


def unconfirmed(document):
    for place, part in places(document):
        if isinstance(part, Sourced | Consequence) and not part.confirm:
            source = part.citation if isinstance(part, Consequence) else part.source
            if UNREAD.search(source) and numbers_in(part):
                yield place, source


@pytest.mark.parametrize("code", library())
def test_a_number_that_was_not_read_is_to_be_confirmed(code):
    assert list(unconfirmed(shipped(code))) == []


def test_a_number_slipped_in_without_its_mark_is_found():
    rule = shipped("lsd-open-label").intervals[0]
    slipped = rule.model_copy(update={"confirm": False})
    document = shipped("lsd-open-label").model_copy(update={"intervals": (slipped,)})

    assert [place for place, _ in unconfirmed(document)] == ["intervals[0]"]
