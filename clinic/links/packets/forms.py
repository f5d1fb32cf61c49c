"""What staff say when they put several forms before a person at once."""

from django import forms

from clinic.links.forms import HOW
from clinic.links.packets.queries import forms_for


class PacketForm(forms.Form):
    """Make it with the case."""

    codes = forms.MultipleChoiceField(label="Forms", widget=forms.CheckboxSelectMultiple)
    by_email = forms.TypedChoiceField(
        label="How", choices=HOW, coerce=lambda value: value == "yes", widget=forms.RadioSelect
    )

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, prefix="packet", **kwargs)
        self.fields["codes"].choices = forms_for(case)

    def clean_codes(self):
        return list(dict.fromkeys(self.cleaned_data["codes"]))
