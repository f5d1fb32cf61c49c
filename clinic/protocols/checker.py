"""What is missing or contradictory in a protocol though every field of it is well-formed."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from clinic.checklists.checker import check_checklist, said_twice
from clinic.checklists.mistakes import Misplaced, Place
from clinic.protocols.course_checker import check_course
from clinic.protocols.document import (
    GateCode,
    Offset,
    Presence,
    ProtocolDocument,
    Touchpoint,
    VisitRule,
)
from clinic.protocols.session_checker import check_session_rules

PLACES_IN_MESSAGES = {"site", "telephone", "link"}

# A gate that reads a part of the document which is not there could never be cleared.
NEEDED_BY_GATE: dict[str, tuple[str, Callable[[ProtocolDocument], object]]] = {
    GateCode.CONSENT: ("documents", lambda document: document.documents),
    GateCode.WASHOUTS: ("washouts", lambda document: document.washouts),
    GateCode.TESTS_FRESH: ("tests", lambda document: document.tests or document.measures),
    GateCode.PREPARATION_VISITS: (
        "visits of the preparation",
        lambda document: any(visit.stage == "preparation" for visit in document.visits),
    ),
    GateCode.AGE: ("age", lambda document: document.age),
    GateCode.LICENCE: ("roles", lambda document: document.roles),
    GateCode.ROLES_PRESENT: ("roles", lambda document: document.roles),
    GateCode.RATIO: ("ratio", lambda document: document.ratio),
    GateCode.TODAYS_CHECKS: ("today", lambda document: document.today),
    GateCode.CAPACITY: ("today", lambda document: document.today),
    GateCode.VITALS: ("today.vitals", lambda document: document.today and document.today.vitals),
    GateCode.WAY_HOME: (
        "release.ways_home",
        lambda document: document.release and document.release.ways_home,
    ),
    GateCode.INTERVAL: ("intervals", lambda document: document.intervals),
    GateCode.EXTERNAL_ENROLMENT: ("enrolments", lambda document: document.enrolments),
    GateCode.ON_CALL: ("on_call", lambda document: document.on_call),
}


def check_protocol(document: ProtocolDocument, forms: set[str]) -> Iterator[Misplaced]:
    """List what contradicts itself in a protocol, each with its place; `forms` are known instruments."""
    yield from _codes(document)
    yield from _checklists(document)
    yield from _gates(document)
    yield from _people_and_visits(document)
    yield from check_session_rules(document)
    yield from check_course(document, forms | set(document.checklists))
    yield from _aftercare(document, forms | set(document.checklists))
    yield from _messages(document)


def _codes(document: ProtocolDocument) -> Iterator[Misplaced]:
    named: list[tuple[str, str, Sequence[object]]] = [
        ("gates", "code", [each.code for each in document.gates]),
        ("denial_reasons", "code", [each.code for each in document.denial_reasons]),
        ("documents", "code", [each.code for each in document.documents]),
        ("visits", "code", [each.code for each in document.visits]),
        ("roles", "capacity", [each.capacity for each in document.roles]),
        ("tests", "code", [each.code for each in document.tests]),
        ("open_points", "code", [each.code for each in document.open_points]),
        ("course", "code", [each.code for each in document.course]),
        ("enrolments", "code", [each.code for each in document.enrolments]),
        ("washouts", "code", [each.code for each in document.washouts]),
        ("parameters", "code", [each.code for each in document.parameters]),
        ("limits", "parameter", [(each.parameter, each.phase.value) for each in document.limits]),
        ("monitoring", "code", [each.code for each in document.monitoring]),
        ("miss_reasons", "code", [each.code for each in document.miss_reasons]),
        ("events", "code", [each.code for each in document.events]),
        ("adverse_events", "code", [each.code for each in document.adverse_events]),
        ("grades", "grade", [each.grade for each in document.grades]),
        ("rescue", "code", [each.code for each in document.rescue]),
        ("touchpoints", "code", [each.code for each in document.touchpoints]),
        ("reports", "code", [each.code for each in document.reports]),
    ]
    return chain.from_iterable(said_twice(codes, (part,), field) for part, field, codes in named)


def _checklists(document: ProtocolDocument) -> Iterator[Misplaced]:
    yield from check_checklist(document.screening, ("screening",))
    for code, checklist in document.checklists.items():
        yield from check_checklist(checklist, ("checklists", code))
        if checklist.code != code:
            said = f"This is “{checklist.code}”, but stands under “{code}”."
            yield ("checklists", code, "code"), said, "checklist_code"
        if code == document.screening.code:
            yield ("checklists", code), f"“{code}” is the screening already.", "said_twice"
    uses: list[tuple[Place, str | None]] = [
        (("visits", number, "checklist"), visit.checklist)
        for number, visit in enumerate(document.visits)
    ]
    uses += [(("today", "checklist"), document.today.checklist)] if document.today else []
    uses += [(("release", "checklist"), document.release.checklist)] if document.release else []
    for place, used in uses:
        if used is not None and document.checklist(used) is None:
            yield place, f"There is no checklist “{used}”.", "unknown_checklist"


def _gates(document: ProtocolDocument) -> Iterator[Misplaced]:
    for number, gate in enumerate(document.gates):
        place = ("gates", number, "code")
        if gate.code not in set(GateCode):
            yield place, f"There is no gate “{gate.code}”.", "unknown_gate"
        part, needed = NEEDED_BY_GATE.get(gate.code, ("", lambda _: True))
        if not needed(document):
            said = f"The gate “{gate.code}” could never be cleared: nothing is said under {part}."
            yield place, said, "gate_without_rule"


def _people_and_visits(document: ProtocolDocument) -> Iterator[Misplaced]:
    for number, role in enumerate(document.roles):
        if (role.presence == Presence.REACHABLE) != (role.minutes is not None):
            said = "Who is reachable, and only they, is so within some minutes."
            yield ("roles", number, "minutes"), said, "reachable_minutes"
    for number, visit in enumerate(document.visits):
        yield from _visit(document, visit, ("visits", number))
    if document.age and _is_upside_down(document.age.minimum, document.age.maximum):
        yield ("age", "maximum"), "The highest age is below the lowest.", "range"


def _visit(document: ProtocolDocument, visit: VisitRule, at: Place) -> Iterator[Misplaced]:
    if visit.count_typical < visit.count_min:
        yield (*at, "count_typical"), "This is fewer than must be.", "range"
    for number, capacity in enumerate(visit.staff):
        if document.role(capacity) is None:
            yield (*at, "staff", number), f"There is no role “{capacity}”.", "unknown_role"
    opens = visit.window.earliest if visit.window else None
    closes = visit.window.latest if visit.window else None
    if opens and closes and _minutes(closes) < _minutes(opens):
        yield (*at, "window", "latest"), "This window closes before it opens.", "range"


def _is_upside_down(least: int | None, most: int | None) -> bool:
    return least is not None and most is not None and most < least


def _minutes(offset: Offset) -> int:
    return (offset.days * 24 + offset.hours) * 60 + offset.minutes


def _aftercare(document: ProtocolDocument, forms: set[str]) -> Iterator[Misplaced]:
    for number, touchpoint in enumerate(document.touchpoints):
        yield from _touchpoint(document, touchpoint, forms, ("touchpoints", number))
    for number, measure in enumerate(document.measures):
        if measure.instrument not in forms:
            said = f"There is no form “{measure.instrument}”."
            yield ("measures", number, "instrument"), said, "unknown_form"


def _touchpoint(
    document: ProtocolDocument, touchpoint: Touchpoint, forms: set[str], at: Place
) -> Iterator[Misplaced]:
    for field, capacity in (("owner", touchpoint.owner), ("next_in_line", touchpoint.next_in_line)):
        if document.role(capacity) is None:
            yield (*at, field), f"There is no role “{capacity}”.", "unknown_role"
    for number, form in enumerate(touchpoint.instruments):
        if form not in forms:
            yield (*at, "instruments", number), f"There is no form “{form}”.", "unknown_form"
    if touchpoint.message is None and touchpoint.channel in ("email", "form_link"):
        yield (*at, "message"), "What is sent needs its words.", "no_message"
    if touchpoint.message is not None and touchpoint.message not in document.messages:
        yield (*at, "message"), f"There is no message “{touchpoint.message}”.", "unknown_message"
    if touchpoint.channel == "form_link" and not touchpoint.instruments:
        yield (*at, "instruments"), "A link leads to a form.", "no_form"


def _messages(document: ProtocolDocument) -> Iterator[Misplaced]:
    """What is sent to a person names neither a drug nor a diagnosis, for anyone may see their screen."""
    telling = {document.substance, *re.findall(r"[a-z]{4,}", document.substance_label.lower())}
    telling |= {"ketamine", "esketamine", "psilocybin", "mdma", "lsd", "psychedelic", "depression"}
    telling |= {"ptsd", "trauma", "suicide", "suicidal", "anxiety", "dose", "drug", "therapy"}
    for key, message in document.messages.items():
        for field, text in (("subject", message.subject), ("body", message.body)):
            place: Place = ("messages", key, field)
            for word in sorted(telling & set(re.findall(r"[a-z]+", text.lower()))):
                yield place, f"“{word}” tells a bystander too much.", "not_neutral"
            for name in re.findall(r"\{([^{}]*)\}", text):
                if name not in PLACES_IN_MESSAGES:
                    yield place, f"There is nothing to put in for “{{{name}}}”.", "unknown_place"
