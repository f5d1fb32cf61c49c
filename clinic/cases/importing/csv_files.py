"""Tables of people as spreadsheets save them: what separates them, and what stands in which column."""

from __future__ import annotations

import csv
import io

from clinic.cases.importing.rows import COLUMNS, MOST_ROWS, NEEDED, Row, Unreadable, Wrong, title_of

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
KNOWN = {word.casefold(): name for name, words in COLUMNS.items() for word in words}


def template() -> str:
    """A table with its columns and nobody in it, to be filled in."""
    out = io.StringIO()
    csv.writer(out).writerow([words[0] for words in COLUMNS.values()])
    return out.getvalue()


def rows_of(text: str) -> list[Row]:
    """Everybody of a table.

    Raises Unreadable where the columns cannot be told, or the table breaks off.
    """
    lines = _lines(text)
    heading = next(lines, None)
    if heading is None:
        raise Unreadable("There is nothing in this file.")
    names = _columns(heading[1])
    rows = [_row(place, names, cells) for place, cells in lines if any(map(str.strip, cells))]
    if not rows:
        raise Unreadable("There is nobody in this file: only the row with the columns' names.")
    if len(rows) > MOST_ROWS:
        raise Unreadable(f"There are {len(rows)} rows. Bring at most {MOST_ROWS} at a time.")
    return rows


def _lines(text):
    """Each row of the table with its number in the sheet."""
    skipped = 0
    if text[:4].casefold() == "sep=":  # how a spreadsheet notes what separates its columns
        _, _, text = text.partition("\n")
        skipped = 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        yield from enumerate(reader, start=1 + skipped)
    except csv.Error as wrong:
        line = reader.line_num + skipped
        raise Unreadable(
            f"The table breaks off at line {line}: a quotation mark is not closed there, or"
            f" something follows one that is ({wrong})."
        ) from None


def _separator(text):
    """What separates the columns: that by which most of the first row's names are known."""
    first = text.splitlines()[0] if text else ""
    found = {
        each: sum(cell.strip(' "').casefold() in KNOWN for cell in first.split(each))
        for each in SEPARATORS
    }
    return max(found, key=lambda each: found[each])


def _columns(heading):
    names = [KNOWN.get(cell.strip().casefold()) for cell in heading]
    unknown = [cell for cell, name in zip(heading, names, strict=True) if name is None]
    words = ", ".join(words[0] for words in COLUMNS.values())
    if len(unknown) == len(heading):
        raise Unreadable(
            f"The first row names none of the columns that are known: {words}. They are separated"
            " by a comma, a semicolon or a tab."
        )
    if unknown:
        listed = ", ".join(f"“{cell[:60]}”" if cell.strip() else "one without a name"
                           for cell in unknown)  # fmt: skip
        raise Unreadable(
            f"These columns are not known: {listed}. Take them out or name them as these: {words}."
        )
    twice = sorted({title_of(name) for name in names if names.count(name) > 1})
    if twice:
        raise Unreadable(f"These columns are there twice: {', '.join(twice)}.")
    missing = [title_of(name) for name in NEEDED if name not in names]
    if missing:
        raise Unreadable(f"These columns are missing: {', '.join(missing)}.")
    return names


def _row(place, names, cells):
    row = Row(place, {name: cell.strip() for name, cell in zip(names, cells, strict=False)})
    if len(cells) != len(names):
        row.wrong.append(
            Wrong("The row", f"It has {len(cells)} cells; the first row has {len(names)}.")
        )
    return row
