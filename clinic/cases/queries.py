"""Who is in care, where each case stands, and what it waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from clinic.access import Permission, in_reach, sites_where
from clinic.audit.canonical import digest
from clinic.cases.languages import named
from clinic.cases.models import (
    OPEN,
    CareTeamMember,
    Case,
    Contact,
    Cycle,
    Hold,
    Patient,
    Status,
)
from clinic.people.models import Room, Site
from clinic.people.queries import colleagues
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import document_of, published_versions, rules_of
from clinic.stock.models import Lot
from clinic.stock.queries import Drawn, drawn_from

AT_MOST = 50
COUNTED_TO = 1000
DETAILS = (
    "family_name",
    "given_name",
    "known_as",
    "date_of_birth",
    "email",
    "phone",
    "address",
    "language",
    "interpreter_language",
    "zone",
    "channel",
    "allergies",
)


def visible_patients(user: Any) -> QuerySet[Patient]:
    """The patients whose case file this person may open."""
    return Patient.objects.filter(in_reach(user, Permission.SEE_CASE, patient="pk")).select_related(
        "site"
    )


def visible_cases(user: Any) -> QuerySet[Case]:
    """The cases this person may open: their site's, or those of people in their care."""
    return (
        Case.objects.filter(in_reach(user, Permission.SEE_CASE, patient="patient"))
        .select_related("site", "patient", "protocol_version__protocol")
        .defer("protocol_version__document", "protocol_version__confirmed")
    )


def visible_contacts(user: Any) -> QuerySet[Contact]:
    """The contacts of the patients this person may see."""
    return Contact.objects.filter(
        in_reach(user, Permission.SEE_CASE, patient="patient")
    ).select_related("site", "patient__site")


def visible_members(user: Any) -> QuerySet[CareTeamMember]:
    """The care team members of the cases this person may see."""
    return CareTeamMember.objects.filter(in_reach(user, Permission.SEE_CASE)).select_related(
        "case__site", "case__patient", "user"
    )


def visible_holds(user: Any) -> QuerySet[Hold]:
    """The holds at the sites at which this person may open a case file, the newest first."""
    return (
        Hold.objects.filter(site_id__in=sites_where(user, Permission.SEE_CASE))
        .select_related("site", "placed_by", "lifted_by")
        .order_by("-placed_at")
    )


def current_cycle(case: Case) -> Cycle | None:
    """The cycle that is being prepared or treated: the one with the highest number."""
    return case.cycles.order_by("-number").first()


def contacts_of(patient: Patient) -> QuerySet[Contact]:
    """The people near this patient who are still theirs."""
    return patient.contacts.filter(ended_at__isnull=True).select_related("added_by")


def team_of(case: Case) -> QuerySet[CareTeamMember]:
    """Who cares for this case now."""
    return case.team.filter(until__isnull=True).select_related("user").order_by("since")


def team_in_words(case: Case) -> list[tuple[CareTeamMember, str]]:
    """Who cares for this case now, each with their capacity as the version calls it today."""
    document = document_of(case.protocol_version)
    return [(member, document.capacity(member.capacity)) for member in team_of(case)]


def holds_on(site: Any, keys: Iterable[Any]) -> QuerySet[Hold]:
    """The holds in force at a site on any of these: version, lot, room, person, site, patient."""
    return Hold.objects.filter(
        site=site, target_key__in=list(keys), lifted_at__isnull=True
    ).select_related("placed_by")


def cases_behind(hold: Hold) -> QuerySet[Case]:
    """The open cases a hold touches, as far as it can be said before a session is planned."""
    touched = {
        Hold.On.VERSION: Q(protocol_version__key=hold.target_key),
        Hold.On.RULE: Q(protocol_version__key=hold.target_key),
        Hold.On.SITE: Q(site__key=hold.target_key),
        Hold.On.PATIENT: Q(patient__key=hold.target_key),
        Hold.On.PERSON: Q(team__user__key=hold.target_key, team__until__isnull=True),
        Hold.On.ROOM: Q(visits__room__key=hold.target_key, visits__status="planned"),
    }
    condition = touched.get(Hold.On(hold.on))
    cases = Case.objects.filter(site=hold.site, status__in=OPEN).select_related("patient")
    return cases.filter(condition).distinct() if condition else cases.none()


def drawn_behind(hold: Hold, user: Any) -> list[Drawn]:
    """For whom something was prepared or given from a lot that is held."""
    lot = Lot.objects.filter(site=hold.site, key=hold.target_key).first()
    return drawn_from(lot, user)[:AT_MOST] if lot and hold.on == Hold.On.LOT else []


# -- The worklist ----------------------------------------------------------------------------


