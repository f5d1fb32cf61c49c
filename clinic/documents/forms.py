"""Whether what the person and their witness wrote under a text is well-formed."""

from django import forms

from clinic.documents.rules import CHOICES
from clinic.people.forms import SignatureForm


class SignForm(SignatureForm):
    """The person types their name under the text; the witness proves who they are."""

    text = forms.ModelChoiceField(
        queryset=None, to_field_name="key", widget=forms.HiddenInput, label="The text shown"
    )
    choice = forms.ChoiceField(
        required=False,
        choices=list(CHOICES.items()),
        widget=forms.RadioSelect,
        label="What the person says",
    )
    limits = forms.CharField(
        required=False,
        label="Within which limits",
        help_text="In the person's own words. Needed only for “within limits”.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    printed_name = forms.CharField(
        max_length=250,
        required=False,
        label="The person types their own name",
        help_text="By typing it they sign the text above.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, texts, is_choice, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].queryset = texts
        self.fields["password"].label = "Witness: your password"
        if not is_choice:
            del self.fields["choice"], self.fields["limits"]


class WithdrawForm(forms.Form):
    """Nothing need be written before a person takes something back."""

    words = forms.CharField(
        required=False,
        label="What the person said",
        help_text="May stay empty: taking back needs no reason.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReaffirmForm(forms.Form):
    """A button alone."""
