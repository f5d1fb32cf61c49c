"""Looking for a person: whom somebody means, and whether a newcomer is here already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from clinic.cases import digests
from clinic.cases.models import Patient
from clinic.cases.names import letters_apart, searchable, slips_in, sortable, words_of
from clinic.cases.queries import AT_MOST, visible_patients

LONGEST = 300  # letters of what is looked for: longer than any name
ALIKE = 0.45  # how alike two names are that share a birth date, before we ask whether they are one


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is not registered yet, as far as two people can be told to be one by it."""

    family_name: str
    given_name: str
    date_of_birth: date
    email: str = ""
    phone: str = ""
    known_as: str = ""

    @property
    def names(self) -> list[str]:
        """The name as it is filed, and turned round."""
        family, given = self.family_name, self.given_name
        return [sortable(f"{family} {given}").strip(), sortable(f"{given} {family}").strip()]

    @property
    def looked_for(self) -> str:
        return searchable(self.family_name, self.given_name)

    @property
    def found_by(self) -> str:
        """As the names will be kept."""
        return searchable(self.family_name, self.given_name, self.known_as)


SAME_NAME = "the same name and birth date"
ALIKE_NAME = "a similar name, born the same day"
SAME_EMAIL = "the same e-mail address"
SAME_PHONE = "the same telephone number"


def possible_duplicates(
    site: Any,
    *,
    family_name: str,
    given_name: str,
    date_of_birth: date,
    email: str = "",
    phone: str = "",
    among: QuerySet[Patient] | None = None,
) -> list[tuple[Patient, str]]:
    """The patients of one site who may be this very person, each with the words why.

    `among` says which records are asked about, where not all are to be named.
    """
    newcomer = Newcomer(family_name, given_name, date_of_birth, email, phone)
    return possible_duplicates_of(site, [newcomer], among=among)[0]


def possible_duplicates_of(
    site: Any, newcomers: Sequence[Newcomer], *, among: QuerySet[Patient] | None = None
) -> list[list[tuple[Patient, str]]]:
    """Of each of many newcomers the patients of one site who may be them, in as many queries."""
    return _possible_duplicates([site.pk], newcomers, among)


def alike_at(sites: Iterable[int], patient: Patient) -> list[tuple[Patient, str]]:
    """The patients of these sites who may be this very one, each with the words why."""
    known = Newcomer(
        patient.family_name,
        patient.given_name,
        patient.date_of_birth,
        patient.email or "",
        patient.phone or "",
    )
    return _possible_duplicates(list(sites), [known])[0]


def _possible_duplicates(
    sites: list[int], newcomers: Sequence[Newcomer], among: QuerySet[Patient] | None = None
) -> list[list[tuple[Patient, str]]]:
    found: list[dict[int, list[str]]] = [{} for _ in newcomers]
    for place, pk, words in [
        *_born_alike(sites, newcomers),
        *_reached_alike(sites, newcomers, "email", SAME_EMAIL),
        *_reached_alike(sites, newcomers, "phone", SAME_PHONE),
    ]:
        found[place].setdefault(pk, []).append(words)
    known = (Patient.objects.all() if among is None else among).select_related("merged_into")
    people = known.in_bulk({pk for each in found for pk in each})
    return [_by_record_that_stays(people, each) for each in found]


def _by_record_that_stays(
    people: dict[int, Patient], found: dict[int, list[str]]
) -> list[tuple[Patient, str]]:
    stays: dict[Patient, list[str]] = {}
    for pk, words in found.items():
        if pk not in people:
            continue
        stays.setdefault(people[pk].merged_into or people[pk], []).extend(words)
    return [(patient, ", ".join(dict.fromkeys(words))) for patient, words in stays.items()]


