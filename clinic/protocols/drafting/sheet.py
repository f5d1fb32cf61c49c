"""A page of a draft: one form over all its parts, so that nothing typed beside is ever lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from clinic.checklists.mistakes import Mistake, Place
from clinic.protocols.drafting import words
from clinic.protocols.drafting.forms import WAS, PartForm, rows_of, with_a_code
from clinic.protocols.drafting.parts import Group, Said, Written, get
from clinic.protocols.drafting.places import write_place

MOVES = {"up": -1, "down": 1}
AGAIN = "Some of this does not fit yet. Nothing was saved."
Misplaced = Sequence[tuple[Mistake, Place]]


@dataclass(frozen=True)
class RowShown:
    """One row of a list on the page."""

    number: int
    form: PartForm
    place: Place
    mistakes: list[Mistake]
    summary: str
    is_last: bool

    @property
    def anchor(self) -> str:
        return "row_" + "-".join(map(str, self.place)) if self.place else ""

    @property
    def address(self) -> str:
        return write_place(self.place)

    @property
    def is_new(self) -> bool:
        return not self.place

    @property
    def is_open(self) -> bool:
        """Whether there is something to do: the row is new, or something of it does not fit."""
        return self.is_new or bool(self.mistakes) or bool(self.form.is_bound and self.form.errors)

    @property
    def to_confirm(self) -> bool:
        return bool(self.form.part.get("confirm"))


class Piece:
    """One part of a page, as it stands or as it was typed."""

    def __init__(self, group: Group, document: dict, data: Any, mistakes: Misplaced = ()):
        self.group, self.document = group, document
        self.title, self.lead = words.title_of(group), words.lead_of(group)
        self.one_of, self.one = words.one_of(group), words.a(words.one_of(group))
        self.mistakes = [(mistake, at) for mistake, at in mistakes if self._is_of(at)]
        self.seen = f"seen-{group.code}"
        now = group.digest(document)
        self.carried = now if data is None else data.get(self.seen, "")
        self.is_stale = self.carried != now
        part = get(document, group.place)
        self.stands = part is not None
        self.is_removed = data is not None and f"{group.code}-REMOVE" in data
        if group.how == "one":
            self.form: Any = PartForm(
                data, group=group, document=document, part=part, prefix=group.prefix or None
            )
        else:
            self.form = rows_of(group, document, data)

    def _is_of(self, at: Place) -> bool:
        """Whether a place lies in this part, and not in another that lies inside it."""
        mine, rest = at[: len(self.group.place)], at[len(self.group.place) :]
        if mine != self.group.place or self.group.how != "one":
            return mine == self.group.place
        if not rest:
            return bool(self.group.place)
        return rest[0] in {each.path[0] for each in self.group.typed}

    @property
    def is_list(self) -> bool:
        return self.group.how != "one"

    @property
    def is_folded(self) -> bool:
        """Whether this may stay closed: nothing of it is said, and nothing of it is wrong."""
        is_wrong = self.form.is_bound and bool(self.form.errors or self.form.has_changed())
        may_go = bool(self.group.place) and not self.is_list and not self.group.is_row
        return may_go and not self.group.shown(self.document) and not self.mistakes and not is_wrong

    @property
    def keeps_order(self) -> bool:
        return self.group.how == "many"

    @property
    def may_be_removed(self) -> bool:
        """Whether the whole part may be left out: it is neither the document nor a row of a list."""
        return not self.is_list and self.stands and bool(self.group.place) and not self.group.is_row

    def is_valid(self) -> bool:
        return self.is_removed or self.form.is_valid()

    def begin_at_the_new_row(self) -> None:
        """Put the cursor where an author who added a row goes on."""
        if self.form.forms and self.group.typed:
            last, first = self.form.forms[-1], self.group.typed[0]
            names = [box.name for box in last.own] or [first.key]
            last.fields[names[0]].widget.attrs["autofocus"] = True

    def written(self, move: tuple[int, int] | None = None) -> Written | None:
        """What was typed, or None where nothing was changed of what the page showed."""
        said = self._said(move)
        if self.group.digest(self.group.put(self.document, said)) == self.carried:
            return None
        return Written(self.group, self.carried, said)

    def _said(self, move: tuple[int, int] | None) -> Said:
        if self.is_list:
            return tuple(self.form.rows(move))
        untouched = not self.stands and not self.form.has_changed()
        if self.is_removed or untouched:
            return None
        needs_code = "code" in self.form.fields and "code" not in self.form.said
        return with_a_code(self.form.said, "code", set()) if needs_code else self.form.said

    @property
    def rows(self) -> list[RowShown]:
        forms_of = self.form.forms
        return [self._row(number, form, len(forms_of)) for number, form in enumerate(forms_of)]

    def _row(self, number: int, form: PartForm, count: int) -> RowShown:
        was = str(form[WAS].value() if form[WAS].value() is not None else "")
        standing = self.form.standing
        index = int(was) if was.isdigit() and int(was) < len(standing) else None
        key = None if index is None else standing[index][0]
        place = () if key is None else (*self.group.place, key)
        mistakes = [m for m, at in self.mistakes if place and at[: len(place)] == place]
        named = str(key or "") if self.group.how == "named" else ""
        summary = words.summary(self.group, form.part, named, spoken_as=form.spoken)
        return RowShown(number, form, place, mistakes, summary, number == count - 1)

    @property
    def own_mistakes(self) -> list[Mistake]:
        """The mistakes of the part that are of none of its rows."""
        rows = [row.place for row in self.rows if row.place] if self.is_list else []
        return [m for m, at in self.mistakes if not any(at[: len(r)] == r for r in rows)]

    @property
    def mistyped(self) -> Iterator[tuple[str, str, str]]:
        """Every field that does not fit: its id, its label and what is wrong."""
        if self.is_removed or not self.form.is_bound:
            return
        for form in self.form.forms if self.is_list else [self.form]:
            for name in form.errors:
                for said in form.errors[name]:
                    yield form[name].id_for_label, form[name].label, said


class Sheet(forms.Form):
    """Every part of one page; what was changed of them is written in one act."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        groups: Sequence[Group],
        document: dict,
        mistakes: Misplaced = (),
        again: bool = False,
    ):
        data = _with_one_more(data) if data is not None else None
        if again and data is not None:
            data = _about_what_stands(data, groups, document)
        super().__init__(data)
        self.pieces = [Piece(group, document, data, mistakes) for group in groups]
        self.refusal = None
        for piece in self.pieces:
            if data is not None and piece.is_list and piece.group.code == adds(data):
                piece.begin_at_the_new_row()

    def clean(self) -> dict:
        fit = [piece.is_valid() for piece in self.pieces]  # each is asked, to show all at once
        if not all(fit):
            raise forms.ValidationError(AGAIN)
        written = [piece.written(self._move_in(piece)) for piece in self.pieces]
        return {"written": tuple(each for each in written if each)}

    def _move_in(self, piece: Piece) -> tuple[int, int] | None:
        way, _, rest = str(self.data.get("do", "")).partition(":")
        code, _, number = rest.rpartition(":")
        is_asked = way in MOVES and code == piece.group.code and number.isdigit()
        return (int(number), MOVES[way]) if is_asked and len(number) < 6 else None

    @property
    def mistyped(self) -> list[tuple[str, str, str]]:
        return [each for piece in self.pieces for each in piece.mistyped]


