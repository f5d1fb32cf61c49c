"""The base of every part of a protocol that holds a number somebody must answer for."""

from typing import Annotated

from pydantic import Field

from clinic.checklists.document import Basis, Part, Words

# A session is over within a fortnight and a course within ten years, whatever a file says.
Minutes = Annotated[int, Field(ge=0, le=20_160)]
Days = Annotated[int, Field(ge=0, le=3_660)]


class Sourced(Part):
    """A rule with its authority, where it was read, and whether it must be confirmed first."""

    basis: Basis
    source: Words
    confirm: bool = Field(False, description="'Confirm before use': the approver ticks it.")
