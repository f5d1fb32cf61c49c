"""What was said in preparation is asked by every protocol, and read where it matters."""

import pytest
import time_machine
from django.urls import reverse

from clinic.booking.models import Stage
from clinic.checklists import actions as checklists
from clinic.checklists.engine import Answer
from clinic.checklists.queries import checklist_of
from clinic.protocols.files import library, read
from sessions.preparation import actions
from sessions.preparation.agreed import agreed_with
from sessions.rehearsal import walk
from sessions.rehearsal.answering import harmless
from tests.builders.booking import a_visit
from tests.builders.house import DAY, HOUR, NOON, a_house, sign_in
from tests.builders.preparation import a_preparing_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]

WISH = "The window open, and no song with words."
COVERED = {
    "what they intend": {"intention_words"},
    "what they fear": {"fears"},
    "music and room": {"wishes"},
    "who has met whom": {"who_met"},
    "safety and support": {"safety_plan"},
    "the way home": {"going_home"},
    "what comes after": {"aftercare", "afterwards"},
    "what else was agreed": {"note"},
}
# No medicine is gone through where the service has nobody who may.
NOT_IN_CENTRES = {"medicines": {"medical", "medicines"}}
CENTRES = {"psilocybin-oregon", "psilocybin-colorado"}


@pytest.mark.parametrize("code", sorted(library()))
def test_every_protocol_asks_what_preparation_has_to_cover(code):
    document = read(library()[code].read_text())
    rule = next(rule for rule in document.visits if rule.stage == Stage.PREPARATION)
    asked = {item.code for item in document.checklist(rule.checklist).items}
    wanted = COVERED if code in CENTRES else COVERED | NOT_IN_CENTRES

    assert [what for what, items in wanted.items() if not items & asked] == []


def said(house, case, at, **words):
    """A preparation visit in which the person said this."""
    visit = a_visit(house, case, at=at - DAY, starts_at=at)
    form = actions.open_content(visit, by=house.facilitator, at=at)
    answers = harmless(checklist_of(form), at.date(), **words)
    answers |= {
        item.code: Answer()
        for item in checklist_of(form).items
        if item.kind == "text" and item.code not in words
    }
    checklists.answer(
        form, by=house.facilitator, at=at, answers=answers, revision=form.revision
    )  # fmt: skip


def test_the_newest_words_of_each_question_are_read():
    house = a_house()
    case = a_preparing_case(house)
    said(house, case, NOON - 2 * DAY, fears="Losing my mind.", wishes="Sea sounds.")
    said(house, case, NOON - DAY, wishes=WISH)

    found = {each.title: each.words for each in agreed_with(case, house.nurse)}

    assert found == {
        "What the patient fears": "Losing my mind.",
        "Wishes for the music, the light and the room": WISH,
    }


@pytest.mark.parametrize(("part", "reads"), [("nurse", True), ("intake", False)])
def test_who_cares_for_the_person_reads_it_and_intake_does_not(client, part, reads):
    house = a_house()
    case, session = walk.ready(house, session_at=NOON + HOUR)
    said(house, case, NOON - DAY, wishes=WISH)
    sign_in(client, house.people[part])
    pages = [("casefile:show", case), ("preparation:show", case), ("preparation:ready", case)]
    pages += [("supervised:show", session)] if reads else []

    with time_machine.travel(NOON, tick=False):
        answers = [client.get(reverse(name, args=[row.key])) for name, row in pages]

    assert [WISH in answer.content.decode() for answer in answers] == [reads] * len(pages)
