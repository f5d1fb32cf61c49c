"""What the trail says to whoever answers for it: searched, sorted, with the people in it named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import make_aware

from clinic.access import Permission, may_anywhere, sites_where
from clinic.audit.models import Signature, TrailEntry
from clinic.audit.queries import visible_trail
from clinic.cases.break_glass.models import BrokenGlass
from clinic.cases.models import Case, Patient
from clinic.cases.queries import visible_cases
from clinic.cases.search import ids_like
from clinic.people.models import User
from clinic.trail.columns import ordering
from clinic.workflow import GATES

LINES = 100
PAGES = 100  # further back one narrows the search: the last page costs no more than this
AT_MOST = 50
REFUSALS = ["refused", "refused at the door", "sign-in refused", "second factor refused"]
LAST = "\U0010ffff"  # sorts after every letter: what begins with a word lies between it and this


@dataclass(frozen=True)
class Line:
    """One entry as it stands on the page."""

    entry: TrailEntry
    who: str
    patient: Patient | None
    patient_url: str
    record: str
    record_url: str
    why_not: str


def answerable_patients(user: Any) -> QuerySet[Patient]:
    """The patients of the sites whose trail this person reads: who they are, nothing of their care."""
    return Patient.objects.filter(
        site_id__in=sites_where(user, Permission.READ_TRAIL)
    ).select_related("site")


def patients_like(user: Any, text: str) -> list[Patient]:
    """The people somebody asks about, by number or name."""
    if not text.strip():
        return []
    people = answerable_patients(user)
    if text.strip().isdigit():
        return list(people.filter(number=text.strip().zfill(6))[:AT_MOST])
    return list(people.filter(pk__in=ids_like(text)).order_by("sort_name")[:AT_MOST])


def found(user: Any, search: dict, *, page: int) -> tuple[list[Line], bool]:
    """One page of what was looked for, and whether there is another."""
    entries = _matching(user, search).order_by(*ordering(search.get("sort") or ""))
    start = (page - 1) * LINES
    # Put in order by their numbers alone: a million whole rows would be carried through the sort.
    ids = list(entries.values_list("pk", flat=True)[start : start + LINES + 1])
    rows = TrailEntry.objects.select_related("by", "site").in_bulk(ids[:LINES])
    return lines_of(user, [rows[pk] for pk in ids[:LINES]]), len(ids) > LINES and page < PAGES


def _matching(user: Any, search: dict) -> QuerySet[TrailEntry]:
    entries = visible_trail(user)
    if person := search.get("person"):
        people = list(
            User.objects.filter(Q(name__icontains=person) | Q(email__icontains=person))[:AT_MOST]
        )
        keys = [each.key for each in people]
        entries = entries.filter(
            Q(by__in=people) | Q(subject_kind="clinic.User", subject_key__in=keys)
        )
    if patient := search.get("patient"):
        entries = entries.filter(about(patients_like(user, patient)))
    if act := search.get("act", "").strip():
        entries = entries.filter(act__gte=act, act__lt=act + LAST)
    if search.get("refusals"):
        entries = entries.filter(act__in=REFUSALS)
    return entries.filter(_between(search.get("since"), search.get("until")))


def _between(since: date | None, until: date | None) -> Q:
    condition = Q()
    if since:
        condition &= Q(received_at__gte=make_aware(datetime.combine(since, time.min)))
    if until:
        after = until + timedelta(days=1)
        condition &= Q(received_at__lt=make_aware(datetime.combine(after, time.min)))
    return condition


def about(patients: Iterable[Patient]) -> Q:
    """The condition that an entry is about one of these people, or about one of their cases.

    Of whoever had two records that were merged, both are asked.
    """
    patients = _with_merged(patients)
    cases = list(Case.objects.filter(patient__in=patients).values_list("key", flat=True))
    return Q(case_key__in=cases) | Q(subject_key__in=[*cases, *(p.key for p in patients)])


def _with_merged(patients: Iterable[Patient]) -> list[Patient]:
    stays = [patient.merged_into_id or patient.pk for patient in patients]
    return list(Patient.objects.filter(Q(pk__in=stays) | Q(merged_into__in=stays)))


def lines_of(user: Any, entries: list[TrailEntry]) -> list[Line]:
    """The entries with the people in them named, in as many questions for one as for a hundred."""
    keys = {entry.case_key for entry in entries} | {entry.subject_key for entry in entries}
    patients = {p.key: p for p in answerable_patients(user).filter(key__in=keys)}
    cases = dict(Case.objects.filter(key__in=keys).values_list("key", "patient__key"))
    patients |= {
        key: patient
        for patient in answerable_patients(user).filter(key__in=cases.values())
        for key in [patient.key, *(c for c, p in cases.items() if p == patient.key)]
    }
    colleagues = {u.key: u for u in User.objects.filter(key__in=keys)}
    opens = set()
    if may_anywhere(user, Permission.SEE_CASE):
        opens = set(visible_cases(user).filter(key__in=keys).values_list("key", flat=True))
    return [_line(entry, patients, colleagues, opens) for entry in entries]


def _line(entry: TrailEntry, patients: dict, colleagues: dict, opens: set) -> Line:
    patient = patients.get(entry.case_key) or patients.get(entry.subject_key)
    colleague = colleagues.get(entry.subject_key)
    record = _kind_in_words(entry.subject_kind)
    return Line(
        entry=entry,
        who=entry.by.name if entry.by else "nobody signed in",
        patient=patient,
        patient_url=reverse("trail:patient", args=[patient.key]) if patient else "",
        record=f"{record}: {colleague.name}" if colleague else record,
        record_url=reverse("casefile:show", args=[entry.case_key])
        if entry.case_key in opens
        else "",
        why_not=_why_not(entry),
    )


def _kind_in_words(kind: str) -> str:
    page, _, name = kind.partition("page ")
    if name and not page:
        return f"page {name}"
    letters = kind.rpartition(".")[2]
    return "".join(f" {c.lower()}" if c.isupper() else c for c in letters).strip()


def _why_not(entry: TrailEntry) -> str:
    """What was refused and by which gates; never the sentence, which may speak of somebody's health."""
    if entry.act not in REFUSALS:
        return ""
    said = entry.said
    meanings = [
        GATES[reason["code"]].meaning if reason["code"] in GATES else reason["code"]
        for reason in said.get("reasons", [])
    ]
    wanted = said.get("wanted", "").replace("_", " ")
    return " ".join(filter(None, [f"{wanted}:" if wanted else "", *meanings]))


