"""What is contradictory in the course around the dose: its cycles, people, washouts and reports."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from clinic.access import ROLES
from clinic.checklists.checker import said_twice
from clinic.checklists.document import Item, Kind
from clinic.checklists.mistakes import Misplaced, Place
from clinic.protocols.cycles import planned_sessions
from clinic.protocols.document import Act, GateCode, ProtocolDocument, Report, Washout
from clinic.protocols.screening_rules import NONE_OF_THESE

CHOICES = {Kind.SOME_OF, Kind.ONE_OF}
NUMBERS = {Kind.INTEGER, Kind.DECIMAL}
# Only its prescriber changes a medicine: no protocol tells a person to.
TELLS_TO_STOP = re.compile(
    r"\b(?:stop|discontinue|cease|quit|come off|taper(?: off)?|wean off)"
    r"(?: taking| using)? (?:the|your|any|all|this|these) (?:\w+ )?"
    r"(?:medicines?|medications?|drugs?|tablets?|antidepressants?|lithium|ssris?|snris?|maois?)\b",
    re.IGNORECASE,
)
# A gate that only somebody with this act can clear.
CLEARED_BY: dict[str, Act] = {
    GateCode.SCREENING_SIGNED: Act.DECIDE_ELIGIBILITY,
    GateCode.PREPARATION_VISITS: Act.PREPARE,
    GateCode.SECOND_PERSON: Act.SECOND_CHECK,
    GateCode.AMOUNT: Act.ORDER_DOSE,
}


def check_course(document: ProtocolDocument, forms: set[str]) -> Iterator[Misplaced]:
    """List what contradicts itself in the course; `forms` are the instruments and own checklists."""
    yield from _phases(document)
    yield from _people(document)
    yield from _deciders(document)
    yield from _denials(document)
    yield from _documents(document)
    yield from _tests(document)
    yield from _lookups(document, forms)
    for number, washout in enumerate(document.washouts):
        yield from _washout(document, washout, ("washouts", number))
    for number, report in enumerate(document.reports):
        yield from _report(document, report, ("reports", number))
    yield from _instructions(document, ())
    yield from _unused(document, forms)


def _phases(document: ProtocolDocument) -> Iterator[Misplaced]:
    for number, phase in enumerate(document.course):
        place: Place = ("course", number)
        if phase.sessions is None and number < len(document.course) - 1:
            said = "This phase has no end, so what follows it is never reached."
            yield (*place, "sessions"), said, "unreachable_phase"
        if phase.latest_days is not None and phase.latest_days < phase.earliest_days:
            yield (*place, "latest_days"), "This is sooner than the earliest.", "range"
    planned = planned_sessions(document)
    for number, visit in enumerate(document.visits):
        for i, cycle in enumerate(visit.cycles):
            if cycle < 1 or (planned is not None and cycle > planned):
                said = f"The course has no cycle {cycle}."
                yield ("visits", number, "cycles", i), said, "beyond_course"


def _documents(document: ProtocolDocument) -> Iterator[Misplaced]:
    """What only some need says of whom, in words and so that it can be told."""
    for number, each in enumerate(document.documents):
        at: Place = ("documents", number)
        is_told = each.if_answered or each.if_in_group or each.if_another
        if each.only_if and each.may_stop_dose and not is_told:
            said = "Nothing tells of whom this is needed: name a question, a group or a capacity."
            yield (*at, "only_if"), said, "condition_untold"
        if is_told and not each.only_if:
            yield (*at, "only_if"), "When this is needed is not said in words.", "condition_unsaid"
        yield from _answered(document, each.if_answered, at)
        if each.if_another and document.role(each.if_another) is None:
            said = f"There is no capacity {each.if_another}."
            yield (*at, "if_another"), said, "unknown_role"


def _tests(document: ProtocolDocument) -> Iterator[Misplaced]:
    """What is asked of some only says of whom, in words and by a question that tells."""
    for number, each in enumerate(document.tests):
        at: Place = ("tests", number)
        if each.only_if and not each.if_answered:
            said = "Nothing tells of whom this is asked: name a question of the screening."
            yield (*at, "if_answered"), said, "condition_untold"
        if each.if_answered and not each.only_if:
            yield (*at, "only_if"), "When this is asked is not said in words.", "condition_unsaid"
        yield from _answered(document, each.if_answered, at)


def _denials(document: ProtocolDocument) -> Iterator[Misplaced]:
    """A reason to decline that is given by answers names questions the screening asks."""
    for number, reason in enumerate(document.denial_reasons):
        if reason.code == NONE_OF_THESE:
            said = f"“{NONE_OF_THESE}” stands beside the reasons of every version already."
            yield ("denial_reasons", number, "code"), said, "said_twice"
        for position, code in enumerate(reason.given_by):
            if document.screening.item(code) is None:
                place: Place = ("denial_reasons", number, "given_by", position)
                yield place, f"The screening asks nothing called {code}.", "unknown_item"


def _answered(document: ProtocolDocument, codes: Sequence[str], at: Place) -> Iterator[Misplaced]:
    for number, code in enumerate(codes):
        item = document.screening.item(code)
        if item is None or item.kind != Kind.YES_NO:
            said = f"The screening asks no yes or no called {code}."
            yield (*at, "if_answered", number), said, "unknown_item"


def _people(document: ProtocolDocument) -> Iterator[Misplaced]:
    if not document.roles:
        return
    acts = {act for role in document.roles for act in role.acts}
    for number, gate in enumerate(document.gates):
        wanted = CLEARED_BY.get(gate.code)
        if wanted is not None and wanted not in acts:
            said = f"Nobody in `roles` may {_spoken(wanted)}, so this gate is never cleared."
            yield ("gates", number, "code"), said, "gate_nobody_clears"
    needed = [Act.GIVE_DOSE, *([Act.RELEASE] if document.release else [])]
    needed += [Act.MONITOR] if document.monitoring else []
    for act in needed:
        if act not in acts:
            yield ("roles",), f"Nobody in `roles` may {_spoken(act)}.", "nobody_does"


def _spoken(act: Act) -> str:
    return act.value.replace("_", " ")


def _deciders(part: Any, at: Place = ()) -> Iterator[Misplaced]:
    """Who may decide past something is a role that people here can hold."""
    decider = getattr(part, "decider", "")
    if str(decider).startswith("role:") and decider.removeprefix("role:") not in ROLES:
        yield (*at, "decider"), f"There is no role “{decider[5:]}”.", "unknown_decider"
    for name, child in _inside(part):
        yield from _deciders(child, (*at, name))


def _inside(part: Any) -> Iterator[tuple[str | int, Any]]:
    if hasattr(type(part), "model_fields"):
        for name in type(part).model_fields:
            yield name, getattr(part, name)
    elif isinstance(part, dict):
        yield from part.items()
    elif isinstance(part, tuple):
        yield from enumerate(part)


def _lookups(document: ProtocolDocument, forms: set[str]) -> Iterator[Misplaced]:
    """A test or a register is cleared by the form it is written down on."""
    for number, test in enumerate(document.tests):
        if test.code not in forms:
            said = f"There is no form “{test.code}” to write the result on."
            yield ("tests", number, "code"), said, "unknown_form"
    for number, rule in enumerate(document.enrolments):
        place: Place = ("enrolments", number, "checklist")
        checklist = document.checklists.get(rule.checklist)
        if checklist is None:
            yield place, f"There is no checklist “{rule.checklist}”.", "unknown_checklist"
        elif not any(item.consequences for item in checklist.items):
            said = f"Whatever is answered on “{rule.checklist}”, it never says no."
            yield place, said, "never_says_no"


def _washout(document: ProtocolDocument, washout: Washout, at: Place) -> Iterator[Misplaced]:
    yield from _clear_days(document, washout, at)
    taken = document.screening_item(washout.taken_item)
    last = document.screening_item(washout.last_on_item or "")
    if washout.last_on_item is None and not washout.medicines:
        yield (*at, "last_on_item"), "No item says when it was last taken.", "no_last_taken"
    for field, item in (("taken_item", taken), ("last_on_item", last)):
        if item is None and getattr(washout, field) is not None:
            said = f"The screening has no item “{getattr(washout, field)}”."
            yield (*at, field), said, "unknown_item"
    if last is not None and last.kind != Kind.DATE:
        yield (*at, "last_on_item"), f"“{last.code}” is no date item.", "kind"
    if taken is not None:
        yield from _taken(taken, washout, at)


def _clear_days(document: ProtocolDocument, washout: Washout, at: Place) -> Iterator[Misplaced]:
    """How long: days, or half-lives whose hours the rule says itself or the screening asks for."""
    if washout.days is None and washout.half_lives is None:
        yield (*at, "days"), "A washout has its days or its half-lives.", "no_washout_days"
    hours = washout.half_life_item or washout.half_life_hours
    parts = (washout.half_lives, hours, washout.half_life_source or None)
    if len({part is None for part in parts}) > 1:
        said = "Half-lives need their number, the hours of one, and where that was read."
        yield (*at, "half_lives"), said, "half_life"
    if washout.half_life_item is None:
        return
    item = document.screening_item(washout.half_life_item)
    place = (*at, "half_life_item")
    if item is None:
        yield place, f"The screening has no item “{washout.half_life_item}”.", "unknown_item"
    elif item.kind not in NUMBERS:
        yield place, f"“{item.code}” is no number of hours.", "kind"
    if washout.half_life_hours is not None:
        yield place, "The hours are said already.", "half_life"


def _taken(item: Item, washout: Washout, at: Place) -> Iterator[Misplaced]:
    """How an item is read: its yes, some of its answers, or the medicines listed in it."""
    wanted = {"medicines": {Kind.MEDICATION}, "taken_options": CHOICES}
    named = [field for field in wanted if getattr(washout, field)]
    for field in named:
        if item.kind not in wanted[field]:
            yield (*at, field), f"“{item.code}” is a {item.kind} item.", "kind"
    if not named and item.kind != Kind.YES_NO:
        yield (*at, "taken_item"), f"“{item.code}” is no yes_no item.", "kind"
    for number, code in enumerate(washout.taken_options):
        if item.kind in CHOICES and item.option(code) is None:
            said = f"“{code}” is no answer to “{item.code}”."
            yield (*at, "taken_options", number), said, "no_such_answer"


def _report(document: ProtocolDocument, report: Report, at: Place) -> Iterator[Misplaced]:
    if not report.voluntary and report.due_days is None:
        yield (*at, "due_days"), "A duty to report has its days.", "no_due_days"
    is_owed = not report.voluntary and report.due_days is not None
    if report.clock_from == "awareness" and is_owed and not report.awareness_of:
        said = "Whose awareness starts the clock is not said."
        yield (*at, "awareness_of"), said, "whose_awareness"
    if (report.clock_from == "period_end") != bool(report.period_ends):
        said = "A report by period, and only that, has the days on which a period ends."
        yield (*at, "period_ends"), said, "period_ends"
    checklist = document.checklists.get(report.checklist) if report.checklist else None
    if report.checklist and checklist is None:
        said = f"There is no checklist “{report.checklist}”."
        yield (*at, "checklist"), said, "unknown_checklist"
    yield from said_twice([field.item for field in report.fields], (*at, "fields"), "item")
    known = {item.code for item in checklist.items} if checklist else set()
    for number, field in enumerate(report.fields):
        if field.item not in known:
            said = f"The form has no item “{field.item}”."
            yield (*at, "fields", number, "item"), said, "unknown_item"
    for code in sorted(known - {field.item for field in report.fields}):
        said = f"Where the field “{code}” of the form comes from is not said."
        yield (*at, "fields"), said, "field_without_source"


def _instructions(part: Any, at: Place) -> Iterator[Misplaced]:
    if isinstance(part, str) and TELLS_TO_STOP.search(part):
        said = "This tells somebody to stop a medicine; only its prescriber does."
        yield at, said, "tells_to_stop"
    for name, child in _inside(part):
        yield from _instructions(child, (*at, name))


def _unused(document: ProtocolDocument, forms: set[str]) -> Iterator[Misplaced]:
    """A checklist nobody is led to, a message nobody sends, where no name is merely misspelt."""
    used = {visit.checklist for visit in document.visits}
    used |= {rule.checklist for rule in (document.today, document.release) if rule}
    used |= {test.code for test in document.tests}
    used |= {rule.checklist for rule in document.enrolments}
    used |= {report.checklist for report in document.reports}
    used |= {form for each in document.touchpoints for form in each.instruments}
    used |= {measure.instrument for measure in document.measures}
    own = {*document.checklists, document.screening.code}
    for code in sorted(own - {*used, document.screening.code}):
        if used <= {None, *own, *forms}:
            yield ("checklists", code), "Nothing leads to this list.", "never_used"
    sending = [each for each in document.touchpoints if each.channel in ("email", "form_link")]
    sent = {each.message for each in document.touchpoints if each.message is not None}
    is_whole = sent <= set(document.messages) and all(each.message for each in sending)
    for key in document.messages:
        if is_whole and key not in sent:
            yield ("messages", key), "Nothing sends this message.", "never_used"
