"""One form, filled by two at once."""

from clinic.checklists import actions
from clinic.checklists.files import instrument
from clinic.checklists.models import Answer, Form
from sessions.rehearsal.answering import scored
from tests.builders.cases import a_referred_case
from tests.builders.checklists import a_completed_form, an_open_form, given
from tests.builders.house import NOON
from tests.races.harness import Start, race


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def _both(house, do, rows, **how):
    pair = (house.facilitator, house.nurse)
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, **how)


def completed():
    return Form.objects.filter(status="completed").count()


@race("clinic.checklists.actions.open_form")
def open_form(house):
    # Both go on with the one form: whoever comes second is given the first one's.
    case = a_referred_case(house)
    return _both(
        house,
        lambda by: an_open_form(house, fresh(case), by=by),
        Form.objects.count,
        both_done=True,
    )


@race("clinic.checklists.actions.answer")
def answer(house):
    form = an_open_form(house, a_referred_case(house))

    def say(by, option):
        return lambda: actions.answer(
            fresh(form), by=by, at=NOON, answers=given(phq1=option), revision=0
        )

    return Start(
        (house.facilitator, say(house.facilitator, "not-at-all")),
        (house.nurse, say(house.nurse, "several-days")),
        Answer.objects.count,
    )


@race("clinic.checklists.actions.complete")
def complete(house):
    form = an_open_form(house, a_referred_case(house))
    answers = scored(instrument("phq-9"), 1)
    actions.answer(form, by=house.nurse, at=NOON, answers=answers, revision=0)
    return _both(house, lambda by: actions.complete(fresh(form), by=by, at=NOON), completed)


@race("clinic.checklists.actions.finish")
def finish(house):
    form = an_open_form(house, a_referred_case(house))
    answers = scored(instrument("phq-9"), 1)
    return _both(
        house,
        lambda by: actions.finish(fresh(form), by=by, at=NOON, answers=answers, revision=0),
        completed,
    )


@race("clinic.checklists.actions.reopen")
def reopen(house):
    form = a_completed_form(house, a_referred_case(house))
    return _both(
        house,
        lambda by: actions.reopen(fresh(form), by=by, at=NOON, reason="Misread"),
        Form.objects.filter(status="open").count,
    )
