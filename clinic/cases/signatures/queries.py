"""What was signed, as it was shown: the signatures of a case, and what stands beside each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Prefetch, Q, QuerySet

from clinic.access import Permission, in_reach, sites_where
from clinic.audit.models import Signature
from clinic.cases.break_glass.queries import visible_glass
from clinic.cases.models import Case
from clinic.cases.signatures.kinds import KINDS, kind_of
from clinic.cases.signatures.models import Amendment, CounterSignature, Status

NOT_RECORDED = "not recorded"
OF_CASE = "site", "case__site", "case__patient__site", "case__protocol_version__protocol"
WITH = *OF_CASE, "by"
WITH_RECORD = *OF_CASE, "record__case__site", "proposed_by", "decided_by", "acceptance"


def visible_signatures(user: Any) -> QuerySet[Signature]:
    """The signatures of the cases this person may open, of their sites' holds, of openings they see."""
    sites = sites_where(user, Permission.SEE_CASE)
    of_cases = in_reach(user, Permission.SEE_CASE) & Q(case__isnull=False)
    of_holds = Q(subject_kind="clinic.Hold", case__isnull=True, site_id__in=sites)
    of_openings = Q(
        subject_kind="clinic.BrokenGlass", subject_key__in=visible_glass(user).values("key")
    )
    return with_beside(
        Signature.objects.filter(of_cases | of_holds | of_openings).select_related(*WITH)
    )


def with_beside(signatures: QuerySet[Signature]) -> QuerySet[Signature]:
    """The same signatures with what stands beside each, in a constant number of queries."""
    return signatures.prefetch_related(
        Prefetch(
            "counter_signatures", CounterSignature.objects.select_related("signature", "case")
        ),
        Prefetch(
            "amendments",
            Amendment.objects.select_related("proposed_by", "decided_by", "acceptance"),
        ),
    )


def visible_amendments(user: Any) -> QuerySet[Amendment]:
    """The amendments to records of the cases this person may open."""
    return Amendment.objects.filter(in_reach(user, Permission.SEE_CASE)).select_related(
        *WITH_RECORD
    )


def amendments_to_answer(user: Any) -> QuerySet[Amendment]:
    """The amendments that wait and that are for this person to answer, the oldest first."""
    mine = Q(pk__in=[])
    for kind in KINDS.values():
        mine |= Q(record__subject_kind=kind.label) & in_reach(user, kind.permission)
    return (
        Amendment.objects.filter(mine, status=Status.PROPOSED)
        .exclude(proposed_by=user)
        .select_related(*WITH_RECORD)
        .order_by("proposed_at", "pk")
    )


def records_of(case: Case) -> list[Signature]:
    """What was signed in a case, the newest first; what stands beside a record stands beside it."""
    return list(
        with_beside(Signature.objects.filter(case=case).select_related(*WITH))
        .filter(counter_signature__isnull=True, accepted_amendment__isnull=True)
        .order_by("-at", "-pk")
    )


def latest_under(record: Any) -> Signature | None:
    """The newest signature under one record, with what stands beside it."""
    found = Signature.objects.filter(subject_kind=record._meta.label, subject_key=record.key)
    return with_beside(found.select_related(*WITH)).order_by("-at", "-pk").first()


def digest_fits(signature: Signature) -> bool:
    """Whether what is kept is to the letter what was signed."""
    return hashlib.sha256(signature.content.encode()).hexdigest() == signature.digest


def words_of_kind(signature: Signature) -> str:
    """What kind of record a signature stands under, in the clinic's words."""
    kind = kind_of(signature)
    return kind.words if kind else OTHERS.get(signature.subject_kind, "Signed record")


OTHERS = {
    "clinic.FindingDecision": "Finding settled",
    "clinic.CaseMove": "Case moved to another version",
    "clinic.Hold": "Hold lifted",
    "clinic.BrokenGlass": "Record opened outside care",
    "clinic.CounterSignature": "Counter-signature",
    "clinic.Amendment": "Amendment accepted",
    "clinic_sessions.Report": "Report sent or not owed",
}


# -- What was signed, as a person reads it ----------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One named value of a signed record, or several under one name."""

    name: str
    text: str = ""
    at: datetime | None = None
    parts: tuple[Part, ...] = ()


def as_signed(signature: Signature) -> tuple[Part, ...]:
    """The kept content of a signature, every value of it, with people by name."""
    content = json.loads(signature.content)
    people = get_user_model().objects.filter(key__in=set(_keys(content)))
    names = dict(people.values_list("key", "name"))
    return _parts(content, {str(key): name for key, name in names.items()})


def _keys(value: Any) -> Iterator[UUID]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from _keys(member)
    elif isinstance(value, str) and (key := _as_key(value)):
        yield key


def _as_key(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == len(str(UUID(int=0))) else None
    except ValueError:
        return None


def _parts(value: Any, names: dict[str, str]) -> tuple[Part, ...]:
    if isinstance(value, dict):
        asked_first = sorted(value.items(), key=lambda pair: pair[0] != "asked")
        return tuple(_part(_words(name), member, names) for name, member in asked_first)
    if isinstance(value, list):
        return tuple(
            _part(f"{number} of {len(value)}", member, names)
            for number, member in enumerate(value, start=1)
        )
    return (_part("", value, names),)


def _part(name: str, value: Any, names: dict[str, str]) -> Part:
    if isinstance(value, dict | list):
        parts = _parts(value, names)
        return Part(name, parts=parts) if parts else Part(name, "none")
    if value is None or value == "":
        return Part(name, NOT_RECORDED)
    if isinstance(value, bool):
        return Part(name, "yes" if value else "no")
    if isinstance(value, str) and (at := _as_moment(value)):
        return Part(name, at=at)
    return Part(name, names.get(str(value), str(value)))


def _as_moment(text: str) -> datetime | None:
    """An instant in its one canonical spelling; everything else is words."""
    if not text.endswith("Z") or "T" not in text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _words(name: str) -> str:
    """A name of the record's as a person reads it; an item's own code stays as it is."""
    words = name.replace("_", " ")
    return words.capitalize() if words.replace(" ", "").isalpha() else name
