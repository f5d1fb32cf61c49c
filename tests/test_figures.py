"""What the long runs write down, and when they fail: asked here without the hours they take."""

import pytest

from tests.bench.figures import keep
from tests.deep.trail import short_of


def test_a_run_writes_its_own_part_and_leaves_the_others(tmp_path):
    page = tmp_path / "evidence" / "trail.md"
    for part, text in [("Verified", "1.9 s"), ("Searched", "2 s"), ("Verified", "1.8 s\n")]:
        keep(page, "The trail", part, text)

    assert page.read_text() == "# The trail\n\n## Verified\n\n1.8 s\n\n## Searched\n\n2 s\n"


@pytest.mark.parametrize(
    ("acts", "rows", "seconds", "words"),
    [
        (20_000, 100_000, 1.99, []),
        (19_999, 100_000, 1.99, ["19,999 acts were done, not 20,000."]),
        (20_000, 99_999, 1.99, ["99,999 rows were verified, not 100,000."]),
        (20_000, 100_000, 2.0, ["it took 2.00 s to verify, not less than 2 s."]),
    ],
)
def test_the_deep_run_of_the_trail_fails_where_it_falls_short(acts, rows, seconds, words):
    assert list(short_of(acts, rows, seconds)) == words
