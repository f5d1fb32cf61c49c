"""Which of two records stays and why, under a signature."""

from django import forms

from clinic.people.forms import SignatureForm


class MergeForm(SignatureForm):
    """Make it with the two records."""

    stays = forms.ChoiceField(label="Which record stays", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="How you know that this is one person",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "required": True}),
    )

    def __init__(self, *args, patients, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stays"].choices = [
            (str(patient.key), f"{patient.number}, {patient}") for patient in patients
        ]