class Turn(StrEnum):
    """Whose turn it is to give what a case still needs."""

    INTAKE = "Intake staff"
    DECIDES = "Who decides eligibility"
    TEAM = "The care team"
    PERSON = "The person"


@dataclass(frozen=True)
class Wanted:
    """One thing a case still needs: where somebody gives it, whose turn it is and since when."""

    words: str
    clears: str = ""  # the URL name of the place
    subject: str = ""  # the key that place takes, when it is not the case's
    turn: str = Turn.TEAM  # on a list the care team is named, where there is one
    since: datetime | None = None  # on a list, where nobody says: since the case is in its stage


@dataclass
class Waiting:
    """One case of the worklist: where it stands, since when, and what it waits for."""

    case: Case
    since: datetime
    wants: list[Wanted] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """One page of the worklist."""

    rows: list[Waiting]
    has_more: bool


# Slices above say what a case waits for in their own step. Each is asked once a page, with all of
# its cases, and answers in a number of queries that does not grow with them.
WANTS: list[Callable[[list[Case]], dict[int, list[Wanted]]]] = []


def worklist(user: Any, stage: str = "", *, offset: int = 0, size: int = AT_MOST) -> Page:
    """The cases in a stage, or all that are open, those who have waited longest first."""
    cases = visible_cases(user)
    cases = cases.filter(status=stage) if stage else cases.filter(status__in=OPEN)
    found = list(cases.order_by("stage_since", "pk")[offset : offset + size + 1])
    rows = [Waiting(case, case.stage_since) for case in found[:size]]
    for wants in [_own_wants, *WANTS]:
        answers = wants([row.case for row in rows]) if rows else {}
        for row in rows:
            row.wants.extend(answers.get(row.case.pk, []))
    teams = _names_in_teams([row.case for row in rows]) if rows else {}
    for row in rows:
        row.wants = _by_waiting(row, teams.get(row.case.pk, ""))
    return Page(rows, len(found) > size)


def _by_waiting(row: Waiting, team: str) -> list[Wanted]:
    """What a case waits for, the longest waiting first, each with a date and with whose turn it is."""
    whole = [
        replace(
            want,
            since=want.since or row.since,
            turn=team if team and want.turn == Turn.TEAM else want.turn,
        )
        for want in row.wants
    ]
    return sorted(whole, key=lambda want: want.since or row.since)


def _names_in_teams(cases: list[Case]) -> dict[int, str]:
    """Who cares for each of these cases now, by name."""
    members = CareTeamMember.objects.filter(case__in=cases, until__isnull=True)
    named: dict[int, dict[str, None]] = {}
    for member in members.select_related("user").order_by("since", "pk"):
        named.setdefault(member.case_id, {})[member.user.name] = None
    return {case: ", ".join(names) for case, names in named.items()}


def wants_of(case: Case) -> list[Wanted]:
    """What one case waits for, in every slice's words."""
    asked = [wants([case]).get(case.pk, []) for wants in [_own_wants, *WANTS]]
    return [want for wants in asked for want in wants]


