"""Filled forms, by the acts of the people who fill them."""

from clinic.checklists import actions
from clinic.checklists.engine import Answer
from clinic.checklists.files import instrument
from clinic.checklists.wording.queries import in_use
from sessions.rehearsal.answering import scored
from tests.builders.house import NOON


def an_open_form(house, case, *, at=NOON, by=None, code="phq-9", purpose="measure", **facts):
    """A form of a shipped instrument, opened for a case and not answered yet."""
    return actions.open_form(
        case,
        by=by or house.facilitator,
        at=at,
        checklist=in_use()[code],
        purpose=purpose,
        **facts,
    )


def given(**answers):
    """Answers that are known, by item code."""
    return {code: Answer("known", value) for code, value in answers.items()}


def a_completed_form(house, case, *, at=NOON, by=None, code="phq-9", each=1, **facts):
    """An instrument answered throughout with the option that counts `each`, and completed."""
    by = by or house.facilitator
    form = an_open_form(house, case, at=at, by=by, code=code, **facts)
    answers = scored(instrument(code), each)
    actions.answer(form, by=by, at=at, answers=answers, revision=form.revision)
    return actions.complete(form, by=by, at=at)


def a_result(house, case, code, *, at=NOON, by=None, **values):
    """What came out of an instrument that is asked elsewhere, written down and completed."""
    by = by or house.facilitator
    form = an_open_form(house, case, at=at, by=by, code=code)
    answers = given(assessed_on=f"{at:%Y-%m-%d}", assessor="Ada Byron", **values)
    return actions.finish(form, by=by, at=at, answers=answers, revision=form.revision)
