"""Two records side by side, and what is to be read for ever of those that were merged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from pghistory.models import Event

from clinic.access import Permission, in_reach
from clinic.audit.models import Signature
from clinic.cases import search
from clinic.cases.digests import email_digest, phone_digest
from clinic.cases.languages import named
from clinic.cases.merging.models import PatientMerge, PatientParting
from clinic.cases.models import OPEN, Case, Contact, Hold, Patient, wish_in_words
from clinic.cases.queries import cases_of, contacts_of, holds_on, visible_patients

# What is known of a person, in the words of the page.
DETAILS = {
    "family_name": "Family name",
    "given_name": "Given name",
    "known_as": "Likes to be called",
    "date_of_birth": "Born",
    "phone": "Telephone",
    "email": "E-mail",
    "may_email": "By e-mail",
    "channel": "Wishes to be reached by",
    "address": "Address",
    "language": "Language",
    "interpreter_language": "Needs an interpreter for",
    "zone": "Time zone",
    "allergies": "Allergies",
    "identity_document": "Identity document seen",
}
# What is encrypted at rest is compared, not copied.
CLOSED = {"phone": phone_digest, "email": email_digest}

# Rows that stay with the record they were written on, each with how it is still found.
STAYS = {
    "clinic.PatientMerge": "says itself which record was merged into which",
    "clinic.ChannelConsent": "agreed for that very record's address and number; a contact's go by the contact",
    "clinic.BrokenGlass": "sealed; care and review ask for the record that stays",
    "clinic.ImportedRow": "sealed; says which record a line of a file became",
    "clinic.RecordLink": "sealed behind both sites' walls; intervals ask for the record that stays",
    "clinic.ToldApart": "as a link; said anew of the record that stays, where it is still so",
    "clinic.Concern": "sealed; who hears it is asked of the record that stays",
}


@dataclass(frozen=True)
class Row:
    """One detail of two records, and whether they differ in it."""

    name: str
    label: str
    values: tuple[Any, Any]
    differs: bool


@dataclass(frozen=True)
class Typed:
    """What was typed of a newcomer, and whether a record says otherwise; never what it says."""

    label: str
    value: Any
    differs: bool


@dataclass(frozen=True)
class Side:
    """One of two records as the page shows it."""

    patient: Patient
    cases: list
    contacts: list
    holds: list


@dataclass(frozen=True)
class Merged:
    """A record that was merged, and what it says otherwise than the one that stays."""

    merge: PatientMerge
    otherwise: list[tuple[str, Any]]


def visible_merges(user: Any) -> QuerySet[PatientMerge]:
    """The merges of the people whose record this person may open."""
    return PatientMerge.objects.filter(
        in_reach(user, Permission.SEE_CASE, patient="kept")
    ).select_related("kept__site", "merged__site", "merged__registered_by", "merged_by")


def merges_into(patient: Patient) -> list[Merged]:
    """What was merged into a record somebody has opened, at once or by way of another.

    What a merged record said otherwise stays there for ever, and is read here, the earliest first:
    it is of the one person whose record that is.
    """
    merges = PatientMerge.objects.filter(merged__merged_into=patient, parting=None).select_related(
        "merged", "merged_by"
    )
    return [
        Merged(
            merge,
            [
                (DETAILS[name], value)
                for name in merge.differs
                if (value := value_of(merge.merged, name))
            ],
        )
        for merge in merges
    ]


def merge_of(user: Any, key: Any) -> PatientMerge | None:
    """The merge by which the record with this key was merged into another, parted since or not."""
    merges = visible_merges(user).select_related("kept__merged_into", "parting")
    return merges.filter(merged__key=key).last()


def parting_of(merge: PatientMerge) -> PatientParting | None:
    """The act that parted the records of this merge again."""
    return PatientParting.objects.filter(merge=merge).first()


def partings_of(patient: Patient, user: Any) -> list[tuple[PatientParting, Patient]]:
    """Every record that was parted from this one, for whoever may open both, the latest first."""
    partings = (
        PatientParting.objects.filter(
            in_reach(user, Permission.SEE_CASE, patient="merge__kept"),
            in_reach(user, Permission.SEE_CASE, patient="merge__merged"),
            Q(merge__kept=patient) | Q(merge__merged=patient),
        )
        .select_related("merge__kept", "merge__merged", "merge__merged_by", "parted_by")
        .order_by("-pk")
    )
    return [
        (each, each.merge.merged if each.merge.kept_id == patient.pk else each.merge.kept)
        for each in partings
    ]


def returning(merge: PatientMerge, model: Any, field: str) -> QuerySet:
    """The rows of one kind that go back with a merged record: it brought them, or their case."""
    brought = [_key_in(each) for each in merge.moved.get(model._meta.label, [])]
    if model is Case:
        return merge.kept.cases.filter(key__in=brought)
    own = Q(key__in=brought)
    if any(each.name == "case" for each in model._meta.fields):
        own |= Q(case__in=returning(merge, Case, "patient"))
    return model._default_manager.filter(own, **{field: merge.kept})


def written_since(merge: PatientMerge) -> list[Case | Contact]:
    """The cases and contacts that the record that stays was given since: whose they are is said.

    What a third record brought is that one's, and goes back with it alone.
    """
    kept = merge.kept
    others = PatientMerge.objects.filter(kept=kept, parting=None).exclude(pk=merge.pk)
    brought = [_key_in(row) for each in others for rows in each.moved.values() for row in rows]
    return [
        *kept.cases.filter(referred_at__gt=merge.merged_at)
        .exclude(Q(pk__in=returning(merge, Case, "patient")) | Q(key__in=brought))
        .select_related("protocol_version__protocol")
        .order_by("number"),
        *kept.contacts.filter(added_at__gt=merge.merged_at)
        .exclude(Q(pk__in=returning(merge, Contact, "patient")) | Q(key__in=brought))
        .order_by("pk"),
    ]


def maybe_the_same(patient: Patient, user: Any) -> list[tuple[Patient, str]]:
    """Who else at the site may be this very person, each with the words why."""
    found = search.possible_duplicates(
        patient.site,
        family_name=patient.family_name,
        given_name=patient.given_name,
        date_of_birth=patient.date_of_birth,
        email=patient.email or "",
        phone=patient.phone or "",
        among=visible_patients(user),
    )
    apart = PatientParting.objects.filter(
        Q(merge__kept=patient) | Q(merge__merged=patient)
    ).values_list("merge__kept", "merge__merged")
    told = {patient.pk}.union(*apart)
    return [(other, words) for other, words in found if other.pk not in told]


def side_by_side(first: Patient, second: Patient) -> list[Row]:
    """Every detail of two records, those that differ marked."""
    return [
        Row(name, label, values, _said(name, values[0]) != _said(name, values[1]))
        for name, label in DETAILS.items()
        if (values := (value_of(first, name), value_of(second, name)))
    ]


def beside_typed(typed: dict[str, Any], patient: Patient) -> list[Typed]:
    """What is typed of a newcomer, and in what a record that may be theirs says otherwise.

    Nobody has opened that record: what it says stays in it.
    """
    return [
        Typed(label, value, _said(name, value) != _said(name, value_of(patient, name)))
        for name, label in DETAILS.items()
        if name in typed
        if (value := _in_words(name, typed[name]))
    ]


def value_of(patient: Patient, name: str) -> Any:
    """A detail as a page shows it."""
    return _in_words(name, getattr(patient, name))


def _in_words(name: str, value: Any) -> Any:
    if name == "may_email":
        return "may be written to" if value else "not agreed"
    if name in ("language", "interpreter_language"):
        return named(value)
    if name == "channel":
        return wish_in_words(value)
    return f"{value:%d %b %Y}" if isinstance(value, date) else value or ""


def side(patient: Patient) -> Side:
    """One record with what hangs on it, for the page."""
    return Side(
        patient,
        list(cases_of(patient)),
        list(contacts_of(patient)),
        list(holds_of(patient)),
    )


def holds_of(patient: Patient) -> QuerySet[Hold]:
    """The holds in force on this very record."""
    return holds_on(patient.site, [patient.key]).filter(on=Hold.On.PATIENT)


def open_on_one_protocol(sides: Iterable[Side]) -> list[str]:
    """The protocols on which one person would have two open cases."""
    first, second = (
        {case.protocol_version.protocol for case in side.cases if case.status in OPEN}
        for side in sides
    )
    return sorted(str(protocol) for protocol in first & second)


def as_signed(patient: Patient) -> dict[str, Any]:
    """A record as it is kept under the signature: what is encrypted at rest is not copied."""
    said = {name: _said(name, value_of(patient, name)) for name in DETAILS if name != "address"}
    return {"number": patient.number, "key": patient.key, **said}


def in_words(row: Case | Contact) -> str:
    """A case or a contact of a person, as one chooses it."""
    if isinstance(row, Contact):
        return str(row)
    return f"Case {row.number}: {row.protocol_version.protocol}"


def _key_in(moved: Any) -> str:
    """The key of a row in what a merge moved; of a case its numbers stand beside it."""
    return moved[0] if isinstance(moved, list) else moved


def hanging_on_patients() -> list[tuple[Any, str]]:
    """Every model with a way to a patient, and its field: from the registry, so none is forgotten.

    What triggers write of earlier rows is history, and stays as it was.
    """
    return [
        (relation.related_model, relation.field.name)
        for relation in Patient._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and not relation.concrete
        and not issubclass(relation.related_model, Event)
    ]


def what_moves() -> list[tuple[Any, str]]:
    """The models whose rows go over to the record that stays, and the field that leads there."""
    return [
        (model, field) for model, field in hanging_on_patients() if model._meta.label not in STAYS
    ]


def visits_at_one_time(first: Patient, second: Patient) -> list[tuple[Any, Any]]:
    """Pairs of visits, one of each record, that hold the person in two places at one time."""
    visits = apps.get_model("clinic", "Visit").objects.filter(status__in=["planned", "arrived"])
    theirs = list(visits.filter(patient=second))
    return [
        (mine, other)
        for mine in visits.filter(patient=first).select_related("site")
        for other in theirs
        if other.starts_at < mine.ends_at and other.ends_at > mine.starts_at
    ]


def signature_under(merge: PatientMerge) -> Signature | None:
    """The name under a merge."""
    return Signature.objects.filter(subject_key=merge.key).select_related("by").first()


def _said(name: str, value: Any) -> str:
    """A detail as two are compared: without the case of letters, an address without its plain text."""
    if name in CLOSED:
        return CLOSED[name](value)
    return str(value).strip().casefold()
