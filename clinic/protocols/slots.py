"""What a protocol asks of forms that ship without their text, or take nothing but a result."""

from collections.abc import Iterator, Mapping

from clinic.checklists.document import Checklist
from clinic.checklists.mistakes import Misplaced, Place
from clinic.protocols.document import ProtocolDocument


def forms_asked(document: ProtocolDocument) -> set[str]:
    """Name the instruments whose questions somebody is asked under this protocol."""
    asked = {measure.instrument for measure in document.measures}
    asked |= {form for each in document.touchpoints for form in each.instruments}
    return asked - set(document.checklists)


def check_slots(
    document: ProtocolDocument, instruments: Mapping[str, Checklist]
) -> Iterator[Misplaced]:
    """List where a slot is used as if it were a form that can be asked, or as a total it has not."""
    for number, touchpoint in enumerate(document.touchpoints):
        for position, code in enumerate(touchpoint.instruments):
            form = None if code in document.checklists else instruments.get(code)
            if form and form.takes_a_result and touchpoint.channel == "form_link":
                said = f"Of “{code}” only the result is written down; nobody can be sent it."
                yield ("touchpoints", number, "instruments", position), said, "result_slot"
    yield from _totals(document.screening, instruments, ("screening",))
    for key, checklist in document.checklists.items():
        yield from _totals(checklist, instruments, ("checklists", key))


def _totals(
    checklist: Checklist, instruments: Mapping[str, Checklist], at: Place
) -> Iterator[Misplaced]:
    for number, item in enumerate(checklist.items):
        if item.instrument is None:
            continue
        place = (*at, "items", number, "instrument")
        form = instruments.get(item.instrument)
        if form is None:
            yield place, f"There is no form “{item.instrument}”.", "unknown_form"
        elif form.scoring is None or not form.scoring.items:
            said = f"“{item.instrument}” has no total that could be the answer."
            yield place, said, "not_scored"
