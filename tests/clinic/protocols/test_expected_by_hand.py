"""What clinical-facts says, put down by hand before the files were read, and asked of each file."""

import pytest

from clinic.checklists.engine import findings
from clinic.protocols.files import library
from tests.clinic.protocols.builders import shipped
from tests.clinic.protocols.by_hand import esketamine, ketamine, state_programmes, trials
from tests.clinic.protocols.by_hand.asked import DAY, X, agrees, answers_of

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

MEANINGS = {
    "esketamine-us-rems": esketamine.MEANINGS,
    "ketamine-im": ketamine.MEANINGS,
    "ketamine-iv": ketamine.MEANINGS,
    "ketamine-lozenge": ketamine.MEANINGS,
    "lsd-open-label": trials.LSD_MEANINGS,
    "mdma-assisted": trials.MDMA_MEANINGS,
    "psilocybin-colorado": state_programmes.COLORADO_MEANINGS,
    "psilocybin-open-label": trials.PSILOCYBIN_MEANINGS,
    "psilocybin-oregon": state_programmes.OREGON_MEANINGS,
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


@pytest.mark.parametrize("code", MEANINGS)
def test_a_person_is_declined_for_what_the_facts_exclude(code):
    by_hand = [(item, {meaning} if isinstance(meaning, str) else set(meaning))
               for (item, *_), meaning in MEANINGS[code].items()]  # fmt: skip
    declined_for = {item for reason in shipped(code).denial_reasons for item in reason.given_by}

    assert {item for item, meanings in by_hand if meanings == {X}} <= declined_for
    assert declined_for <= {item for item, meanings in by_hand if X in meanings}


@pytest.mark.parametrize("code", MEANINGS)
def test_no_meaning_of_the_screening_was_left_out(code):
    screening = shipped(code).screening
    said = {
        f"{item.code}/{position}"
        for item in screening.items
        for position, _ in enumerate(item.consequences)
    }

    met = {
        finding.key
        for item, value, *others in MEANINGS[code]
        for finding in findings(screening, answers_of({**dict(others), item: value}), DAY)
        if finding.because == "answered"
    }

    assert met == said
