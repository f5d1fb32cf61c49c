"""Whether a leaving is described; signatures are the house's own form."""

from __future__ import annotations

from django import forms

from clinic.people.forms import SignatureForm


class ReleaseForm(SignatureForm):
    """The licensed signature under a release."""


class SignForm(SignatureForm):
    """The signature under the whole record."""


class DescribeForm(forms.Form):
    """How the person left."""

    words = forms.CharField(
        label="How the person left", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Who was with them, where they went, what was said and whom you told.",
    )  # fmt: skip
