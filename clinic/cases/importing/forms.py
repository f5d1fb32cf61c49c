"""Which file is read, and what is decided of the people in it who look like others."""

import uuid

from django import forms

from clinic.cases.importing import bundles, csv_files
from clinic.cases.importing.models import Kind
from clinic.cases.importing.queries import Outcome
from clinic.cases.importing.rows import LARGEST, Unreadable
from clinic.cases.importing.rules import SOMEBODY_ELSE

MOST_SHOWN = 5  # of those who share one telephone number, say
SAVE_AS = "In a spreadsheet, save it as “CSV UTF-8”."
# The first bytes of files that are no text, and what to say of each.
NO_TEXT = {
    b"PK\x03\x04": f"This is a workbook or a packed folder, not a text file. {SAVE_AS}",
    b"\xd0\xcf\x11\xe0": f"This is an old workbook, not a text file. {SAVE_AS}",
    b"%PDF": "This is a PDF. Only CSV and FHIR JSON are read.",
    b"\x1f\x8b": "This file is packed. Unpack it first.",
    b"\xff\xfe": f"This file is written in UTF-16. {SAVE_AS}",
    b"\xfe\xff": f"This file is written in UTF-16. {SAVE_AS}",
}


class ReadForm(forms.Form):
    """A file and the site its people belong to. Make it with the sites one may import at."""

    site = forms.ModelChoiceField(queryset=None, empty_label=None)
    file = forms.FileField(
        label="File of people",
        help_text="CSV, or FHIR R4 as JSON; in UTF-8, 1 MB and 500 people at most.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.json,.tsv,.txt"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.initial.setdefault("key", uuid.uuid4())
        if len(sites) == 1:
            self.fields["site"].widget = forms.HiddenInput()
            self.initial["site"] = sites[0].pk

    def clean(self):
        cleaned = super().clean()
        if file := cleaned.pop("file", None):
            try:
                cleaned |= _read(file)
            except (Unreadable, forms.ValidationError) as wrong:
                self.add_error("file", str(wrong) if isinstance(wrong, Unreadable) else wrong)
        return cleaned


def _read(file):
    """What sort of file it is, by what stands in it, with its text and its name."""
    if file.size > LARGEST:
        raise Unreadable(f"This file has {file.size / 1e6:.1f} MB; at most 1 MB is read at a time.")
    text = _text_of(file.read())
    is_json = text.lstrip()[:1] in {"{", "["}
    kind, rows_of = (
        (Kind.FHIR, bundles.rows_of) if is_json else (Kind.CSV, csv_files.rows_of)
    )  # by what stands in it: a name says nothing
    rows_of(text)
    shown = "".join(letter if letter.isprintable() else "?" for letter in file.name)
    return {"kind": kind, "text": text, "file_name": shown}


def _text_of(content):
    for begins, words in NO_TEXT.items():
        if content.startswith(begins):
            raise Unreadable(words)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        raise Unreadable(f"Line {line} is not written in UTF-8. {SAVE_AS}") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Unreadable(f"Line {line} holds a sign that is no letter. {SAVE_AS}")
    return text


class ImportForm(forms.Form):
    """Of each row that looks like somebody: who it is. Make it with the report."""

    despite = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.undecided = {f"row_{e.place}": e for e in lines if e.outcome == Outcome.ALIKE}
        for name, line in self.undecided.items():
            self.fields[name] = forms.ChoiceField(
                label=f"Row {line.place}: {line.row.shown}",
                required=False,  # that somebody has to decide is the rule's to say
                widget=forms.RadioSelect,
                choices=[
                    *(
                        (str(each.key), f"The same person: {each.words}")
                        for each in line.alike[:MOST_SHOWN]
                    ),
                    (SOMEBODY_ELSE, "Somebody else: register them"),
                ],
            )
        shown = {str(each.key) for line in self.undecided.values() for each in line.alike}
        self.initial["despite"] = " ".join(sorted(shown))

    def clean(self):
        cleaned = super().clean()
        choices = {
            line.place: cleaned[name] for name, line in self.undecided.items() if cleaned.get(name)
        }
        for name, line in self.undecided.items():
            if name not in self.errors and line.place not in choices:
                self.add_error(name, "Choose one.")
        return {"choices": choices, "despite": cleaned.get("despite", "").split()}
