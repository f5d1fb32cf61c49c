"""How long the page of the trail takes over a million rows: searched, and sorted by each column.

    python -m tests.bench.trail [rows]

Asked by the page itself, signed in and behind row-level security, by a privacy officer of one of two
sites. Over a million rows it writes its part of docs/evidence/trail.md; it fails where any page
takes three seconds or longer.
"""

import sys
import time

from tests.bench.standing import standing

# isort: split
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from clinic.trail import queries
from clinic.trail.columns import COLUMNS
from tests.bench.figures import EVIDENCE, commit, keep
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, a_house, sign_in
from tests.database import as_owner

MILLION = 1_000_000
TIMES = 3
ALLOWED = 3_000  # milliseconds
ROWS = """
    INSERT INTO clinic_trailentry (key, stream, sequence, at, received_at, by_id, site_id, case_key,
        act, subject_kind, subject_key, origin, payload, payload_digest, previous_hash, hash)
    SELECT gen_random_uuid(), 'bench', i, t, t, people[1 + i %% cardinality(people)],
        CASE WHEN i %% 20 = 0 THEN NULL WHEN i %% 20 < 4 THEN %(other)s ELSE %(site)s END,
        cases[1 + i %% 2000], CASE WHEN i %% 50 = 0 THEN 'refused' ELSE 'act number ' || i %% 60 END,
        'clinic.Kind' || i %% 25, cases[1 + i %% 2000],
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
    """What somebody looks for, in words, and as they fill in the form."""
    today = localdate()
    yield "everything", {}
    yield "one person", {"person": "Noor"}
    yield "one patient", {"patient": number}
    yield "one act", {"act": "act number 7"}
    yield "an act that never was", {"act": "nothing"}
    yield "refusals", {"refusals": "on"}
    yield "a month", {"since": today - 60 * DAY, "until": today - 30 * DAY}


def slowest(client, said, page=1):
    """The milliseconds the page took at most, and the lines that stood on it."""
    address, taken = client.post(reverse("trail:index"), said).url, []
    for _ in range(TIMES):
        start = time.perf_counter()
        answer = client.get(f"{address}{'&' if '?' in address else '?'}page={page}")
        taken.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, address
    return max(taken), max(answer.content.count(b"<tr") - 1, 0)


def asked(client, number):
    """Each search, its lines, and the slower way of sorting it by each column."""
    for words, said in searches(number):
        times, lines = {}, 0
        for name in COLUMNS:
            up, lines = slowest(client, said | {"sort": name})
            down, _ = slowest(client, said | {"sort": f"-{name}"})
            times[name] = max(up, down)
        yield words, lines, times
    taken, lines = slowest(client, {"sort": "-when"}, queries.PAGES)
    yield f"page {queries.PAGES} by time", lines, {"when": taken}


def main(rows):
    with standing():
        house, number = seed(rows)
        client = sign_in(Client(headers={"host": "localhost"}), house.privacy_officer)
        found = []
        for words, lines, times in asked(client, number):
            found.append((words, lines, times))
            print(f"{max(times.values()):8.0f} ms  {words} ({lines} lines)", flush=True)
    slow = [words for words, _, times in found if max(times.values()) >= ALLOWED]
    text = report(rows, found, slow)
    print(text)
    if rows >= MILLION:
        keep(EVIDENCE / "trail.md", "The trail", "Searched and sorted", text)
    return bool(slow)


def report(rows, found, slow):
    """A line for each search: how long its page takes, sorted by each column."""
    labels = [column.label for column in COLUMNS.values()]
    lines = [
        f"Commit {commit()}. `make bench` writes this part: the page over {rows:,} rows, by what is",
        "looked for and the column it is sorted by (the slower of both ways), the slowest of",
        f"{TIMES} in milliseconds; less than {ALLOWED:,} allowed.",
        "",
        f"| looked for | lines | {' | '.join(labels)} |",
        f"|---|---:|{'---:|' * len(labels)}",
    ]
    for words, count, times in found:
        cells = [f"{times[name]:,.0f}" if name in times else "" for name in COLUMNS]
        lines.append(f"| {words} | {count} | {' | '.join(cells)} |")
    return "\n".join([*lines, *[f"\nNot as promised: {words}." for words in slow]])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MILLION))
