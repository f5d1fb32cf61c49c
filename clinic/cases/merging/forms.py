"""Which of two records stays and why, and what is whose when they part, under a signature."""

from django import forms

from clinic.cases.merging import queries
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


class PartForm(SignatureForm):
    """Make it with what was written since the two were merged."""

    theirs = forms.MultipleChoiceField(
        label="What was written since and goes with the record that was merged",
        help_text="All the rest that was written since stays with the other record.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label="How you know that these are two people",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "required": True}),
    )

    def __init__(self, *args, since, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["theirs"].choices = [(str(row.key), queries.in_words(row)) for row in since]
        if not since:
            del self.fields["theirs"]
