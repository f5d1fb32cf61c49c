"""Whether what stands in a row could be typed into the registration: the form itself is asked."""

from __future__ import annotations

import unicodedata

from clinic.cases.forms import NewcomerForm
from clinic.cases.importing.dates import day_of
from clinic.cases.importing.rows import IDENTIFIER, LONGEST_IDENTIFIER, Row, Wrong, title_of
from clinic.cases.languages import LANGUAGES

YES = {"yes", "y", "true", "1", "x"}
NO = {"", "no", "n", "false", "0"}
CODES = {word.casefold(): code for code, name in LANGUAGES for word in (code, name)}


def check(row: Row) -> None:
    """Write down what of a row is wrong, at its cell; what is right is kept as the form takes it."""
    if row.wrong and not row.typed:
        return
    typed = dict(row.typed)
    for name, read in (("date_of_birth", _day), ("may_email", _yes), ("language", _language)):
        try:
            typed[name] = read(typed.get(name, ""))
        except ValueError as wrong:
            row.wrong.append(Wrong(title_of(name), str(wrong)))
            typed.pop(name, None)
    told = {each.column for each in row.wrong}
    form = NewcomerForm(typed)
    for name, sentences in form.errors.items():
        if title_of(name) not in told:
            row.wrong += [Wrong(title_of(name), str(sentence)) for sentence in sentences]
    row.wrong += _unwritable(row.typed)
    if len(row.identifier) > LONGEST_IDENTIFIER:
        words = f"It has {len(row.identifier)} letters; at most {LONGEST_IDENTIFIER} are taken."
        row.wrong.append(Wrong(title_of(IDENTIFIER), words))
    if not row.wrong:
        row.details = form.cleaned_data


def _day(text):
    return day_of(text).isoformat() if text else ""


def _yes(text):
    folded = text.casefold()
    if folded in YES:
        return "on"
    if folded in NO:
        return ""
    raise ValueError(f"“{text[:40]}” is neither yes nor no.")


def _language(text):
    if not text:
        return "en"
    code = CODES.get(text.casefold()) or CODES.get(text.replace("_", "-").split("-")[0].casefold())
    if code is None:
        raise ValueError(f"“{text[:40]}” is none of the languages the registration offers.")
    return code


def _unwritable(typed):
    """Letters that are none: half a letter that was torn apart, or a control sign in a name."""
    for name, text in typed.items():
        kinds = {unicodedata.category(letter) for letter in text if letter not in "\n\r\t"}
        if "Cs" in kinds:
            yield Wrong(title_of(name), "There is half a letter in it: the file was torn apart.")
        elif "Cc" in kinds and "\0" not in text:
            yield Wrong(title_of(name), "There is a control sign in it, which nobody can read.")
