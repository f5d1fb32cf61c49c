"""Whether the confirmation of an authority's form is well-formed."""

from django import forms

from clinic.screening.forms import OnWhatWasSeenForm


class ConfirmForm(OnWhatWasSeenForm):
    """Which form it was, under a signature. Make it with `user=request.user`."""

    edition = forms.CharField(
        label="Edition",
        max_length=80,
        help_text="The number or the date that is printed on the form.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.CharField(
        label="Language or format",
        max_length=80,
        help_text="As it was gone through: English, Spanish, large print.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
