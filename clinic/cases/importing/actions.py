"""Read a file of people, and register everybody in it: all of them, or nobody."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.cases import actions as cases
from clinic.cases.importing import queries
from clinic.cases.importing.models import ImportedRow, PatientFile, PatientImport
from clinic.cases.importing.queries import Line, Outcome
from clinic.cases.importing.rules import (
    SOMEBODY_ELSE,
    obstacles_to_import,
    obstacles_to_read,
)
from clinic.cases.models import Patient
from clinic.workflow import alone, refuse_unless_clear


@transaction.atomic
def read(
    *, by: Any, at: datetime, site: Any, kind: str, file_name: str, text: str, key: uuid.UUID
) -> PatientFile | PatientImport:
    """Keep a file while somebody looks at it; one they were looking at before is gone.

    A page that was sent twice carries the same key twice and meets the first one's file.
    """
    alone(f"registration at {site.key}")
    again = _met_before(key, by)
    if again is not None:
        return again
    refuse_unless_clear(obstacles_to_read(site, by=by, at=at))
    PatientFile.objects.filter(site=site, read_by=by).delete()
    file = PatientFile.objects.create(
        key=key, site=site, kind=kind, file_name=file_name, text=text, read_at=at, read_by=by
    )
    record("file of people read", file, by=by, at=at, kind=kind)
    return file


@transaction.atomic
def import_people(
    file: PatientFile,
    *,
    by: Any,
    at: datetime,
    choices: Mapping[int, str],
    despite: Collection[str] = (),
) -> PatientImport:
    """Register everybody of a file who is not here yet; whoever looks alike was decided on.

    Nobody's details are changed: who is here already is left as they are.
    """
    alone(f"registration at {file.site.key}")
    again = PatientImport.objects.filter(key=file.key, imported_by=by).first()
    if again is not None:
        return again
    lines = queries.report(file, at=at)
    refuse_unless_clear(
        obstacles_to_import(file, by=by, at=at, lines=lines, choices=choices, despite=despite)
    )
    wanted = [line for line in lines if _is_registered(line, choices)]
    done = PatientImport.objects.create(
        key=file.key,
        site=file.site,
        kind=file.kind,
        file_name=file.file_name,
        added=len(wanted),
        left_out=len(lines) - len(wanted),
        imported_at=at,
        imported_by=by,
    )
    for line in wanted:
        known = [each.key for each in line.alike]
        cases.register(
            by=by, at=at, site=file.site, key=line.key, despite=known, **line.row.details
        )
    _keep_rows(done, lines, {line.place for line in wanted}, choices)
    PatientFile.objects.filter(pk=file.pk).delete()
    record("people imported", done, by=by, at=at, added=done.added, left_out=done.left_out)
    return done


@transaction.atomic
def set_aside(file: PatientFile, *, by: Any, at: datetime) -> None:
    """Let go of a file that was read; nobody of it is registered."""
    alone(f"registration at {file.site.key}")
    refuse_unless_clear(obstacles_to_read(file.site, by=by, at=at))
    gone, _ = PatientFile.objects.filter(pk=file.pk).delete()
    if gone:
        record("file of people set aside", file, by=by, at=at)


def _met_before(key: uuid.UUID, by: Any) -> PatientFile | PatientImport | None:
    return (
        PatientFile.objects.filter(key=key, read_by=by).first()
        or PatientImport.objects.filter(key=key, imported_by=by).first()
    )


def _is_registered(line: Line, choices: Mapping[int, str]) -> bool:
    if line.outcome == Outcome.ALIKE:
        return choices[line.place] == SOMEBODY_ELSE
    return line.outcome == Outcome.NEW


def _keep_rows(
    done: PatientImport, lines: list[Line], new: set[int], choices: Mapping[int, str]
) -> None:
    """Keep which patient each row became or was, so that the same row is known again."""
    became: dict[uuid.UUID, uuid.UUID] = {}  # of each row's own key, whose key it is in the end
    kept = [line for line in lines if line.outcome in {Outcome.NEW, Outcome.ALIKE}]
    for line in kept:
        # Who is chosen may be an earlier row, which itself was chosen to be somebody here.
        chosen = line.key if line.place in new else uuid.UUID(choices[line.place])
        became[line.key] = became.get(chosen, chosen)
    people = {each.key: each for each in Patient.objects.filter(key__in=became.values())}
    ImportedRow.objects.bulk_create(
        ImportedRow(
            of=done,
            site_id=done.site_id,
            patient=people[became[line.key]],
            place=line.place,
            identifier_digest=line.identifier_digests[0],
            row_digest=line.row_digests[0],
            is_new=line.place in new,
        )
        for line in kept
    )
