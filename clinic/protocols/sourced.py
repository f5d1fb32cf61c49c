"""The base of every part of a protocol that holds a number somebody must answer for."""

from pydantic import Field

from clinic.checklists.document import Basis, Part, Words


class Sourced(Part):
    """A rule with its authority, where it was read, and whether the approver must confirm it first."""

    basis: Basis
    source: Words
    confirm: bool = Field(False, description="Shown as 'confirm before use'; the approver ticks it.")
