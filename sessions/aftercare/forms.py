"""Whether what was typed about a contact, or about ending a case, is well-formed."""

from django import forms

WORDS = forms.Textarea(attrs={"rows": 3})


class MadeForm(forms.Form):
    words = forms.CharField(
        label="What was said",
        widget=WORDS,
        help_text="Or what you read in the answers, and what follows from it.",
    )


class NotReachedForm(forms.Form):
    words = forms.CharField(
        label="What you tried", widget=WORDS, help_text="How often, on which number, until when."
    )


class CallOffForm(forms.Form):
    words = forms.CharField(label="Why it is not needed", widget=WORDS)


class BeginForm(forms.Form):
    reason = forms.CharField(
        label="Why without the integration visits",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only where fewer took place than the protocol asks for; a prescriber decides.",
    )


class NextCycleForm(forms.Form):
    pass


class CloseForm(forms.Form):
    reason = forms.CharField(label="How it ended", widget=forms.Textarea(attrs={"rows": 2}))
