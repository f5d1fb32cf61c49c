"""The words of instruments, by the acts of who accepts their terms and loads them."""

from clinic.checklists.files import instrument
from clinic.checklists.wording import actions
from clinic.checklists.wording.words import Wording
from tests.builders.house import DAY, NOON

ACCEPTED_AT = NOON - 100 * DAY


def made_up_words(code="who-5", said="Made up"):
    """Words for every question and answer of a slot; nobody's text, made up for a test."""
    return {
        item.code: Wording(
            f"{said}, question {item.number}?",
            tuple(f"{said}, answer {n}" for n, _ in enumerate(item.options, start=1)),
        )
        for item in instrument(code).items
    }


def accepted_terms(house, code="who-5", *, at=ACCEPTED_AT, by=None):
    """The manager has accepted the terms for the clinic."""
    return actions.accept_terms(by=by or house.manager, at=at, code=code)


def loaded_words(house, code="who-5", *, at=ACCEPTED_AT, by=None, said="Made up"):
    """The words stand: the terms were accepted and the text was loaded."""
    accepted_terms(house, code, at=at)
    return load(house, code, at=at, by=by, said=said, seen=0)


def load(house, code="who-5", *, at=ACCEPTED_AT, by=None, said="Made up", seen=None):
    """Somebody loads the words, the first or newer ones."""
    return actions.load_words(
        by=by or house.author,
        at=at,
        code=code,
        introduction=f"{said}, over the last two weeks:",
        words=made_up_words(code, said),
        seen=seen,
    )


def typed_words(code="who-5", said="Made up", **changed):
    """What is typed into the page for a whole text; the answers once, the rest the same."""
    body = {"introduction": f"{said}, over the last two weeks:", "seen": 0}
    for number, (item, words) in enumerate(made_up_words(code, said).items()):
        body[f"text_{item}"] = words.text
        if words.answers:
            body[f"answers_{item}"] = "\n".join(words.answers) if number == 0 else ""
    return body | changed
