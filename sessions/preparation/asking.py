"""Every gate to the dose asked of the facts, and how each stands for a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum

from clinic.workflow import Decider, Gate, Obstacle, Step
from sessions.preparation import barred, before_the_day, closing, on_the_day
from sessions.preparation.barred import Barred
from sessions.preparation.facts import Attempt, Facts
from sessions.preparation.models import DecisionPast


class When(IntEnum):
    """From when a gate can be asked about at all."""

    BEFORE = 0
    CHECKED_IN = 1
    AT_THE_DOSE = 2


@dataclass(frozen=True)
class Question:
    """One gate: how it is asked, from when, and at which moments a yes may end by itself."""

    gate: Gate
    reasons: Callable[[Facts], Iterator[Barred]]
    when: When = When.BEFORE
    moments: Callable[[Facts], Iterable[datetime]] = lambda facts: ()


def _asked(*questions: Question) -> dict[str, Question]:
    return {question.gate.code: question for question in questions}


B, D = before_the_day, on_the_day
QUESTIONS = _asked(
    Question(barred.CONSENT, B.consent, moments=closing.of_consent),
    Question(barred.SCREENING_SIGNED, B.screening_signed, moments=closing.of_screening),
    Question(barred.EXCLUSIONS, B.exclusions),
    Question(barred.WASHOUTS, B.washouts_elapsed),
    Question(barred.TESTS_FRESH, B.tests_fresh, moments=closing.of_tests),
    Question(barred.PREPARATION_VISITS, B.preparation_visits, moments=closing.of_visits),
    Question(barred.AGE, B.age, moments=closing.of_age),
    Question(barred.LICENCE, B.licence, moments=closing.of_licences),
    Question(barred.WAY_HOME, B.way_home),
    Question(barred.EMERGENCY_CONTACT, B.emergency_contact),
    Question(barred.INTERVAL, B.interval),
    Question(barred.NO_OTHER_LIVE_SESSION, B.no_other_live_session),
    Question(barred.ON_CALL, B.on_call, moments=closing.of_on_call),
    Question(barred.EXTERNAL_ENROLMENT, B.external_enrolment, moments=closing.of_enrolment),
    Question(barred.HOLD, B.hold),
    Question(barred.ROLES_PRESENT, D.roles_present, When.CHECKED_IN),
    Question(barred.TODAYS_CHECKS, D.todays_checks, When.CHECKED_IN),
    Question(barred.CAPACITY, D.capacity, When.CHECKED_IN),
    Question(barred.VITALS, D.vitals, When.CHECKED_IN, D.vitals_moments),
    Question(barred.RATIO, D.ratio, When.CHECKED_IN),
    Question(barred.AMOUNT, D.amount, When.AT_THE_DOSE, D.amount_moments),
    Question(barred.LOT, D.lot, When.AT_THE_DOSE, closing.of_lot),
    Question(barred.SECOND_PERSON, D.second_person, When.AT_THE_DOSE),
)


TITLES = {
    "consent": "Documents signed",
    "screening_signed": "Screening signed",
    "exclusions": "No open finding",
    "washouts": "Washouts elapsed",
    "tests_fresh": "Tests and measures fresh",
    "preparation_visits": "Preparation visits held",
    "age": "Age, from a seen document",
    "licence": "Licences hold on the day",
    "way_home": "Way home planned",
    "emergency_contact": "Emergency contact",
    "interval": "Interval since earlier doses",
    "no_other_live_session": "In no other session",
    "on_call": "On-call cover afterwards",
    "external_enrolment": "Enrolled in the registers outside",
    "hold": "Nothing held",
    "roles_present": "Required people present",
    "todays_checks": "Today's checks",
    "capacity": "Capacity today",
    "vitals": "Vital signs inside limits",
    "ratio": "Enough staff in the room",
    "amount": "Amount within limits",
    "lot": "Lot in date and in stock",
    "second_person": "Second person",
}


@dataclass(frozen=True)
class GateStep(Step):
    """One gate as the ready page draws it: shut, decided past, open until, or for the day."""

    decided: tuple[DecisionPast, ...] = field(default=())
    waits_for: str = ""  # "the day" or "the dose", while it cannot be asked yet

    @property
    def is_clear(self) -> bool:
        return not self.obstacles and not self.waits_for

    @property
    def code(self) -> str:
        return self.gate.code

    @property
    def title(self) -> str:
        return TITLES[self.gate.code]

    @property
    def may_be_decided_past(self) -> bool:
        """Whether the version lets anybody decide past all that stands here."""
        return bool(self.obstacles) and all(
            isinstance(each, Barred) and each.is_decidable for each in self.obstacles
        )

    @property
    def who_decides(self) -> str:
        found = {who_decides(each) for each in self.obstacles if isinstance(each, Barred)}
        return " and ".join(sorted(found))

    @property
    def tone(self) -> str:
        if self.obstacles:
            return "danger"
        if self.waits_for:
            return "neutral"
        return "attention" if self.decided else "good"

    @property
    def word(self) -> str:
        if self.obstacles:
            return "Not yet"
        if self.waits_for:
            return f"On {self.waits_for}" if self.waits_for == "the day" else f"At {self.waits_for}"
        return "Decided past" if self.decided else "Clear"


def steps(facts: Facts, attempt: Attempt | None = None) -> list[GateStep]:
    """Ask every gate this version names; one that cannot be asked yet says for what it waits."""
    asked = facts if attempt is None else replace(facts, attempt=attempt)
    found = [
        _step(asked, QUESTIONS[rule.code])
        for rule in sorted(facts.document.gates, key=lambda rule: list(QUESTIONS).index(rule.code))
    ]
    if facts.document.gate(barred.HOLD.code) is None:
        # A hold is the house's own act: it stops the dose whether or not the version foresaw one.
        held = _step(asked, QUESTIONS[barred.HOLD.code])
        found += [held] if held.obstacles else []
    return found


def _step(facts: Facts, question: Question) -> GateStep:
    if waits_for := _waits_for(facts, question.when):
        return GateStep(question.gate, waits_for=waits_for)
    stands, shut = _asked_of(facts, question)
    return GateStep(
        question.gate,
        obstacles=shut,
        clear_until=None if shut else _clear_until(facts, question),
        decided=tuple(d for d in _decisions(facts, question) if d.message in stands),
    )


def _asked_of(facts: Facts, question: Question) -> tuple[set[str], tuple[Barred, ...]]:
    """What stands at a gate, in words, and what of it nobody entitled has decided past."""
    found = list(question.reasons(facts))
    words = {decision.message for decision in _decisions(facts, question)}
    shut = tuple(o for o in found if not (o.is_decidable and o.message in words))
    return {o.message for o in found}, shut


def _decisions(facts: Facts, question: Question) -> list[DecisionPast]:
    return [each for each in facts.decided if each.code == question.gate.code]


def _clear_until(facts: Facts, question: Question) -> datetime | None:
    """The first coming moment at which an open gate is shut again, though nobody does anything."""
    moments = list(question.moments(facts))
    if _decisions(facts, question):
        moments.append(closing.end_of(facts, facts.day))  # a decision is for its day alone
    for moment in closing.to_come(facts, moments):
        if _asked_of(facts.as_of(moment), question)[1]:
            return moment
    return None


def _waits_for(facts: Facts, when: When) -> str:
    if when == When.AT_THE_DOSE and facts.attempt is None:
        return "the dose" if facts.day_facts.is_checked_in else "the day"
    if when == When.CHECKED_IN and facts.attempt is None and not facts.day_facts.is_checked_in:
        return "the day"
    return ""


def standing_at(asked: Iterable[GateStep], code: str) -> list[Barred]:
    """What stands at one gate now."""
    found = [obstacle for step in asked if step.code == code for obstacle in step.obstacles]
    return [obstacle for obstacle in found if isinstance(obstacle, Barred)]


def in_groups(asked: Iterable[GateStep]) -> list[tuple[str, list[GateStep]]]:
    """The gates as the ready page tells them: what stands in the way first, then the rest."""
    found = list(asked)
    return [
        (title, members)
        for title, members in [
            ("Not yet", [s for s in found if s.obstacles]),
            ("Clear", [s for s in found if s.is_clear]),
            ("Asked later", [s for s in found if s.waits_for]),
        ]
        if members
    ]


def not_at_a_gate(obstacles: Iterable[Obstacle]) -> list[Obstacle]:
    """What stands in the way of a declaration besides the gates, which the page lists anyway."""
    return [obstacle for obstacle in obstacles if obstacle.code not in QUESTIONS]


def needs_approval(obstacles: Iterable[Obstacle]) -> bool:
    """Whether nobody decides past all of this without the sponsor and the ethics board."""
    return any(each.decider == Decider.SPONSOR_ETHICS for each in obstacles)


def who_decides(obstacle: Barred) -> str:
    """Who may decide past an obstacle, in words."""
    if obstacle.decider == Decider.NAMED_ROLE:
        return f"the {obstacle.role.replace('_', ' ')}"
    return {
        Decider.PRESCRIBER: "a prescriber",
        Decider.SPONSOR_ETHICS: "a prescriber with the sponsor's and the ethics board's approval",
    }.get(obstacle.decider, "nobody")
