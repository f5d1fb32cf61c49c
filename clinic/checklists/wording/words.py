"""A slot and the words of its sheet become a form that can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clinic.checklists.document import Checklist, Item


@dataclass(frozen=True)
class Wording:
    """The words of one question: what is asked, and its answers in the order of the sheet."""

    text: str
    answers: tuple[str, ...] = ()


def missing_words(slot: Checklist, words: Mapping[str, Wording]) -> Iterator[tuple[str, str]]:
    """Name every question whose words do not fit its scoring, with what is wrong."""
    for item in slot.items:
        said = words.get(item.code)
        if said is None or not said.text.strip():
            yield item.code, "Write the question."
        elif len(said.answers) != len(item.options) or not all(
            answer.strip() for answer in said.answers
        ):
            yield item.code, f"Write {len(item.options)} answers, one a line."


def worded(slot: Checklist, introduction: str, words: Mapping[str, Wording]) -> Checklist:
    """Put the words of a sheet into its slot; the scoring stays what it was."""
    return slot.model_copy(
        update={
            "introduction": introduction.strip(),
            "items": tuple(_worded(item, words[item.code]) for item in slot.items),
            "text_included": True,
            "slot": "",
        }
    )


def _worded(item: Item, said: Wording) -> Item:
    options = tuple(
        option.model_copy(update={"label": label.strip()})
        for option, label in zip(item.options, said.answers, strict=True)
    )
    return item.model_copy(update={"text": said.text.strip(), "options": options})