def _born_alike(sites: list[int], newcomers: Sequence[Newcomer]) -> Iterator[tuple[int, int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, p.id, p.sort_name FROM unnest(%s::date[], %s::text[], %s::text[],"
            " %s::text[]) WITH ORDINALITY AS asked(born, looked_for, name, turned, place)"
            " JOIN clinic_patient p ON p.site_id = ANY(%s) AND p.date_of_birth = asked.born"
            " WHERE p.sort_name IN (name, turned, name || ' ')"
            " OR similarity(p.search_name, looked_for) > %s ORDER BY place, p.sort_name, p.id",
            [
                [each.date_of_birth for each in newcomers],
                [each.looked_for for each in newcomers],
                [each.names[0] for each in newcomers],
                [each.names[1] for each in newcomers],
                sites,
                ALIKE,
            ],
        )
        for place, pk, name in cursor.fetchall():
            is_same = name.strip() in newcomers[place - 1].names
            yield place - 1, pk, SAME_NAME if is_same else ALIKE_NAME


def _reached_alike(
    sites: list[int], newcomers: Sequence[Newcomer], channel: str, words: str
) -> Iterator[tuple[int, int, str]]:
    """Who is reached at the same address or number: kept as digests, older keys included."""
    asked = {"email": digests.email_digests, "phone": digests.phone_digests}[channel]
    places: dict[str, list[int]] = {}
    for place, each in enumerate(newcomers):
        for digest in _if_any(asked(getattr(each, channel))):
            places.setdefault(digest, []).append(place)
    if not places:
        return
    column = f"{channel}_digest"
    rows = Patient.objects.filter(site__in=sites, **{f"{column}__in": list(places)})
    for pk, digest in rows.values_list("pk", column):
        for place in places[digest]:
            yield place, pk, words


def alike_among(newcomers: Sequence[Newcomer]) -> Iterator[tuple[int, int, str]]:
    """Which of many newcomers may be somebody earlier among them: both places, and why."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH asked AS (SELECT * FROM unnest(%s::date[], %s::text[], %s::text[], %s::text[],"
            " %s::text[]) WITH ORDINALITY AS asked(born, looked_for, found_by, name, turned, place))"
            " SELECT late.place, early.place FROM asked late JOIN asked early"
            " ON early.born = late.born AND early.place < late.place"
            " AND (early.name IN (late.name, late.turned)"
            " OR similarity(early.found_by, late.looked_for) > %s) ORDER BY 1, 2",
            [
                [each.date_of_birth for each in newcomers],
                [each.looked_for for each in newcomers],
                [each.found_by for each in newcomers],
                [each.names[0] for each in newcomers],
                [each.names[1] for each in newcomers],
                ALIKE,
            ],
        )
        for late, early in cursor.fetchall():
            is_same = newcomers[early - 1].names[0] in newcomers[late - 1].names
            yield late - 1, early - 1, SAME_NAME if is_same else ALIKE_NAME
    yield from _sharing(newcomers, "email", digests.same_email, SAME_EMAIL)
    yield from _sharing(newcomers, "phone", digests.same_phone, SAME_PHONE)


def _sharing(
    newcomers: Sequence[Newcomer], channel: str, same: Callable[[str], str], words: str
) -> Iterator[tuple[int, int, str]]:
    earlier: dict[str, list[int]] = {}
    for late, each in enumerate(newcomers):
        if value := same(getattr(each, channel)):
            places = earlier.setdefault(value, [])
            for early in places:
                yield late, early, words
            places.append(late)


def find_patients(user: Any, text: str, *, sites: Sequence[int] | None = None) -> list[Patient]:
    """The people somebody may mean: by identifier, e-mail, telephone or birth date, else by name.

    Among those of these sites, where some are named.
    """
    text = text.strip()
    if not text or "\0" in text or len(text) > LONGEST:
        return []
    patients = visible_patients(user).select_related("site", "merged_into__site")
    if sites is not None:
        patients = patients.filter(site__in=sites)
    is_name = not any(letter.isdigit() or letter == "@" for letter in text)
    exact = [] if is_name else list(patients.filter(_exactly(text))[:AT_MOST])
    ids = [pk for pk in ids_like(text, sites) if pk not in {patient.pk for patient in exact}]
    by_pk = patients.in_bulk(ids[:AT_MOST])
    words, apart = words_of(text), cache(letters_apart)  # of this one search
    alike = sorted(
        (by_pk[pk] for pk in ids if pk in by_pk),
        key=lambda patient: slips_in(words, patient.search_name.split(), apart),
    )
    found = exact + alike
    # Whoever had two records is found by either, and is one person.
    return list(dict.fromkeys(patient.merged_into or patient for patient in found))


def _exactly(text: str) -> Q:
    condition = Q(number=text) | Q(email_digest__in=_if_any(digests.email_digests(text)))
    digits = digests.same_phone(text)
    if len(digits) >= 6 and "@" not in text:  # the digits of an address are no number
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


def ids_like(text: str, sites: Sequence[int] | None = None) -> list[int]:
    """The ids of the people behind the asker's walls whose names are like this, the likest first."""
    words = words_of(text)[:6]
    if not words or all(word.isdigit() for word in words) or "@" in text:
        return []
    with connection.cursor() as cursor:
        among = None if sites is None else list(sites)
        cursor.execute("SELECT vigil_find_people(%s, %s, %s::integer[])", [words, AT_MOST, among])
        return [pk for (pk,) in cursor.fetchall()]
