"""How surely and how soon somebody is found by a mistyped name among a hundred thousand people.

    python -m tests.bench.search [people] [seed]

Asked as the application, behind row-level security, by intake staff of one of two sites.
"""

import statistics
import sys
import time
import uuid
from collections import Counter

from tests.bench.standing import standing

# isort: split
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clinic.cases import search
from clinic.cases.models import Patient
from clinic.cases.names import searchable, sortable
from clinic.context import acting_as
from tests.bench.names import SLIPS, dice, people
from tests.builders.house import NOON, a_house, sign_in
from tests.database import as_owner

TYPOS = 600
FIRST = 5
LEAST = 4  # letters of a name in which a slip leaves anything to go by; Han and Hangul have fewer
COLUMNS = ("key", "site_id", "number", "given_name", "family_name", "known_as", "sort_name",
           "search_name", "date_of_birth", "email_digest", "phone_digest", "language", "zone",
           "interpreter_language", "channel", "allergies", "identity_document", "registered_at",
           "registered_by_id")  # fmt: skip


def seed_people(count, seed):
    """This many patients, a fifth of them another site's; a person of each family name."""
    with transaction.atomic():
        house = a_house()
    sites, chance = [house.site.pk] * 4 + [house.other_site.pk], dice(seed)
    copy = f"COPY clinic_patient ({', '.join(COLUMNS)}) FROM STDIN"
    with as_owner() as owner:
        # What a row leaves behind itself is not looked for here, and would take minutes to write.
        owner.execute("ALTER TABLE clinic_patient DISABLE TRIGGER USER")
        with owner.cursor().copy(copy) as rows:
            for number, (family, given) in enumerate(people(count, chance), start=1):
                born = f"{1940 + number % 65}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
                rows.write_row([
                    uuid.UUID(int=chance.getrandbits(128)), chance.choice(sites), f"{number:06d}",
                    given, family, "", sortable(f"{family} {given}"), searchable(family, given),
                    born, "", "", "en", "Europe/London", "", "", "", "", NOON, house.intake.pk,
                ])  # fmt: skip
        owner.execute("ALTER TABLE clinic_patient ENABLE TRIGGER USER")
        owner.execute("VACUUM ANALYZE clinic_patient")
    return house


def typed_wrong(house, seed):
    """(the slip, what is typed, how many are called so exactly, whose names they are)."""
    chance = dice(seed)
    with acting_as(house.intake):
        every = list(
            Patient.objects.filter(site=house.site).values_list("family_name", "given_name")
        )
    called = Counter(every)
    for number in range(TYPOS):
        family, given = chance.choice(every)
        while len(family) < LEAST:
            family, given = chance.choice(every)
        slip = SLIPS[number % len(SLIPS)]
        yield slip.__name__, f"{slip(family, chance)} {given}", called, (family, given)


def found(house, text):
    """Who is found by these words, and after how many milliseconds."""
    with acting_as(house.intake):
        start = time.perf_counter()
        patients = search.find_patients(house.intake, text)
        taken = (time.perf_counter() - start) * 1000
    return patients, taken


def rank_of(names, patients):
    """The place of the first who is called so; 0 where nobody is."""
    places = [n for n, p in enumerate(patients, start=1) if (p.family_name, p.given_name) == names]
    return places[0] if places else 0


def main(count, seed):
    with standing():
        house = seed_people(count, seed)
        asked = list(typed_wrong(house, seed))
        for _, text, _, _ in asked[:50]:
            found(house, text)  # warm
        ranks, times = {}, []
        for slip, text, _, names in asked:
            patients, taken = found(house, text)
            ranks.setdefault(slip, []).append(rank_of(names, patients))
            times.append(taken)
        print(
            f"{count:,} people, {len(asked)} mistyped family names with the given name, seed {seed}"
        )
        for slip, places in [*ranks.items(), ("all", sum(ranks.values(), []))]:
            first = sum(1 for place in places if 0 < place <= FIRST)
            top, missed = places.count(1), places.count(0)
            print(
                f"  {slip:12} first {top / len(places):6.1%}  among the first {FIRST}"
                f" {first / len(places):6.1%}  not found {missed}"
            )
        print(f"  the search itself: {_times(times)}")
        print(f"  the whole page:    {_times(pages(house, [text for _, text, *_ in asked[:100]]))}")


def pages(house, texts):
    """How long the page of each takes, signed in and with everything on."""
    client, taken = sign_in(Client(headers={"host": "localhost"}), house.intake), []
    for number, text in enumerate(texts):
        start = time.perf_counter()
        client.get(reverse("cases:search"), {"q": text})
        if number >= 10:  # warm by then
            taken.append((time.perf_counter() - start) * 1000)
    return taken


def _times(taken):
    ordered = sorted(taken)
    p95 = ordered[int(len(ordered) * 0.95)]
    return f"{statistics.median(taken):.1f} ms in the middle, {p95:.1f} ms at the 95th, {ordered[-1]:.1f} at most"


if __name__ == "__main__":
    asked = [int(each) for each in sys.argv[1:]]
    main(*(asked + [100_000, 5][len(asked) :]))
