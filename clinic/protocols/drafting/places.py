"""Which groups are written where: of a part, of a row on its own page, of an address."""

from __future__ import annotations

from collections.abc import Iterator

from clinic.checklists.document import Part
from clinic.checklists.mistakes import Place
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.drafting.parts import BRIEF, Group, Inside, inside, within_field


def groups_of(place: Place, within: Inside) -> Iterator[Group]:
    """The groups in which what lies at a place is typed."""
    if within.how != "one":
        but = ("code",) if within.how == "named" else ()
        yield Group(place, within.how, within.model, BRIEF.get(within.model.__name__, ()), but)
        return
    own = Group(place, "one", within.model)
    if own.typed:
        yield own
    yield from groups_inside(place, within.model)


def groups_inside(place: Place, model: type[Part]) -> Iterator[Group]:
    """The groups of everything within a part."""
    for within in inside(model):
        yield from groups_of((*place, within.name), within)


def groups_of_row(place: Place, model: type[Part], *, is_named: bool) -> tuple[Group, ...]:
    """A row's own page: the row itself, and the lists inside it."""
    own = Group(place, "one", model, but=("code",) if is_named else ())
    return (own, *groups_inside(place, model))


def read_place(text: str) -> tuple[Place, type[Part], bool] | None:
    """The place of a row as an address writes it, its model, and whether it stands under a key."""
    place: list[str | int] = []
    model, within, steps = ProtocolDocument, None, text.split(".")
    for step in steps:
        if within is None:
            within = (
                within_field(step, model.model_fields[step]) if step in model.model_fields else None
            )
            if within is None:
                return None
            place.append(step)
            if within.how == "one":
                model, within = within.model, None
        else:
            is_number = step.isascii() and step.isdigit()
            if within.how == "many" and not is_number:
                return None
            place.append(int(step) if within.how == "many" else step)
            model, last, within = within.model, within.how, None
            if len(place) == len(steps):
                return tuple(place), model, last == "named"
    return None


def write_place(place: Place) -> str:
    """A place as an address writes it."""
    return ".".join(map(str, place))
