"""What clinical-facts says, put down by hand before the files were read, and asked of each file."""

import pytest

from clinic.protocols.files import library
from tests.clinic.protocols.builders import shipped
from tests.clinic.protocols.by_hand import esketamine, ketamine, state_programmes, trials
from tests.clinic.protocols.by_hand.asked import agrees

TABLE = {
    "esketamine-us-rems": esketamine.ESKETAMINE,
    "ketamine-im": ketamine.IM,
    "ketamine-iv": ketamine.IV,
    "ketamine-lozenge": ketamine.LOZENGE,
    "lsd-open-label": trials.LSD,
    "mdma-assisted": trials.MDMA,
    "psilocybin-colorado": state_programmes.COLORADO,
    "psilocybin-open-label": trials.PSILOCYBIN,
    "psilocybin-oregon": state_programmes.OREGON,
}


@pytest.mark.parametrize(
    ("code", "row"),
    [(code, row) for code, rows in TABLE.items() for row in rows],
    ids=lambda each: each if isinstance(each, str) else f"{each.section} {each.words}",
)
def test_the_file_says_what_the_facts_say(code, row):
    found = row.asked(shipped(code))

    assert agrees(row.expected, found), f"{row.section}: {row.words}: {found!r}"


def test_every_protocol_of_the_library_was_asked():
    assert list(TABLE) == list(library())
