"""What one listed medicine says at the gate of the washouts."""

from __future__ import annotations

from collections.abc import Iterator

from clinic.protocols.calculators import washout_words
from clinic.screening.medicines.queries import Against, Line
from clinic.workflow import Basis
from sessions.preparation.barred import WASHOUTS, Barred, barred
from sessions.preparation.facts import Facts

WHO_CHANGES_IT = "Only whoever orders a medicine changes it"
LIST = "medicines:of_case"


def medicine_left_off(line: Line, facts: Facts) -> Iterator[Barred]:
    """A listed medicine has been left off for long enough, and not by the person alone."""
    for each in line.against(facts.document, facts.day, on=facts.day):
        if not each.is_clear:
            rule = each.state.washout
            yield barred(
                WASHOUTS,
                facts,
                _words(line, each),
                basis=rule.basis,
                citation=rule.source,
                clears=LIST,
            )
    for rule in line.not_asked(facts.document):
        yield barred(
            WASHOUTS,
            facts,
            f"{line.now.name}: nobody has said yet whether it falls under “{rule.label}”.",
            basis=rule.basis,
            citation=rule.source,
            clears=LIST,
        )
    if line.lacks_agreement(facts.document):
        yield barred(
            WASHOUTS,
            facts,
            f"{line.now.name} was left off, and nobody who orders it is named as agreeing.",
            basis=Basis.HOUSE,
            citation=WHO_CHANGES_IT,
            clears=LIST,
        )


def _words(line: Line, each: Against) -> str:
    if each.is_still_taken:
        return f"{line.now.name} is still taken. {each.label}: {each.clear_for} must be clear."
    if line.now.is_taken_as_needed:
        return f"{line.now.name} is taken only as needed. {washout_words(each.state)}"
    return f"{line.now.name}. {washout_words(each.state)}"
