"""Acts of simulated work, after which nothing may be called tampered with; and how long it takes.

    python -m tests.deep.trail [acts]

Whole cases by the real acts, committed one by one, each followed by a checkpoint outside; then all
is verified. Writes its part of docs/evidence/trail.md, and fails where anything was called wrong,
fewer acts were done than promised, or as many rows as promised were not verified in time.
"""

import random
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from uuid import uuid4

from tests.bench.figures import EVIDENCE, commit, keep
from tests.bench.standing import standing

# isort: split
from django.db import connection, transaction

from clinic.audit import checkpoints, verifying
from clinic.audit.models import TrailEntry
from clinic.people.queries import system_user
from sessions.rehearsal import walk
from sessions.supervised import actions as supervised
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house
from tests.database import as_owner, point_django_at

SEED = 20261118
ACTS = 20_000
CASES_A_HOUSE = 45  # as many as its rota and its stock last
MANY = 100_000
ALLOWED = 2  # seconds in which so many are verified
STREAMS = 50
AT_A_TIME = 500


def one_case(house, number, chosen):
    """One person's way, as far as chance takes it."""
    at = NOON + 6 * number * DAY
    person = {
        "family_name": f"Number-{number}",
        "phone": f"+1 212 555 {1000 + number}",
        "born": date(1960, 1, 1) + number * 100 * DAY,
    }
    far = chosen.choices(["eligible", "ready", "signed", "integrated", "closed"], [1, 1, 1, 2, 5])[
        0
    ]
    if far == "eligible":
        walk.eligible(house, at=at - 10 * DAY, **person)
        return
    case, session = walk.ready(house, session_at=at, **person)
    if far == "ready":
        return
    released_at = _watched_closely(house, session, at=at + 30 * MINUTE)
    if far == "signed":
        return
    walk.integrated(house, case, released_at=released_at)
    if far == "closed":
        walk.followed_up(house, case, until=released_at + 3 * DAY)
        walk.into_aftercare(house, case, at=released_at + 3 * DAY)
        walk.closed(house, case, at=released_at + 3 * DAY + HOUR)


def _watched_closely(house, session, *, at):
    """A session with a set of observations every minute; gives the moment of the release."""
    walk.up_to_the_dose(house, session, at=at)
    session.refresh_from_db()
    for minute in range(1, 122):
        stated_at = at + minute * MINUTE
        walk.clock(house, stated_at)
        said = {"readings": walk.CALM, "client_key": uuid4(), "stated_at": stated_at}
        supervised.observe(session, by=house.nurse, at=stated_at, **said)
    walk.criteria_met(house, session, at=at + 123 * MINUTE)
    walk.released(house, session, at=at + 126 * MINUTE)
    walk.signed(house, session, at=at + 140 * MINUTE)
    return at + 126 * MINUTE


def one_house(chosen, file, wanted):
    """A clinic's work until it has done this many acts, or its year is over; and what is wrong."""
    with transaction.atomic():
        house = a_house()
    for number in range(CASES_A_HOUSE):
        with transaction.atomic():
            one_case(house, number, chosen)
        with transaction.atomic(), file.open("a") as lines:
            taken = checkpoints.take(at=NOON + 6 * number * DAY)
            lines.write(taken.line + "\n")
        if _count(house) >= wanted:
            break
    told = checkpoints.read([file])
    wrong, seconds = verified(told)
    return _count(house), len(told), wrong, seconds


def _count(house):
    with transaction.atomic():
        walk.clock(house, NOON)
        return TrailEntry.objects.count()


def verified(told):
    """Everything that is wrong, and the seconds it took to find out."""
    with as_owner() as owner, owner.transaction():
        start = time.perf_counter()
        wrong = list(verifying.everything(owner.cursor(), told))
        return wrong, time.perf_counter() - start


def add_rows(number):
    """Rows of nothing in particular, each by the only way into the trail."""
    with as_owner() as owner:
        for start in range(0, number, AT_A_TIME):  # a head written again and again grows slow
            owner.execute(
                "SELECT vigil_record('deep:' || i %% %s, now(), %s, NULL, NULL, 'worked', '',"
                " NULL, 'here', '{\"number\":' || i || '}') FROM generate_series(%s::int, %s::int) i",
                [STREAMS, system_user().pk, start + 1, start + AT_A_TIME],
            )
        owner.execute("VACUUM ANALYZE clinic_trailentry")


def main(wanted):
    chosen, houses, start = random.Random(SEED), [], time.perf_counter()
    with standing() as run, tempfile.TemporaryDirectory() as folder:
        while sum(acts for acts, *_ in houses) < wanted:
            point_django_at(run.copy())
            left = wanted - sum(acts for acts, *_ in houses)
            houses.append(one_house(chosen, Path(folder) / f"{len(houses)}.jsonl", left))
            print(f"{houses[-1][0]} acts, {len(houses[-1][2])} things wrong", flush=True)
        worked = time.perf_counter() - start
        add_rows(MANY)
        many, seconds = verified(checkpoints.read([Path(folder) / f"{len(houses) - 1}.jsonl"]))
        rows = _all_rows()
        connection.close()
    wrong = [str(each) for *_, found, _ in houses for each in found] + [str(w) for w in many]
    short = list(short_of(sum(acts for acts, *_ in houses), rows, seconds))
    report(houses, worked, rows, seconds, wrong, short)
    return bool(wrong or short)


def short_of(acts, rows, seconds):
    """What was promised and did not come out, in words."""
    if acts < ACTS:
        yield f"{acts:,} acts were done, not {ACTS:,}."
    if rows < MANY:
        yield f"{rows:,} rows were verified, not {MANY:,}."
    if seconds >= ALLOWED:
        yield f"it took {seconds:.2f} s to verify, not less than {ALLOWED} s."


def _all_rows():
    with as_owner() as owner:
        return owner.execute("SELECT count(*) FROM clinic_trailentry").fetchone()[0]


def report(houses, worked, rows, seconds, wrong, short):
    """What came out, on the screen and among the evidence."""
    acts = sum(acts for acts, *_ in houses)
    lines = [
        f"Commit {commit()}, seed {SEED}. `make deep` writes this part.",
        "",
        "| | |",
        "|---|---|",
        f"| acts of simulated work | {acts:,} in {len(houses)} clinics, {worked:,.0f} s |",
        f"| checkpoints taken and compared | {sum(told for _, told, *_ in houses)} |",
        f"| false alarms | {len(wrong)} |",
        f"| rows verified at once | {rows:,} |",
        f"| seconds it took, less than {ALLOWED} allowed | {seconds:.2f} |",
        *[f"\nFalse alarm: {each}" for each in wrong],
        *[f"\nNot as promised: {each}" for each in short],
    ]
    print("\n".join(lines))
    keep(EVIDENCE / "trail.md", "The trail", "Verified after much work", "\n".join(lines))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ACTS))