# -- What left, patient by patient -----------------------------------------------------------


@dataclass(frozen=True)
class Disclosure:
    """One time that something of a person's record was read by somebody, or left the house."""

    at: datetime
    by: str
    what: str
    to_whom: str
    why: str
    is_paper: bool
    signature: Signature | None = None


OUTSIDE_CARE = "record opened outside care"
# The acts by which a record is read or leaves, and what each is called in the account.
DISCLOSURES = {
    "case opened": "Record opened",
    OUTSIDE_CARE: "Record opened outside care",
    "printed": "Printed",
    "exported": "Exported",
    "message sent": "E-mail sent",
    "message possibly sent": "E-mail possibly sent",
    "link made": "Link to a form given out",
    "answered through a link": "Form opened through a link",
}


def disclosures_to(patient: Patient, *, since: date | None, until: date | None) -> Any:
    """Everything that was read of this person's record or left it, the newest first."""
    return (
        TrailEntry.objects.filter(about([patient]), _between(since, until), act__in=DISCLOSURES)
        .select_related("by", "site")
        .order_by("-received_at", "-pk")
    )


def account_of(patient: Patient, entries: Iterable[TrailEntry]) -> list[Disclosure]:
    """The entries as an account one can give to the person: date, who, what, to whom, why.

    What was opened outside care was signed for: that name stands in the account as well.
    """
    glass = BrokenGlass.objects.filter(patient__in=_with_merged([patient]))
    signed = Signature.objects.filter(
        subject_kind=BrokenGlass._meta.label, subject_key__in=glass.values("key")
    )
    signatures = {(each.by_id, each.at): each for each in signed}
    return [_disclosure(entry, signatures) for entry in entries]


def _disclosure(entry: TrailEntry, signatures: Mapping[Any, Signature]) -> Disclosure:
    said = entry.said
    who = entry.by.name if entry.by else "not known"
    what = DISCLOSURES[entry.act]
    if said.get("what"):
        what = f"{what}: {said['what']}"
    return Disclosure(
        at=entry.received_at,
        by=who,
        what=what,
        to_whom=said.get("to") or ("the person concerned" if "link" in entry.act else who),
        why=said.get("why") or said.get("reason") or _page_in_words(said),
        is_paper=entry.act == "printed",
        # The entry stands under the case where there is one, so it is found by whose it is and when.
        signature=signatures.get((entry.by_id, entry.at)) if entry.act == OUTSIDE_CARE else None,
    )


def _page_in_words(said: dict) -> str:
    if said.get("route"):
        return f"care: the page {said['route'].replace(':', ', ').replace('_', ' ')}"
    return f"{said['kind'].replace('_', ' ')}" if said.get("kind") else "care"


def number_of_prints(patient: Patient) -> int:
    """How often anything of this person's record was printed."""
    return TrailEntry.objects.filter(about([patient]), act="printed").count()
