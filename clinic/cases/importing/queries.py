"""What a file of people says, row by row, and who of them is here already."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from clinic.access import Permission, sites_where
from clinic.audit.canonical import digest
from clinic.cases import digests
from clinic.cases.importing import bundles, csv_files
from clinic.cases.importing.checking import check
from clinic.cases.importing.models import ImportedRow, Kind, PatientFile, PatientImport
from clinic.cases.importing.rows import Row, Wrong, title_of
from clinic.cases.models import Patient
from clinic.cases.rules import obstacles_in_birth
from clinic.cases.search import Newcomer, alike_among, possible_duplicates_of
from clinic.people.models import Site

READERS = {Kind.CSV: csv_files.rows_of, Kind.FHIR: bundles.rows_of}


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    HERE = "here"
    CHANGED = "changed"
    ALIKE = "alike"
    WRONG = "wrong"


WORDS = {
    Outcome.NEW: "Will be registered",
    Outcome.HERE: "Is here already",
    Outcome.CHANGED: "Is here already, and the file says something else now",
    Outcome.ALIKE: "May be here already",
    Outcome.WRONG: "Wrong",
}
TONES = {
    Outcome.NEW: "good",
    Outcome.HERE: "neutral",
    Outcome.CHANGED: "attention",
    Outcome.ALIKE: "attention",
    Outcome.WRONG: "danger",
}


@dataclass(frozen=True)
class Alike:
    """Somebody whom a row may mean: a patient, or an earlier row of the same file."""

    key: uuid.UUID
    words: str
    patient: Patient | None = None


@dataclass
class Line:
    """One row of the report: what the file says, and what becomes of it."""

    row: Row
    key: uuid.UUID  # the patient's, once the row is one
    outcome: Outcome = Outcome.NEW
    patient: Patient | None = None
    alike: list[Alike] = field(default_factory=list)

    @property
    def place(self) -> int:
        return self.row.place

    @property
    def words(self) -> str:
        return WORDS[self.outcome]

    @property
    def tone(self) -> str:
        return TONES[self.outcome]

    @property
    def identifier_digests(self) -> list[str]:
        """The digests the file's own identifier may be kept under, the newest first."""
        return digests.row_digests("imported identifier", self.row.identifier)

    @property
    def row_digests(self) -> list[str]:
        """The digests everything the row says may be kept under, the newest first."""
        said = {"identifier": self.row.identifier, **self.row.details}
        return digests.row_digests("imported row", digest(said))


def sites_to_import_at(user: Any) -> QuerySet[Site]:
    """The open sites at which this person registers people; who registers may read who is there."""
    sites = sites_where(user, Permission.REGISTER)
    return Site.objects.filter(pk__in=sites, closed_at__isnull=True)


def visible_files(user: Any) -> QuerySet[PatientFile]:
    """The files this person has read and not done with."""
    return PatientFile.objects.filter(
        read_by=user, site__in=sites_to_import_at(user)
    ).select_related("site")


def visible_imports(user: Any) -> QuerySet[PatientImport]:
    """The imports at the sites at which this person imports."""
    return PatientImport.objects.filter(site__in=sites_to_import_at(user)).select_related(
        "site", "imported_by"
    )


def rows_of(done: PatientImport) -> QuerySet[ImportedRow]:
    """Whom each row of an import became, or was already."""
    return done.rows.select_related("patient__site").order_by("place")


def report(file: PatientFile, *, at: datetime) -> list[Line]:
    """What becomes of each row of a file, in a number of queries that does not grow with it."""
    lines = [_line(file, row) for row in READERS[Kind(file.kind)](file.text)]
    today = at.astimezone(file.site.tz).date()
    for line in lines:
        _check(line, today)
    _repeated(lines)
    sound = [line for line in lines if line.outcome != Outcome.WRONG]
    _here_already(file.site, sound)
    _alike(file.site, [line for line in sound if line.outcome == Outcome.NEW])
    return lines


def _line(file: PatientFile, row: Row) -> Line:
    return Line(row, uuid.uuid5(file.key, str(row.place)))


def _check(line: Line, today: Any) -> None:
    check(line.row)
    if not line.row.wrong:
        born = line.row.details["date_of_birth"]
        line.row.wrong += [
            Wrong(title_of("date_of_birth"), str(each)) for each in obstacles_in_birth(born, today)
        ]
    if line.row.wrong:
        line.outcome = Outcome.WRONG


def _repeated(lines: Iterable[Line]) -> None:
    """An identifier means one person; a file that gives it twice does not say which."""
    first: dict[str, int] = {}
    for line in lines:
        identifier = line.row.identifier
        if identifier and first.setdefault(identifier, line.place) != line.place:
            words = f"Row {first[identifier]} has the same identifier."
            line.row.wrong.append(Wrong(title_of("identifier"), words))
            line.outcome = Outcome.WRONG


def _here_already(site: Site, lines: Sequence[Line]) -> None:
    """Rows that were imported before: by the file's own identifier, or word for word."""
    by_row = {each: line for line in lines for each in line.row_digests}
    by_identifier = {
        each: line for line in lines if line.row.identifier for each in line.identifier_digests
    }
    rows = ImportedRow.objects.filter(
        Q(row_digest__in=list(by_row)) | Q(identifier_digest__in=list(by_identifier)), site=site
    )
    for imported in rows.select_related("patient__site").order_by("pk"):
        named = by_identifier.get(imported.identifier_digest)
        said = by_row.get(imported.row_digest)
        line = named or said
        if line is None:
            continue
        line.patient = imported.patient
        line.outcome = Outcome.HERE if said is line else Outcome.CHANGED


def _alike(site: Site, lines: Sequence[Line]) -> None:
    if not lines:
        return
    newcomers = [_newcomer(line) for line in lines]
    for line, found in zip(lines, possible_duplicates_of(site, newcomers), strict=True):
        for patient, words in found:
            named = f"{patient}, born {patient.date_of_birth:%d %b %Y}, ID {patient.number}"
            line.alike.append(Alike(patient.key, f"{named}, has {words}", patient))
    among: dict[tuple[int, int], list[str]] = {}
    for late, early, words in alike_among(newcomers):
        among.setdefault((late, early), []).append(words)
    for (late, early), why in among.items():
        other = lines[early]
        words = f"Row {other.place}, {other.row.shown}, has {', '.join(why)}"
        lines[late].alike.append(Alike(other.key, words))
    for line in lines:
        line.outcome = Outcome.ALIKE if line.alike else Outcome.NEW


def _newcomer(line: Line) -> Newcomer:
    details = line.row.details
    names = ("family_name", "given_name", "date_of_birth", "email", "phone", "known_as")
    return Newcomer(**{name: details[name] for name in names})


def counts(lines: Iterable[Line]) -> list[tuple[str, str, int]]:
    """How many rows there are of each outcome: its tone, its words and the number."""
    outcomes = [line.outcome for line in lines]
    return [
        (TONES[each], WORDS[each], outcomes.count(each)) for each in Outcome if each in outcomes
    ]
