from django import forms
from django.core.exceptions import ValidationError

from clinic.trail.columns import COLUMNS

NAMES = ("person", "patient")  # what stands in no address


class PeriodForm(forms.Form):
    """A first and a last day, either of which may stay open."""

    since = forms.DateField(
        required=False, label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label="To and with", widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self):
        said = super().clean()
        if said.get("since") and said.get("until") and said["since"] > said["until"]:
            raise ValidationError({"until": "The last day lies before the first."})
        return said


class SearchForm(PeriodForm):
    """What to look for in the trail; everything may stay empty."""

    person = forms.CharField(
        required=False, max_length=200, label="Who", help_text="A colleague's name or e-mail."
    )
    patient = forms.CharField(
        required=False,
        max_length=200,
        label="Whose record",
        help_text="A patient's name or number.",
    )
    act = forms.CharField(
        required=False,
        max_length=100,
        label="What",
        help_text="How it begins: signed, dose, case opened …",
    )
    refusals = forms.BooleanField(required=False, label="Refusals only")
    sort = forms.ChoiceField(
        required=False,
        choices=[(name, name) for key in COLUMNS for name in (key, f"-{key}")],
        widget=forms.HiddenInput,
    )

    field_order = ("person", "patient", "act", "since", "until", "refusals", "sort")


class PrintForm(forms.Form):
    """For whom a paper copy is, and why: the account of what left shows both."""

    for_whom = forms.CharField(max_length=200, label="For whom is the copy?")
    why = forms.CharField(max_length=500, label="Why is it printed?")
