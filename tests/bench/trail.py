"""How long the page of the trail takes over a million rows: searched, and sorted by each column.

    python -m tests.bench.trail [rows]

Asked as the application, behind row-level security, by a privacy officer of one of two sites.
"""

import sys
import time

from tests.bench.standing import standing

# isort: split
from django.db import transaction

from clinic.context import acting_as
from clinic.trail import queries
from clinic.trail.columns import COLUMNS
from tests.builders.cases import a_referred_case
from tests.builders.house import a_house
from tests.database import as_owner

TIMES = 3
ROWS = """
    INSERT INTO clinic_trailentry (key, stream, sequence, at, received_at, by_id, site_id, case_key,
        act, subject_kind, subject_key, origin, payload, payload_digest, previous_hash, hash)
    SELECT gen_random_uuid(), 'bench', i, t, t, people[1 + i %% cardinality(people)],
        CASE WHEN i %% 20 = 0 THEN NULL WHEN i %% 20 < 4 THEN %(other)s ELSE %(site)s END,
        cases[1 + i %% 2000], 'act number ' || i %% 60, 'clinic.Kind' || i %% 25, cases[1 + i %% 2000],
        '10.0.' || i %% 200 || '.' || i %% 251 || ' ' || substr(md5(i::text), 1, 12),
        '{"number":' || i || '}', repeat(md5(i::text), 2), repeat(md5((i - 1)::text), 2),
        repeat(md5(i::text), 2)
    FROM generate_series(1, %(rows)s) i,
        LATERAL (SELECT now() - i * interval '20 s' AS t) AS times,
        (SELECT array_agg(id) AS people FROM clinic_user) AS users,
        (SELECT array_agg(gen_random_uuid()) || %(case)s::uuid AS cases
         FROM generate_series(1, 2000)) AS keys
"""


def seed(rows):
    """Two sites' trail of this many rows, most of them one site's."""
    with transaction.atomic():
        house = a_house()
        case = a_referred_case(house)
    with as_owner() as owner:
        owner.execute(
            ROWS,
            {"rows": rows, "site": house.site.pk, "other": house.other_site.pk, "case": case.key},
        )
        owner.execute("VACUUM ANALYZE clinic_trailentry")
    return house, case.patient.number


def searches(number):
    """What is asked, in words, and as the page asks it."""
    for name in COLUMNS:
        for sort in (name, f"-{name}"):
            yield f"everything, sorted by {sort}", {"sort": sort}, 1
    yield "the last page by time", {"sort": "-when"}, queries.PAGES
    yield "one person", {"person": "Noor"}, 1
    yield "one person, by what", {"person": "Noor", "sort": "act"}, 1
    yield "one patient", {"patient": number}, 1
    yield "one act", {"act": "act number 7"}, 1
    yield "one act, by who", {"act": "act number 7", "sort": "who"}, 1
    yield "an act that never was", {"act": "nothing"}, 1
    yield "refusals", {"refusals": True}, 1


def main(rows):
    with standing():
        house, number = seed(rows)
        print(f"{rows:,} rows; the slowest of {TIMES}, in milliseconds")
        for words, search, page in searches(number):
            taken = []
            for _ in range(TIMES):
                with acting_as(house.privacy_officer):
                    start = time.perf_counter()
                    lines, _ = queries.found(house.privacy_officer, search, page=page)
                    taken.append((time.perf_counter() - start) * 1000)
            print(f"{max(taken):8.0f}  {words} ({len(lines)} lines)", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
