"""A form field for everything that is typed of a part, made from what its model says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from django import forms
from pydantic import TypeAdapter, ValidationError

from clinic.checklists.document import Kind, Match
from clinic.checklists.files import misfit_words
from clinic.protocols.drafting.names import ANSWERS, CHOSEN, TRUTHS, YES_OR_NO, Beside, names
from clinic.protocols.drafting.parts import BLANK, Typed, bare, plain
from clinic.protocols.drafting.words import choice_said, choices_said, help_of, label_of

LONG = {
    "summary", "introduction", "text", "help", "message", "body", "detail", "words", "expected",
    "source", "citation", "indication", "decision", "half_life_source", "terms",
}  # fmt: skip
MOST = 10**9
# What is compared with what was there as a number or a time, not as words.
MEASURED = (forms.IntegerField, forms.DecimalField, forms.DateField, forms.TimeField)
UNFIT = "Small letters, figures, - and _ only; a letter or figure first."

# What can be asked of an answer, by how the question is answered.
COMPARED = ("below", "at_most", "at_least", "above")
ASKED_OF = {
    **dict.fromkeys(TRUTHS, ("equals",)),
    **dict.fromkeys(CHOSEN, ("equals", "any_of", "answered")),
    **dict.fromkeys(("integer", "decimal", "instrument"), ("equals", *COMPARED, "answered")),
    **dict.fromkeys(("date", "time", "text"), ("answered",)),
}


def applies(each: Typed, beside: Beside, value: Any) -> bool:
    """Whether this can be asked of the answer at all; what was asked already is always shown."""
    if each.name not in Match.model_fields or not issubclass(each.model, Match):
        return True
    question = beside.asked(each)
    if not question or value not in BLANK:
        return True
    return each.name in ASKED_OF.get(question.get("kind"), (each.name,))


def field_for(each: Typed, beside: Beside, value: Any) -> forms.Field:
    """The form field of something typed; `value` is what stands there now."""
    kind, words = bare(each.info.annotation), _words(each, beside)
    many = get_origin(kind) is tuple
    choices = _choices(each, beside)
    if choices is not None:
        return _choice(choices, value, words, many=many)
    if kind is bool:
        if get_args(each.info.annotation):
            return _choice(YES_OR_NO, value, words, many=False)
        return forms.BooleanField(**words)
    if get_origin(kind) is dict:
        return forms.CharField(**words, widget=forms.Textarea(attrs={"rows": 3}))
    if many and _is_lines(kind):
        return forms.CharField(**words, widget=forms.Textarea(attrs={"rows": 3}))
    return _plain_field(each, kind, words)


def _plain_field(each: Typed, kind: Any, words: dict) -> forms.Field:
    if kind is int:
        figures = forms.TextInput(attrs={"inputmode": "numeric"})
        return forms.IntegerField(**words, widget=figures, min_value=-MOST, max_value=MOST)
    if kind is Decimal:
        # Bounded, for 1e999999999 is a number too.
        figures = forms.TextInput(attrs={"inputmode": "decimal"})
        return forms.DecimalField(**words, widget=figures, max_digits=18, decimal_places=9)
    if kind is date:
        return forms.DateField(**words, widget=forms.DateInput(attrs={"type": "date"}))
    if kind is time:
        return forms.TimeField(**words, widget=forms.TimeInput(attrs={"type": "time"}))
    if each.name in LONG:
        return forms.CharField(**words, widget=forms.Textarea(attrs={"rows": 2}))
    return forms.CharField(**words)


def _words(each: Typed, beside: Beside) -> dict:
    unit = beside.document.get("unit") or ""
    kind, help_text = bare(each.info.annotation), help_of(each, str(unit))
    if get_origin(kind) is tuple and not _is_lines(kind):
        help_text = f"{help_text} Several: with commas between.".strip()
    elif get_origin(kind) is tuple:
        help_text = f"{help_text} One a line.".strip()
    return {"label": label_of(each), "help_text": help_text, "required": False}


def _is_lines(kind: Any) -> bool:
    """Whether a list holds words, which may have commas in them."""
    member = get_args(kind)[0]
    patterns = [getattr(meta, "pattern", None) for meta in getattr(member, "__metadata__", ())]
    return bare(member) is str and not any(patterns)


def _choice(choices: Mapping[str, str], value: Any, words: dict, *, many: bool) -> forms.Field:
    stands = [_word(v) for v in (value if isinstance(value, list) else [value]) if v not in BLANK]
    if not choices:
        words["help_text"] = f"{words['help_text']} Nothing to choose from yet.".strip()
    gone = {each: f"{each} (not in this protocol)" for each in stands if each not in choices}
    known = dict(choices) | gone
    if many:
        words["help_text"] = words["help_text"].replace("Several: with commas between.", "").strip()
        return forms.MultipleChoiceField(
            **words, choices=list(known.items()), widget=forms.CheckboxSelectMultiple
        )
    return forms.ChoiceField(**words, choices=[("", "–"), *known.items()])


def _choices(each: Typed, beside: Beside) -> dict[str, str] | None:
    said = choices_said(each)
    if said is not None:
        return said
    kind = bare(each.info.annotation)
    member = bare(get_args(kind)[0]) if get_origin(kind) is tuple else kind
    if get_origin(member) is Literal:
        values = [plain(value) for value in get_args(member)]
        return {value: choice_said(each, value) for value in values if value}
    if isinstance(member, type) and issubclass(member, Enum):
        return {value.value: choice_said(each, value.value) for value in member}
    return names(each, beside)


# -- Between a draft and a form --------------------------------------------------------------


def initial_of(each: Typed, field: forms.Field, value: Any) -> Any:
    """What a form shows of what stands in a draft."""
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_line(said)}" for key, said in value.items())
    if isinstance(value, list):
        words = [_word(each) for each in value]
        if isinstance(field, forms.MultipleChoiceField):
            return words
        return ("\n" if isinstance(field.widget, forms.Textarea) else ", ").join(words)
    if isinstance(field, forms.BooleanField):
        return bool(value)
    if value is None or not isinstance(field, MEASURED):
        return value if value is None else _word(value)
    return field.to_python(value)


def _line(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def value_of(each: Typed, answer: Any, asked_kind: str | None) -> Any:
    """What a draft writes for what was typed; None for nothing.

    Raises ValueError with the words for the field when it cannot be that at all.
    """
    if answer in BLANK:
        return None
    kind = bare(each.info.annotation)
    if each.name in ANSWERS:
        answer = _typed_answers(answer, asked_kind, many=each.name == "any_of")
    elif get_origin(kind) is dict:
        answer = _pairs(str(answer), kind)
    elif get_origin(kind) is tuple:
        answer = _several(answer, lines=_is_lines(kind))
    elif kind is bool and isinstance(answer, str):
        answer = answer == "yes"
    try:
        return plain(_adapter(each.model, each.name).validate_python(answer))
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        unfit = first["type"] == "string_pattern_mismatch"
        raise ValueError(UNFIT if unfit else misfit_words(first)) from None


@cache
def _adapter(model: Any, name: str) -> TypeAdapter:
    info = model.model_fields[name]
    kind = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    return TypeAdapter(kind)


def _several(answer: Any, *, lines: bool) -> list[str]:
    if isinstance(answer, list):
        return answer
    words = re.split(r"\n" if lines else r"[,\n]", str(answer))
    return [word.strip() for word in words if word.strip()]


def _pairs(answer: str, kind: Any) -> dict[str, Any]:
    """Lines of `name: words`; where the words are several, with commas between."""
    pairs: dict[str, Any] = {}
    for line in filter(str.strip, answer.splitlines()):
        name, colon, words = (part.strip() for part in line.partition(":"))
        if not colon or not name:
            raise ValueError(f"“{line.strip()}” is not of the form name: words.")
        several = get_origin(bare(get_args(kind)[1])) is tuple
        pairs[name] = _several(words, lines=False) if several else words
    return pairs


def _typed_answers(answer: Any, kind: str | None, *, many: bool) -> Any:
    """An answer as the question it belongs to is answered."""
    if many:
        return [_typed_answer(each, kind) for each in _several(answer, lines=False)]
    return _typed_answer(str(answer).strip(), kind)


def _typed_answer(word: str, kind: str | None) -> Any:
    if kind in CHOSEN or kind == Kind.TEXT.value:
        return word
    if word.lower() in YES_OR_NO and (kind in TRUTHS or kind in {None, Kind.MEDICATION.value}):
        return word.lower() == "yes"
    return int(word) if re.fullmatch(r"[+-]?\d{1,18}", word) else word
