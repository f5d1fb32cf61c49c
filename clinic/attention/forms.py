"""Taking needs no words; closing needs what came of it."""

from django import forms


class TakeForm(forms.Form):
    pass


class CloseForm(forms.Form):
    outcome = forms.CharField(
        label="What came of it",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What you found, what you did, and what happens next.",
    )
