from django import forms


class TellForm(forms.Form):
    """What a patient tells. Make it with those who would read it."""

    words = forms.CharField(
        label="What you want to tell", widget=forms.Textarea(attrs={"rows": 6}), max_length=8000
    )
    about_user = forms.ModelChoiceField(
        queryset=None,
        label="Is it about one of those named above? Then they will not see it.",
        required=False,
        empty_label="No",
    )

    def __init__(self, *args, hearers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["about_user"].queryset = hearers


class CloseForm(forms.Form):
    outcome = forms.CharField(
        label="What came of it", widget=forms.Textarea(attrs={"rows": 3}), max_length=8000
    )