def adds(data: Any) -> str:
    """The list to which a row is to be added, if that is what was pressed."""
    way, _, code = str(data.get("do", "")).partition(":")
    return code if way == "add" else ""


def _with_one_more(data: QueryDict) -> QueryDict:
    total = f"{adds(data)}-TOTAL_FORMS"
    if not adds(data) or not str(data.get(total, "")).isdigit():
        return data
    data = data.copy()
    data[total] = str(min(int(data[total][:6]) + 1, 10_000))
    return data


def _about_what_stands(data: QueryDict, groups: Sequence[Group], document: dict) -> QueryDict:
    """What was typed, carried over to what stands by now: saving it again is done knowingly."""
    data = data.copy()
    for group in groups:
        data[f"seen-{group.code}"] = group.digest(document)
        if group.how != "one":
            _rows_about_what_stands(data, group, document)
    return data


def _rows_about_what_stands(data: QueryDict, group: Group, document: dict) -> None:
    """A row is the one of the same short name; where rows show none, the one in its place."""
    standing = [row for _, row in group.rows(document)]
    field = next((n for n in ("code", "capacity", "number") if n in _keys(group)), "")
    codes = [row.get(field) for row in standing]
    for name in [n for n in data if re.fullmatch(rf"{re.escape(group.prefix)}-\d+-was", n)]:
        said = data.get(name.removesuffix(WAS) + field) if field else None
        if said and said in codes:
            data[name] = str(codes.index(said))
        elif said or not data[name].isdigit() or int(data[name][:6]) >= len(standing):
            data[name] = ""


def _keys(group: Group) -> set[str]:
    return {each.key for each in group.typed}
