"""How a question in the words of the clinical facts is put to a document, each by one calculator."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from clinic.checklists.engine import Answer, findings
from clinic.protocols import calculators as ask
from clinic.protocols.document import Phase, Stage

DAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
BEFORE, AFTER, RELEASE = Phase.BEFORE_DOSE, Phase.AFTER_DOSE, Phase.RELEASE
DISTRESSED = {"hold", "alarming"}
R, X, W, A, C, NOTHING = "review", "exclude", "washout", "action", "info", "nothing"


class Row(NamedTuple):
    """One expectation: where the facts say it, in which words, what it comes to, how it is asked."""

    section: str
    words: str
    expected: Any
    asked: Any


def agrees(expected, found):
    """A set stands for facts that leave a choice, such as R/X: one of them has to be there."""
    return found in expected if isinstance(expected, set) else found == expected


def number(written):
    return Decimal(str(written))


def reads(phase, parameter, value):
    """In which band a reading lies."""

    def question(document):
        limit = document.limit(parameter, phase)
        return ask.band(limit, number(value)).name.value if limit else "no limit"

    return question


def crosses(phase, parameter, baseline, value):
    """Whether a reading has gone beyond the person's own baseline."""
    return lambda document: bool(
        ask.crossed(document, parameter, phase, number(baseline), number(value))
    )


def may_be_given(amount, kg=None, **how):
    """Whether an order of this amount stands."""
    weight = None if kg is None else number(kg)
    return lambda document: (
        ask.amount_problems(document, number(amount), weight_kg=weight, **how) == ()
    )


def smallest(kg=None):
    return lambda document: ask.dose_range(document, kg and number(kg)).minimum


def largest(kg=None):
    return lambda document: ask.dose_range(document, kg and number(kg)).maximum


def stays(total, **facts):
    """The least minutes of stay for a total."""
    return lambda document: ask.minimum_stay(document, number(total), **facts)


def watched(total):
    """How many people one member of staff may watch."""
    return lambda document: ask.ratio(document, number(total))


def checked_at(row, until):
    """The minutes from the dose at which a row of the schedule is due."""

    def question(document):
        doses = [ask.DoseGiven(NOON, Decimal(25))]
        planned = ask.schedule(document, doses, NOON + timedelta(minutes=until))
        return [int((each.at - NOON).total_seconds() // 60) for each in planned if each.row == row]

    return question


def further_dose(document):
    """The minutes after the first dose between which a further one may follow."""
    window = ask.supplement_window(document, [ask.DoseGiven(NOON, Decimal(25))])
    if window is None:
        return None
    return tuple(end and int((end - NOON).total_seconds() // 60) for end in window)


def answers_of(said):
    return {code: Answer("known", value) for code, value in said.items()}


def means(item, value, checklist=None, **others):
    """The gravest thing an answer means on that day."""

    def question(document):
        form = document.checklist(checklist) if checklist else document.screening
        found = findings(form, answers_of({**others, item: value}), DAY)
        heard = [each for each in found if each.item == item and each.because == "answered"]
        return heard[0].meaning.value if heard else NOTHING

    return question


def clear_for(code, item, value=True, **others):
    """The days that must lie between the last taking and the dose."""

    def question(document):
        said = {item: value, f"{item}_last_on": "2026-01-01", **others}
        found = ask.washouts(document, answers_of(said), DAY)
        state = next(each for each in found if each.washout.code == code)
        return (state.clear_on - date(2026, 1, 1)).days

    return question


def admits(years):
    """Whether somebody of this age may take part."""
    return lambda document: (
        ask.age_problems(document, date(DAY.year - years, DAY.month, DAY.day), DAY) == ()
    )


def apart(substance, days):
    """Whether a dose may follow one of a substance after so many days."""
    past = [ask.PastDose(substance, DAY - timedelta(days=days))]
    return lambda document: ask.interval_problems(document, past, DAY) == ()


def visits_of(stage):
    """How many visits of a stage the whole course has at least."""
    return lambda document: ask.visits_in_course(document, Stage(stage))


def visit(code):
    return lambda document: next(each for each in document.visits if each.code == code)


def visit_hours(code):
    """The hours around what a visit is counted from within which it must lie."""

    def question(document):
        ends = ask.visit_window(visit(code)(document).window, NOON, ZONE)
        return tuple(end and int((end - NOON).total_seconds() // 3600) for end in ends)

    return question


def follows(session, days):
    """Whether a session of the course may be had so many days after the one before it."""
    last = DAY - timedelta(days=days)
    return lambda document: ask.course_problems(document, session, last, DAY) == ()


def contacts(document):
    """The days after the session on which somebody is in touch."""
    planned = ask.touchpoints(document, NOON, ZONE)
    return {(each.due_at.date() - DAY).days for each in planned}


def in_touch_on(*days):
    return lambda document: set(days) <= contacts(document)


def in_touch_within(first, last):
    return lambda document: any(first <= day <= last for day in contacts(document))


def report_within(code):
    """The days a report has from when its clock runs."""

    def question(document):
        report = next(each for each in document.reports if each.code == code)
        due = ask.report_due(report, DAY).due_on
        return due and (due - ask.report_due(report, DAY).from_day).days

    return question


def reported_by(code, day):
    def question(document):
        report = next(each for each in document.reports if each.code == code)
        return ask.report_due(report, day).due_on

    return question


def stands_by(capacity, place):
    """How near somebody has to be."""

    def question(document):
        needed = ask.licences_needed(document, place)
        return next(each.presence.value for each in needed if each.capacity == capacity)

    return question


def screening(section, meanings):
    """Rows for what an answer to a question of the screening means: {(item, answer): meaning}."""
    return [
        Row(section, f"{key[0]} answered {key[1]}", meaning, means(*key[:2], **dict(key[2:])))
        for key, meaning in meanings.items()
    ]


def each_of(item, options, meaning):
    """The same meaning for each of several answers of a list."""
    return {(item, (option,)): meaning for option in options}
