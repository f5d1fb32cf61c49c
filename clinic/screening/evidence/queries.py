"""What the protocol asks to be shown for one person, and what was entered for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from clinic.access import Permission, in_reach
from clinic.cases.models import Case
from clinic.protocols.document import FreshTest
from clinic.protocols.queries import document_at
from clinic.screening.evidence.models import Evidence
from clinic.screening.queries import Found, screening_of


@dataclass(frozen=True)
class Asked:
    """Something that is shown by evidence, and everything that was entered for it."""

    code: str
    title: str
    wants: str
    found: Found | None = None
    test: FreshTest | None = None
    entered: tuple[Evidence, ...] = ()

    @property
    def newest(self) -> Evidence | None:
        """What counts now: of the newest day, and not taken back."""
        return next((each for each in self.entered if each.is_standing), None)

    @property
    def good_until(self) -> date | None:
        return good_until(self.test, self.newest) if self.test and self.newest else None

    @property
    def words(self) -> str:
        """What was asked for, as the entry keeps it."""
        return f"{self.title}: {self.wants}" if self.wants else self.title


def visible_evidence(user: Any) -> QuerySet[Evidence]:
    """What was entered in the cases this person may open."""
    return Evidence.objects.filter(in_reach(user, Permission.SEE_CASE)).select_related(
        "case__patient", "case__site", "case__protocol_version", "entered_by", "withdrawn_by"
    )


def evidence_of(case: Case) -> list[Evidence]:
    """Everything entered in a case, the newest day first, what was taken back included."""
    return list(
        Evidence.objects.filter(case=case).select_related("entered_by", "withdrawn_by").order_by(
            "-done_on", "-pk"
        )
    )  # fmt: skip


def asked_of(case: Case, *, on: date) -> list[Asked]:
    """What is to be shown for this person: what the answers ask for, and the protocol's tests."""
    entered = evidence_of(case)

    def of(code: str) -> tuple[Evidence, ...]:
        return tuple(each for each in entered if each.code == code)

    screening = screening_of(case, on=on)
    found = [
        Asked(
            each.item,
            f"{each.number} {each.text}".strip(),
            each.message,
            found=each,
            entered=of(each.item),
        )
        for each in (screening.found if screening else ())
        if each.is_shown_by_evidence
    ]
    return found + [
        Asked(test.code, test.label, _wants(test), test=test, entered=of(test.code))
        for test in document_at(case.protocol_version, case.site).tests
    ]


def _wants(test: FreshTest) -> str:
    said = [test.expected, f"Only where: {test.only_if}" if test.only_if else ""]
    return ". ".join(each for each in said if each)


def no_longer_asked(case: Case, asked: Iterable[Asked]) -> list[Evidence]:
    """What was entered for something that no answer asks for any more; it stays in the record."""
    codes = {each.code for each in asked}
    return [each for each in evidence_of(case) if each.code not in codes]


def asked(case: Case, code: str, *, on: date) -> Asked | None:
    """One thing that is to be shown, or None where nothing asks for it."""
    return next((each for each in asked_of(case, on=on) if each.code == code), None)


def good_until(test: FreshTest, evidence: Evidence) -> date:
    """The last day on which a result is not too old for a dose."""
    return evidence.done_on + timedelta(days=test.fresh_days)


def newest_of_tests(wanted: dict[int, set[str]]) -> dict[int, dict[str, Evidence]]:
    """The newest standing result of each test, by case id and code, asked for many cases at once."""
    found: dict[int, dict[str, Evidence]] = {pk: {} for pk in wanted}
    codes = set().union(*wanted.values())
    if not codes:
        return found
    rows = Evidence.objects.filter(
        case_id__in=list(wanted), code__in=codes, withdrawn_at__isnull=True
    )
    for row in rows.order_by("done_on", "pk"):
        found[row.case_id][row.code] = row
    return found
