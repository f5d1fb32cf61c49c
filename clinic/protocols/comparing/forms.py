"""Which version another one is held against."""

from django import forms


class AgainstForm(forms.Form):
    """Make it with the other versions of the protocol and the one held against if none is named."""

    against = forms.ModelChoiceField(
        queryset=None, label="Compared with", to_field_name="key", empty_label=None, required=False
    )

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["against"].queryset = others
        self.fields["against"].label_from_instance = lambda each: (
            f"Version {each.number}, {each.get_status_display().lower()}"
        )
