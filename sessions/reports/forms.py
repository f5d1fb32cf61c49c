"""Whether what was typed about a report is well-formed."""

from django import forms

from clinic.people.forms import SignatureForm
from sessions.reports.models import How

WORDS = forms.Textarea(attrs={"rows": 2})


class SendForm(SignatureForm):
    """When a report went, how and under which reference, under a signature."""

    sent_on = forms.DateField(
        label="The day it went", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    how = forms.ChoiceField(label="How", choices=[("", "Choose one"), *How.choices])
    reference = forms.CharField(
        label="Reference number",
        required=False,
        max_length=120,
        help_text="What whoever took it gave back: a receipt, a case number, a fax confirmation.",
    )
    words = forms.CharField(label="Remarks", required=False, max_length=2000, widget=WORDS)


class SetAsideForm(SignatureForm):
    """Why a report is not owed, under a signature."""

    words = forms.CharField(label="Why it is not owed", max_length=2000, widget=WORDS)
