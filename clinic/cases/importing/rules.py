"""Why a file of people is not imported."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.cases.importing.models import PatientFile
from clinic.cases.importing.queries import Line, Outcome
from clinic.workflow import CHANGED, ROLE, Obstacle, gate

WRONG = gate("import_row_wrong", "A row of the file cannot be registered as it is written.")
UNDECIDED = gate(
    "import_row_undecided", "Nobody has said whether a row is somebody who is here already."
)
NOBODY_NEW = gate("import_nobody_new", "Everybody in the file is here already.")

SOMEBODY_ELSE = "new"  # what is chosen of a row that is none of those who look like it


def obstacles_to_read(site: Any, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Whoever imports registers people, and reads who is here: both are needed at the site.

    The report names patients who may be the same person, with their birth dates; that is theirs
    to read who may open a case file.
    """
    if not all(may(by, each, site=site) for each in (Permission.REGISTER, Permission.SEE_CASE)):
        yield ROLE(f"Only intake staff of {site} import people there.")


def obstacles_to_import(
    file: PatientFile,
    *,
    by: Any,
    at: datetime,
    lines: Sequence[Line],
    choices: Mapping[int, str] | None = None,
    despite: Collection[str] = (),
) -> Iterator[Obstacle]:
    """A file is imported whole: no row of it is wrong, and of each alike somebody has decided.

    Asked by a page before its form, no choice is missing yet.
    """
    yield from obstacles_to_read(file.site, by=by, at=at)
    if not PatientFile.objects.filter(pk=file.pk).exists():
        yield CHANGED("The file was set aside meanwhile. Read it again.")
    for line in lines:
        for wrong in line.row.wrong:
            yield WRONG(f"Row {line.place}, {wrong.column}: {wrong.sentence}")
    if not any(line.outcome in {Outcome.NEW, Outcome.ALIKE, Outcome.WRONG} for line in lines):
        yield NOBODY_NEW("Everybody in this file is here already. Nothing is left to do.")
    for line in lines if choices is not None else ():
        yield from _obstacles_in_choice(line, choices or {}, despite)


def _obstacles_in_choice(
    line: Line, choices: Mapping[int, str], despite: Collection[str]
) -> Iterator[Obstacle]:
    if line.outcome != Outcome.ALIKE:
        return
    keys = {str(each.key) for each in line.alike}
    unseen = keys - set(despite)
    if choices.get(line.place) not in keys | {SOMEBODY_ELSE}:
        yield UNDECIDED(f"Row {line.place}, {line.row.shown}: say whether they are here already.")
    elif unseen:
        yield UNDECIDED(
            f"Row {line.place}, {line.row.shown}: somebody like them was registered meanwhile."
        )
