"""Records of two sites: which may be linked by whom, and which are."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.access import Permission, sites_where
from clinic.cases import search
from clinic.cases.merging.models import PatientMerge
from clinic.cases.models import Patient
from clinic.cases.queries import visible_patients
from clinic.cases.two_sites.models import RecordLink, ToldApart


def may_look_elsewhere(user: Any, patient: Patient) -> bool:
    """Whether somebody decides for this record's site and for another one."""
    return bool(other_sites(user, patient))


def other_sites(user: Any, patient: Patient) -> list[int]:
    """The ids of the other sites whose records this person may link to this one."""
    sites = set(sites_where(user, Permission.DECIDE))
    return sorted(sites - {patient.site_id}) if patient.site_id in sites else []


def records_elsewhere(user: Any, patient: Patient) -> QuerySet[Patient]:
    """The records at other sites that this person may link to this one; none of them was merged."""
    sites = other_sites(user, patient)
    return visible_patients(user).filter(site__in=sites, merged_into=None)


def records_linked(user: Any, patient: Patient) -> QuerySet[Patient]:
    """The records at other sites that something said before may lead to, merged ones too."""
    return visible_patients(user).filter(site__in=other_sites(user, patient))


def links_of(patient: Patient, user: Any) -> list[tuple[RecordLink, Patient, Patient]]:
    """Every link this record ever had, the latest first, or had one that was one with it then.

    Each with the record of this site and the other one, as they were linked, for who decides at
    both.
    """
    own = [patient.pk, *patient.merged_here.values_list("pk", flat=True)]
    while_one = PatientMerge.objects.filter(
        Q(merged__in=own) | Q(moved__contains={"clinic.Patient": [str(patient.key)]}),
        Q(kept=OuterRef("first")) | Q(kept=OuterRef("second")),
        merged_at__lte=OuterRef("linked_at"),
        parting__parted_at__gte=OuterRef("linked_at"),
    )
    of_own = Q(first__in=own) | Q(second__in=own) | Exists(while_one)
    rows = (
        RecordLink.objects.filter(of_own, _across(patient, other_sites(user, patient)))
        .select_related("first__site", "second__site", "linked_by", "ended_by")
        .order_by("-pk")
    )
    return [
        (link, link.first, link.second)
        if link.first.site_id == patient.site_id
        else (link, link.second, link.first)
        for link in rows
    ]


def told_apart(patient: Patient, user: Any) -> list[tuple[ToldApart, Patient]]:
    """Everybody this person was ever told apart from, the latest first, for who decides at both.

    It says of itself whether a merge has touched either record since: then it does not count.
    """
    of_either = Q()
    for side in ("kept", "merged"):
        of_either |= Q(**{side: OuterRef("first")}) | Q(**{side: OuterRef("second")})
    since = PatientMerge.objects.filter(of_either, merged_at__gte=OuterRef("told_at"))
    rows = (
        ToldApart.objects.filter(
            Q(first=patient) | Q(second=patient), _across(patient, other_sites(user, patient))
        )
        .select_related("first__site", "second__site", "told_by", "ended_by")
        .annotate(is_outdated=Exists(since))
        .order_by("-pk")
    )
    return [(told, told.second if told.first_id == patient.pk else told.first) for told in rows]


def _across(patient: Patient, sites: list[int]) -> Q:
    """Of one record at this record's site and one at those, whichever was written first."""
    here = patient.site_id
    return Q(first__site=here, second__site__in=sites) | Q(second__site=here, first__site__in=sites)


def told_between(*pair: Patient) -> ToldApart | None:
    """The statement in force that two records are of two people."""
    first, second = one_way(*pair)
    return ToldApart.objects.filter(first=first, second=second, ended_at=None).first()


def one_way(*pair: Patient) -> list[Patient]:
    """Two records in the one order in which their link is written."""
    return sorted(pair, key=lambda each: each.pk)


def link_between(*pair: Patient) -> RecordLink | None:
    """The link in force between two records."""
    first, second = one_way(*pair)
    return RecordLink.objects.filter(first=first, second=second, ended_at=None).first()


def maybe_the_same(patient: Patient, user: Any) -> list[tuple[Patient, str]]:
    """Who at the other sites may be this very person, each with the words why."""
    found = search.alike_at(other_sites(user, patient), patient)
    keys = [each.pk for each, _ in found]
    seen = records_elsewhere(user, patient).select_related("site").in_bulk(keys)
    told = {other.pk for row, other in told_apart(patient, user) if row.ended_at is None}
    return [(seen[each.pk], words) for each, words in found if each.pk in seen.keys() - told]


def meant(patient: Patient, user: Any, text: str) -> list[Patient]:
    """The records at other sites that somebody may mean by what the search is asked, the likest first."""
    return search.find_patients(user, text, sites=other_sites(user, patient))