def counts_by_stage(user: Any) -> dict[str, int]:
    """How many cases stand in each stage, counted to a thousand and one."""
    sites = sites_where(user, Permission.SEE_CASE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s, (SELECT count(*) FROM (SELECT FROM clinic_case WHERE site_id = ANY (%s)"
            " AND status = s LIMIT %s) counted) FROM unnest(%s::text[]) s",
            [sites, COUNTED_TO + 1, [str(status) for status in Status]],
        )
        return dict(cursor.fetchall())


def _own_wants(cases: list[Case]) -> dict[int, list[Wanted]]:
    """What the spine itself sees missing: the seen document, somebody to call, somebody to care."""
    before_dose = {Status.REFERRED, Status.SCREENING, Status.ELIGIBLE, Status.PREPARING}
    early = [case for case in cases if case.status in before_dose]
    near = set(
        Contact.objects.filter(
            patient_id__in={case.patient_id for case in early}, ended_at__isnull=True
        ).values_list("patient_id", "role", "language")
    )
    with_emergency = {patient for patient, role, _ in near if role == Contact.Role.EMERGENCY}
    found: dict[int, list[Wanted]] = {}
    for case in early:
        wants = found.setdefault(case.pk, [])
        if case.patient.identity_seen_at is None:
            wants.append(
                Wanted(
                    "identity document not seen",
                    "cases:identity",
                    turn=Turn.INTAKE,
                    since=case.referred_at,
                )
            )
        if case.patient_id not in with_emergency:
            wants.append(
                Wanted(
                    "no emergency contact",
                    "cases:contacts",
                    turn=Turn.INTAKE,
                    since=case.referred_at,
                )
            )
        needed = case.patient.interpreter_language
        # Of an interpreter from before languages were asked, none is known: they may be the one.
        if needed and not any(
            (case.patient_id, Contact.Role.INTERPRETER, each) in near for each in ("", needed)
        ):
            wants.append(
                Wanted(
                    f"no interpreter for {named(needed)}",
                    "cases:contacts",
                    turn=Turn.INTAKE,
                    since=case.referred_at,
                )
            )
    return found


# -- What pages are made of ------------------------------------------------------------------


def patient_of(user: Any, key: Any) -> QuerySet[Patient]:
    """The patient with this key, or whose case has it: pages about a person take either.

    The address of a record that was merged leads to the one that stays.
    """
    return (
        visible_patients(user)
        .filter(Q(key=key) | Q(cases__key=key) | Q(merged_here__key=key), merged_into=None)
        .distinct()
    )


def patients_at(site: Site, keys: Iterable[Any]) -> QuerySet[Patient]:
    """The patients of one site with these keys."""
    return Patient.objects.filter(site=site, key__in=list(keys)).select_related("site")


def details_as_seen(patient: Patient) -> str:
    """A digest of what a page showed of a person, to notice that somebody else has changed it."""
    return digest({name: getattr(patient, name) or "" for name in DETAILS})


def sites_to_register_at(user: Any) -> QuerySet[Site]:
    """The open sites at which this person registers people."""
    return Site.objects.filter(
        pk__in=sites_where(user, Permission.REGISTER), closed_at__isnull=True
    )


def versions_referred_to() -> QuerySet[ProtocolVersion]:
    """The versions a referral may name: those that are or were published."""
    return ProtocolVersion.objects.exclude(published_at__isnull=True).select_related("protocol")


def cases_of(patient: Patient) -> QuerySet[Case]:
    """The cases of a patient, the newest first."""
    return patient.cases.select_related("protocol_version__protocol").order_by("-number")


def holds_over(case: Case) -> QuerySet[Hold]:
    """The holds in force that this case can know of: on the patient, the version, the site."""
    return holds_on(case.site, [case.patient.key, case.protocol_version.key, case.site.key])


def holdable(site: Any, case: Case | None, *, at: datetime) -> list[tuple[str, list]]:
    """What a hold may be put on at a site, grouped; a patient only from their own case."""
    groups: list[tuple[str, list]] = []
    if case is not None:
        groups.append(("This person", [(f"patient:{case.patient.key}", str(case.patient))]))
    versions = list(published_versions())
    if case is not None and case.protocol_version not in versions:
        versions.insert(0, case.protocol_version)
    rooms = Room.objects.filter(site=site, closed_at__isnull=True)
    lots = Lot.objects.filter(site=site, balance__gt=0).order_by("expires_on")
    groups += [
        ("Protocol", [(f"version:{each.key}", str(each)) for each in versions]),
        ("Lot", [(f"lot:{each.key}", str(each)) for each in lots]),
        ("Room", [(f"room:{each.key}", each.name) for each in rooms]),
        (
            "Member of staff",
            [(f"person:{each.key}", each.name) for each in colleagues([site.pk], at=at)],
        ),
        ("Whole site", [(f"site:{site.key}", site.name)]),
    ]
    if case is not None:
        groups.append((f"One rule of {case.protocol_version}", _rules_of(case.protocol_version)))
    return [group for group in groups if group[1]]


def _rules_of(version: ProtocolVersion) -> list[tuple[str, str]]:
    """Every rule of a version that can be held by itself, by its place in the document."""
    return [(f"rule:{version.key}:{place}", words) for place, words in rules_of(version)]


# -- Holds as somebody may read them ---------------------------------------------------------


@dataclass(frozen=True)
class ShownHold:
    """A hold, and of whom it is: named to those who may open that person's case file."""

    hold: Hold
    title: str
    patient: Patient | None = None


def shown_holds(holds: Iterable[Hold], user: Any) -> list[ShownHold]:
    """Holds as this person reads them; who is outside their care is not named."""
    rows = list(holds)
    wanted = [hold.target_key for hold in rows if hold.on == Hold.On.PATIENT]
    people = visible_patients(user).filter(key__in=wanted) if wanted else Patient.objects.none()
    known = {patient.key: patient for patient in people}
    return [_shown(hold, known.get(hold.target_key)) for hold in rows]


def _shown(hold: Hold, patient: Patient | None) -> ShownHold:
    if hold.on != Hold.On.PATIENT:
        return ShownHold(hold, hold.words)
    return ShownHold(hold, str(patient) if patient else "A person outside your care", patient)
