from django import forms

from clinic.people.forms import SignatureForm


class CountersignForm(SignatureForm):
    """The second person's own signature."""


class AcceptForm(SignatureForm):
    """The signature under an amendment that is let stand."""


class ProposeForm(forms.Form):
    """What is to stand beside the record, and why."""

    words = forms.CharField(
        label="What is to stand beside the record",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=8000,
        help_text="The record itself stays as it was signed.",
    )
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)
    is_asked_by_patient = forms.BooleanField(
        label="The person whose record this is asked for it",
        required=False,
        help_text="Their right to ask: 45 CFR 164.526.",
    )


class RefuseForm(forms.Form):
    """Why an amendment does not stand."""

    answer = forms.CharField(
        label="Why it is refused",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        help_text="Stays readable beside what was asked.",
    )
