"""A draft with something in the place of what it must have and has not, so that the rest is checked.

A nearly empty draft would otherwise be told of one gap after the other. What is told of the stand-ins
themselves, or only because of them, is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from clinic.checklists.mistakes import Mistake
from clinic.protocols.document import Nouns, ProtocolDocument

_NOBODY = {"basis": "house", "source": "-"}
_QUESTION = {"code": "stand-in", "kind": "yes_no", "text": "-"}
_HEAD: dict[str, Any] = {
    "code": "stand-in",
    "substance": "stand-in",
    "unit": "mg",
    "nouns": dict.fromkeys(Nouns.model_fields, "-"),
}
# Told of a rule that asks the screening or the amounts, and only for want of those.
_OF_ITEMS = {"unknown_item", "no_such_answer", "no_last_taken", "half_life", "never_holds"}
_OF_AMOUNTS = {"unreachable_amount", "no_total", "unit_without_strength", "amount_of_what"}
_ECHOES = {
    "screening": _OF_ITEMS,
    "screening.items": _OF_ITEMS,
    "doses": _OF_AMOUNTS | {"never_due", "unknown_product"},
    "doses.single": _OF_AMOUNTS,
}


def filled(content: dict[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """The same content with stand-ins, and the places at which they stand."""
    whole, stands = dict(content), set[str]()
    for name, field in ProtocolDocument.model_fields.items():
        if field.is_required() and name not in content and name not in _ECHOES:
            whole[name] = _HEAD.get(name, "-")
            stands.add(name)
    whole["screening"] = dict(_part(content, "screening", stands))
    for name in ("code", "title", "version"):
        _put(whole["screening"], name, "stand-in", "screening", stands)
    _put(whole["screening"], "items", [_QUESTION], "screening", stands)
    whole["doses"] = dict(_part(content, "doses", stands))
    _put(whole["doses"], "single", [{"minimum": 0, **_NOBODY}], "doses", stands)
    return whole, frozenset(stands)


def _part(content: dict[str, Any], name: str, stands: set[str]) -> dict[str, Any]:
    part = content.get(name)
    if not isinstance(part, dict):
        stands.add(name)
        return {}
    return part


def _put(part: dict[str, Any], name: str, value: Any, inside: str, stands: set[str]) -> None:
    if not part.get(name):
        part[name] = value
        stands.add(f"{inside}.{name}")


def told_of_the_rest(found: Iterable[Mistake], stands: frozenset[str]) -> Iterator[Mistake]:
    """Only what is wrong in what the author wrote."""
    silent = {code for place in stands for code in _ECHOES.get(place, ())}
    for mistake in found:
        inside = any(
            mistake.place == place or mistake.place.startswith((f"{place}.", f"{place}["))
            for place in stands
        )
        if not inside and mistake.code not in silent:
            yield mistake
