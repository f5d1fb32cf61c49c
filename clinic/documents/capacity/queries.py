"""What was found of a person's capacity to decide, decision by decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from clinic.cases.models import Case
from clinic.documents.capacity.models import CapacityAssessment, Outcome
from clinic.protocols.document import RequiredDocument
from clinic.protocols.queries import document_of

ABOUT = {"consent", "agreement"}  # the kinds of documents by which a person decides something
By = dict[str, tuple[CapacityAssessment, ...]]


def decisions_of(case: Case) -> list[RequiredDocument]:
    """The decisions the protocol asks of a person, each by its document."""
    return [rule for rule in document_of(case.protocol_version).documents if rule.kind in ABOUT]


def assessed(cases: Iterable[Case]) -> dict[int, By]:
    """Every assessment of each case by its decision, the earliest first, in one query."""
    found: dict[int, By] = {case.pk: {} for case in cases}
    rows = CapacityAssessment.objects.filter(case_id__in=list(found)).select_related("assessed_by")
    for row in rows.order_by("assessed_at", "pk"):
        of_case = found[row.case_id]
        of_case[row.decision] = (*of_case.get(row.decision, ()), row)
    return found


def lacking(assessments: Iterable[CapacityAssessment], at: datetime) -> CapacityAssessment | None:
    """The assessment by which the person lacks capacity at a moment, if they do.

    That it could not be assessed later on takes nothing back; who was never assessed has it.
    """
    told = [
        each
        for each in assessments
        if each.assessed_at <= at and each.outcome != Outcome.NOT_ASSESSED
    ]
    return told[-1] if told and told[-1].outcome == Outcome.LACKS else None


def in_words(case: Case) -> list[tuple[str, tuple[CapacityAssessment, ...]]]:
    """What was assessed in a case: each decision as the version calls it, the newest finding first."""
    document = document_of(case.protocol_version)
    return [
        (getattr(document.document(code), "title", code), rows[::-1])
        for code, rows in assessed([case])[case.pk].items()
    ]
