"""Whether what the person and those beside them wrote under a text is well-formed."""

from django import forms

from clinic.documents.rules import CHOICES
from clinic.people.forms import SignatureForm


class SignForm(SignatureForm):
    """The person types their name under the text; the staff member present proves who they are."""

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
    guardian = forms.ModelChoiceField(
        queryset=None,
        required=False,
        to_field_name="key",
        label="Who signs for the person",
        help_text="The person was found to lack the capacity to decide this. Only a guardian whose"
        " document covers it signs.",
    )
    printed_name = forms.CharField(
        max_length=250,
        required=False,
        label="The person types their own name",
        help_text="By typing it they sign the text above.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    witness_name = forms.CharField(
        max_length=250,
        required=False,
        label="The witness types their own name",
        help_text="Somebody besides you: they saw the text read and signed.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    witness_relation = forms.CharField(
        max_length=120,
        required=False,
        label="Who the witness is",
        help_text="Such as “brother”, “interpreter” or “nurse of another team”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, texts, rule, guardians, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].queryset = texts
        self.fields["password"].label = "You were present: your password"
        if not rule.widens:
            del self.fields["choice"], self.fields["limits"]
        if not rule.needs_witness:
            del self.fields["witness_name"], self.fields["witness_relation"]
        if guardians is None:
            del self.fields["guardian"]
        else:
            self.fields["guardian"].queryset = guardians
            self.fields["printed_name"].label = "They type their own name"

    def shows(self, text):
        """What the page shows from here on is what the next signature is about."""
        if self.is_bound and text is not None:
            self.data = self.data.copy()
            self.data["text"] = str(text.key)


class DeclineForm(forms.Form):
    """Who asked, and what the person said. Make it with the colleagues who may have asked."""

    asked_by = forms.ModelChoiceField(
        queryset=None, to_field_name="key", label="Who asked", empty_label="Choose"
    )
    words = forms.CharField(
        label="What the person said",
        help_text="In their own words. Who said nothing said nothing: write that.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["asked_by"].queryset = colleagues


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
