"""A document in words: every column says what it is and what its numbers count."""

from datetime import time

from clinic.protocols.course_rules import Offset
from clinic.protocols.spoken import say, tables_of
from tests.clinic.protocols.builders import a_protocol


def test_a_column_is_called_as_its_author_knows_it_with_what_its_numbers_count():
    (table,) = tables_of(a_protocol(intervals=INTERVALS), "intervals")

    assert (table.title, table.columns[:2]) == (
        "Days between doses",
        ("Substances", "At least (days)"),
    )


def test_a_length_of_time_is_said_as_one_says_it():
    assert say(Offset(days=7, at=time(10))) == "7 days, at 10:00"
    assert say(Offset(hours=1)) == "1 hour"


INTERVALS = [
    {"substances": ["ketamine"], "min_days": 2, "basis": "house", "source": "Made up"},
]
