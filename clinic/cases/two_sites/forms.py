"""Which record of another site is meant, and why it is the same person's, under a signature."""

from django import forms

from clinic.cases.search import LONGEST
from clinic.people.forms import SignatureForm

LINES = forms.Textarea(attrs={"rows": 3, "required": True})


class SoughtForm(forms.Form):
    """What a record of another site is looked for by."""

    q = forms.CharField(
        label="Name, identifier, birth date, telephone or e-mail",
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class LinkForm(SignatureForm):
    reason = forms.CharField(
        label="How you know that this is one person", required=False, widget=LINES
    )


class UnlinkForm(SignatureForm):
    reason = forms.CharField(
        label="How you know that these are two people", required=False, widget=LINES
    )


class TellApartForm(SignatureForm):
    reason = forms.CharField(
        label="How you know that these are two people", required=False, widget=LINES
    )


class RetractForm(SignatureForm):
    reason = forms.CharField(label="Why this is taken back", required=False, widget=LINES)
