"""Sign-in and reset for 500 addresses that exist and 500 that do not, with the real hasher's time."""

import statistics
import time

import pytest
import time_machine
from django.contrib.auth.hashers import make_password

from clinic.people.door import limits
from clinic.people.models import User
from tests.bench.figures import EVIDENCE, commit, keep
from tests.builders.house import a_house
from tests.clinic.people.door.test_enumeration import LOGIN, RESET, asked
from tests.clinic.people.door.test_limits import comes_in, guesses

pytestmark = [pytest.mark.deep, pytest.mark.django_db]
MANY = 500
ALLOWED = 0.05  # how far the two medians may lie apart


@pytest.fixture
def real_hasher(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


@pytest.mark.parametrize(
    ("part", "address", "fields"),
    [("Signing in", LOGIN, {"password": "wrong horse"}), ("A new password", RESET, {})],
)
def test_the_time_tells_nothing(client, real_hasher, part, address, fields):
    a_house()
    known = [f"known{n:04}@vigil.example" for n in range(MANY)]
    hashed = make_password("a password nobody types")
    User.objects.bulk_create(User(email=e, name="Somebody", password=hashed) for e in known)
    asked(client, address, fields, "warming@vigil.example")
    took, answers = {"known": [], "other": []}, set()
    for number, email in enumerate(known):
        for kind in sorted(took, reverse=bool(number % 2)):  # neither is always the first
            begun = time.perf_counter()
            said = asked(client, address, fields, email.replace("known", kind))
            took[kind].append(time.perf_counter() - begun)
            answers.add(said)

    medians = {kind: statistics.median(times) * 1000 for kind, times in took.items()}
    apart = abs(medians["known"] / medians["other"] - 1)
    keep(EVIDENCE / "door.md", "The door", part, report(medians, apart, len(answers)))
    assert len(answers) == 1
    assert apart < ALLOWED


def report(medians, apart, answers):
    """What came out, as it stands among the evidence."""
    return "\n".join(
        [
            f"Commit {commit()}. `make deep` writes this part: {MANY} addresses that have an account and",
            f"{MANY} that have none, in turn, with the time the real hasher takes.",
            "",
            "| | |",
            "|---|---:|",
            f"| median where there is an account | {medians['known']:.1f} ms |",
            f"| median where there is none | {medians['other']:.1f} ms |",
            f"| apart, less than {ALLOWED:.0%} allowed | {apart:.1%} |",
            f"| different answers, 1 allowed | {answers} |",
        ]
    )


@pytest.mark.parametrize("of", [1, 2_500])
def test_ten_thousand_wrong_tries_keep_nobody_out_for_longer_than_a_quarter_of_an_hour(of):
    from django.test import Client  # noqa: PLC0415 -- beside its use

    from tests.builders.house import NOON  # noqa: PLC0415 -- the same

    house, own = a_house(), Client()
    with time_machine.travel(NOON, tick=False) as clock:
        assert comes_in(house, own)
        own.post("/account/logout/")
        heard = guesses(house.nurse.email, 10_000, of=of)
        assert heard <= limits.ACCOUNT
        assert comes_in(house, own)
        assert not comes_in(house, Client(), REMOTE_ADDR="203.0.0.1")
        clock.shift(limits.WINDOW + limits.WINDOW / 900)
        assert comes_in(house, Client(), REMOTE_ADDR="203.0.0.1")
