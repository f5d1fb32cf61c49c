"""The parts of a protocol for the decision: why a person may be declined, and an authority's form."""

from pydantic import Field

from clinic.checklists.document import Code, Words
from clinic.protocols.sourced import Sourced

NONE_OF_THESE = "none-of-these"  # said beside the reasons of every version, so no version's own


class DenialReason(Sourced):
    """A reason for which a person is declined, counted wherever reasons have to be reported."""

    code: Code
    label: Words
    given_by: tuple[Code, ...] = Field(
        (), description="Questions of the screening whose answers give this reason."
    )


class OfficialForm(Sourced):
    """A form an authority prescribes; who decides confirms it by an act of its own beforehand."""

    title: Words
    statement: Words = Field(description="What is confirmed, in the words that are signed.")
