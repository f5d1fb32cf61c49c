"""Why a case is moved, under a signature."""

from django import forms

from clinic.people.forms import SignatureForm


class MoveForm(SignatureForm):
    """Make it with the versions of the case's protocol; the page names the one in force."""

    to = forms.ModelChoiceField(queryset=None, to_field_name="key", widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why this case is moved", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, versions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = versions
