"""Forms of a draft: a part's own words, or the rows of a list, made from the protocol's own models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.forms.formsets import DELETION_FIELD_NAME, BaseFormSet, formset_factory
from django.utils.text import slugify

from clinic.acts import TWICE, answered_twice
from clinic.protocols.course_rules import FreshTest
from clinic.protocols.drafting import words
from clinic.protocols.drafting.fields import UNFIT, applies, field_for, initial_of, value_of
from clinic.protocols.drafting.names import Beside
from clinic.protocols.drafting.parts import KEY, Group, Row, Typed, get
from clinic.protocols.drafting.vocabulary import HELP
from clinic.protocols.headings import LABELS
from clinic.protocols.spoken import say

WAS = "was"
NAMED_AFTER = ("title", "label", "text", "subject", "message", "instrument", "meaning", "parameter")
MOST_ROWS = 300


class PartForm(forms.Form):
    """What is typed of one part. Nothing has to be said in a draft; what is said has to fit."""

    def __init__(self, *args: Any, group: Group, document: dict, part: Any = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.group, self.said = group, {}
        self.part = part if isinstance(part, dict) else {}
        self.beside = Beside(document, group, self.part)
        if group.how == "named":
            label, hint = LABELS[KEY], HELP[KEY]
            self.fields[KEY] = forms.CharField(
                label=label, help_text=hint, required=False, max_length=64
            )
        for each in group.typed:
            self._add(each)

    def _add(self, each: Typed) -> None:
        stands = get(self.part, each.path)
        if not applies(each, self.beside, stands):
            return
        field = field_for(each, self.beside, stands)
        is_left_out = stands is None and (
            len(each.path) == 1 or get(self.part, each.path[:-1]) is not None
        )
        self.fields[each.key] = field
        self.initial[each.key] = initial_of(each, field, each.default if is_left_out else stands)

    def clean(self) -> dict:
        cleaned = super().clean()
        for each in self.group.typed:
            if each.key not in self.fields or each.key not in cleaned:
                continue
            try:
                value = value_of(each, cleaned[each.key], self._asked_kind(each))
            except ValueError as wrong:
                self.add_error(each.key, str(wrong))
            else:
                if value is not None:
                    self.said[each.key] = value
        if key := cleaned.get(KEY):
            if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", key):
                self.add_error(KEY, UNFIT)
            self.said[KEY] = key
        return cleaned

    def _clean_form(self) -> None:
        super()._clean_form()
        for name in answered_twice(self):
            self.add_error(name, TWICE)

    def _asked_kind(self, each: Typed) -> str | None:
        """How the question is answered that this asks about."""
        question = self.beside.item if each.path[0] == "when" else None
        code = self.cleaned_data.get("item")
        question = self.beside.question(code) if code else question
        return question.get("kind") if question else None

    # -- As it is laid out

    def spoken(self, each: Typed, value: Any) -> str:
        """A value as this form calls it: a row that is named, by its label."""
        choices = dict(getattr(self.fields.get(each.key), "choices", ()))
        values = value if isinstance(value, list) else [value]
        return (
            ", ".join(str(choices.get(one) or say(one)) for one in values) if value else say(value)
        )

    def _boxes(self, *, authority: bool) -> Iterator[Any]:
        for each in self.group.typed:
            is_authority = each.name in words.AUTHORITY
            if is_authority == authority and len(each.path) == 1 and each.key in self.fields:
                yield self[each.key]

    @property
    def own(self) -> list:
        key = [self[KEY]] if KEY in self.fields else []
        return [*key, *self._boxes(authority=False)]

    @property
    def authority(self) -> list:
        boxes = {box.name: box for box in self._boxes(authority=True)}
        return [boxes[name] for name in words.AUTHORITY if name in boxes]

    @property
    def small(self) -> list[tuple[str, list]]:
        """The small parts within, each with its legend."""
        found: dict[str, list] = {}
        for each in self.group.typed:
            if len(each.path) > 1 and each.key in self.fields:
                found.setdefault(each.path[0], []).append(self[each.key])
        return [(LABELS.get(name) or words.spoken(name), boxes)
                for name, boxes in found.items()]  # fmt: skip


class RowForm(PartForm):
    """One row of a list, and which row it was."""

    was = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict:
        cleaned = super().clean()
        self.row = Row(cleaned.get(WAS), self.said)
        return cleaned


class RowsBase(BaseFormSet):
    """The rows of one list, with those added on the page."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields[DELETION_FIELD_NAME].label = f"Remove this {words.one_of(self.group)}"

    def __init__(self, data: Any, *, group: Group, document: dict, **kwargs: Any):
        self.group, self.document = group, document
        self.standing = group.rows(document)
        initial = [{WAS: number, KEY: key} for number, (key, _) in enumerate(self.standing)]
        super().__init__(data, initial=initial, prefix=group.prefix, **kwargs)
        if self.is_bound and str(data.get(f"{group.prefix}-TOTAL_FORMS", "")).strip().startswith(
            "-"
        ):
            # Fewer than no rows would read as none, and take away every row that stands.
            raise BadRequest("A list of a draft was sent with fewer than no rows.")

    def clean(self) -> None:
        """Parts that stand under a short name need one each, typed or made from their words."""
        if answered_twice(self.management_form):
            raise forms.ValidationError(TWICE)
        seen: set[Any] = set()
        for form in self.kept if self.group.how == "named" else ():
            key = form.said.get(KEY)
            if key in seen:
                form.add_error(KEY, "Another row has this short name.")
            elif not key and not with_a_code(form.said, KEY, set()).get(KEY):
                form.add_error(KEY, "Fill this in.")
            seen |= {key} - {None}

    def get_form_kwargs(self, index: int | None) -> dict:
        return {"group": self.group, "document": self.document, "part": self._part(index)}

    def _part(self, index: int | None) -> Any:
        """What the row was that this form is about, wherever it stands by now."""
        was: Any = index
        if self.is_bound and index is not None:
            was = self.data.get(f"{self.prefix}-{index}-{WAS}")
        number = int(was) if str(was).isdigit() and len(str(was)) < 6 else None
        known = number is not None and number < len(self.standing)
        return self.standing[number][1] if known else {}

    @property
    def kept(self) -> list[PartForm]:
        """The rows that stay, in their order."""
        return [form for form in self.forms if form not in self.deleted_forms and self._says(form)]

    def _says(self, form: Any) -> bool:
        return form.cleaned_data.get(WAS) is not None or form.has_changed()

    def rows(self, move: tuple[int, int] | None = None) -> list[Row]:
        """What was typed, every new row with a short name of its own, one row moved if asked."""
        kept = self.kept
        if move and move[0] < len(self.forms) and self.forms[move[0]] in kept:
            here = kept.index(self.forms[move[0]])
            there = min(max(here + move[1], 0), len(kept) - 1)
            kept[here], kept[there] = kept[there], kept[here]
        taken = {form.said.get(self._code) for form in kept} | self._codes_that_stay()
        return [self._named(form.row, taken) for form in kept]

    @property
    def _code(self) -> str:
        fields = self.group.model.model_fields
        return KEY if self.group.how == "named" else "capacity" if "capacity" in fields else "code"

    def _codes_that_stay(self) -> set:
        return {row.get(self._code) for _, row in self.standing}

    def _named(self, row: Row, taken: set) -> Row:
        if self.group.model is FreshTest:  # called by the form its result is written on
            return row
        fields = self.group.model.model_fields
        typed_here = self._code in {each.key for each in self.group.typed}
        is_new = row.was is None or row.was >= len(self.standing)
        has_one = self._code in row.said or not (is_new or typed_here or self._code == KEY)
        if has_one or (self._code not in fields and self._code != KEY):
            return row
        return Row(row.was, with_a_code(row.said, self._code, taken))


def with_a_code(said: Mapping[str, Any], field: str, taken: set) -> Mapping[str, Any]:
    """What was typed with a short name made from its words, or from the next number that is free."""
    name = next((str(said[n]) for n in NAMED_AFTER if said.get(n)), "")
    code = free = slugify(name)[:48].strip("-_")
    number = 1
    while free and free in taken:
        number += 1
        free = f"{code}-{number}"
    taken.add(free)
    return {**said, field: free} if free else said


def rows_of(group: Group, document: dict, data: Any) -> RowsBase:
    """The rows of a list as forms."""
    kind = formset_factory(
        RowForm, formset=RowsBase, extra=0, can_delete=True, max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
    )  # fmt: skip
    return kind(data, group=group, document=document)
