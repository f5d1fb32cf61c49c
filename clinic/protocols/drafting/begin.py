"""What an author types to begin a protocol, or chooses to begin one from."""

from __future__ import annotations

from django import forms
from django.utils.text import slugify

from clinic.protocols.document import Unit
from clinic.protocols.drafting.fields import UNFIT
from clinic.protocols.files import library

NAMES = (
    "person", "people", "clinician", "clinicians", "session", "sessions", "adverse_event",
    "adverse_events", "supporter",
)  # fmt: skip
NOUNS = {
    "patient": (
        "patient", "patients", "clinician", "clinicians", "dosing session", "dosing sessions",
        "adverse event", "adverse events", "escort",
    ),
    "client": (
        "client", "clients", "facilitator", "facilitators", "administration session",
        "administration sessions", "adverse reaction", "adverse reactions", "support person",
    ),
    "participant": (
        "participant", "participants", "investigator", "investigators", "dosing session",
        "dosing sessions", "adverse event", "adverse events", "support person",
    ),
}  # fmt: skip


class BeginForm(forms.Form):
    """Enough to know what a protocol is about; everything else is written in the draft."""

    title = forms.CharField(label="Title", max_length=200)
    code = forms.RegexField(
        r"^[a-z0-9][a-z0-9_-]*$",
        label="Short name",
        required=False,
        max_length=50,
        help_text="Small letters, figures, - and _. Left empty, it is made from the title. It stays.",
        error_messages={"invalid": UNFIT},
    )
    substance_label = forms.CharField(label="Substance", help_text="Such as Ketamine.")
    substance_form = forms.CharField(
        label="Form in which it is given",
        help_text="Such as: ketamine hydrochloride, racemic, solution for injection.",
    )
    route = forms.CharField(label="Route", help_text="Such as intramuscular, or by mouth.")
    unit = forms.ChoiceField(
        label="Unit of every amount",
        choices=[("", "Choose"), *((unit.value, unit.value) for unit in Unit)],
        help_text="Every order and every dose of this protocol is written in it; ug: micrograms.",
    )
    jurisdiction = forms.CharField(
        label="Jurisdiction", help_text="Where it is used: US, or US-OR for the state of Oregon."
    )
    indication = forms.CharField(label="For what", widget=forms.Textarea(attrs={"rows": 2}))
    nouns = forms.ChoiceField(
        label="Words people read",
        choices=[(code, " · ".join(words[::2])) for code, words in NOUNS.items()],
        widget=forms.RadioSelect,
        initial="patient",
        help_text="The words on every page, form and letter. Each can be changed in the draft.",
    )

    def clean(self):
        cleaned = super().clean()
        if "nouns" in cleaned:
            cleaned["nouns"] = dict(zip(NAMES, NOUNS[cleaned["nouns"]], strict=True))
        if "substance_label" in cleaned:
            cleaned["substance"] = slugify(cleaned["substance_label"])[:64] or "substance"
        if not self.errors and not cleaned["code"]:
            cleaned["code"] = slugify(cleaned["title"])[:50].strip("-_")
            if not cleaned["code"]:
                self.add_error("code", "The title has no letters to make one from. " + UNFIT)
        return cleaned


class LibraryForm(forms.Form):
    """One of the shipped files, by its button."""

    text = forms.ChoiceField(label="File", choices=[])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].choices = [(code, code) for code in library()]

    def clean_text(self):
        return library()[self.cleaned_data["text"]].read_text("utf-8")
