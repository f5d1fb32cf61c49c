"""Looking for a person: whom somebody means, and whether a newcomer is here already."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import Q

from clinic.cases import digests
from clinic.cases.models import Patient
from clinic.cases.names import searchable, sortable, words_of
from clinic.cases.queries import AT_MOST, visible_patients

ALIKE = 0.45  # how alike two names are that share a birth date, before we ask whether they are one


def possible_duplicates(
    site: Any,
    *,
    family_name: str,
    given_name: str,
    date_of_birth: date,
    email: str = "",
    phone: str = "",
) -> list[tuple[Patient, str]]:
    """The patients of one site who may be this very person, each with the words why."""
    names = [
        sortable(f"{family_name} {given_name}").strip(),
        sortable(f"{given_name} {family_name}").strip(),
    ]
    here = Patient.objects.filter(site=site)
    born = here.filter(date_of_birth=date_of_birth).annotate(
        alike=TrigramSimilarity("search_name", searchable(family_name, given_name))
    )
    found: dict[Patient, list[str]] = {}
    for alike in born.filter(Q(sort_name__in=names) | Q(alike__gt=ALIKE)):
        is_same = alike.sort_name.strip() in names
        words = "the same name and birth date" if is_same else "a similar name, born the same day"
        found.setdefault(alike, []).append(words)
    for column, kept, words in (
        ("email_digest", digests.email_digests(email), "the same e-mail address"),
        ("phone_digest", digests.phone_digests(phone), "the same telephone number"),
    ):
        for patient in here.filter(**{f"{column}__in": _if_any(kept)}):
            found.setdefault(patient, []).append(words)
    return [(patient, ", ".join(words)) for patient, words in found.items()]


def find_patients(user: Any, text: str) -> list[Patient]:
    """The people somebody may mean: by identifier, e-mail, telephone or birth date, else by name."""
    text = text.strip()
    if not text:
        return []
    patients = visible_patients(user)
    is_name = not any(letter.isdigit() or letter == "@" for letter in text)
    exact = [] if is_name else list(patients.filter(_exactly(text))[:AT_MOST])
    ids = [pk for pk in ids_like(text) if pk not in {patient.pk for patient in exact}]
    by_pk = patients.in_bulk(ids[:AT_MOST])
    return exact + [by_pk[pk] for pk in ids if pk in by_pk]


def _exactly(text: str) -> Q:
    condition = Q(number=text) | Q(email_digest__in=_if_any(digests.email_digests(text)))
    digits = digests.same_phone(text)
    if len(digits) >= 6:
        condition |= Q(phone_digest__in=digests.phone_digests(text))
    if digits and not re.search(r"[^\W\d_]", text):
        condition |= Q(number=text.strip().zfill(6))
    days = _days_meant(text)
    return condition | Q(date_of_birth__in=days) if days else condition


def _if_any(kept: list[str]) -> list[str]:
    return [digest for digest in kept if digest]


def _days_meant(text: str) -> list[date]:
    """The days a typed birth date may mean; 3/4/1985 is read both ways round."""
    found = []
    for spelling in ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"):
        try:
            found.append(datetime.strptime(text, spelling).date())  # noqa: DTZ007 -- a day alone
        except ValueError:
            continue
    return found


def ids_like(text: str) -> list[int]:
    """The ids of the people behind the asker's walls whose names are like this, the likest first."""
    words = words_of(text)[:6]
    if not words or all(word.isdigit() for word in words) or "@" in text:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT vigil_find_people(%s, %s)", [words, AT_MOST])
        return [pk for (pk,) in cursor.fetchall()]
