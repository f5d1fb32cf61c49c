from django import forms

from clinic.cases.break_glass.models import BrokenGlass
from clinic.people.forms import SignatureForm


class BreakForm(SignatureForm):
    """Who is meant, why, and the signature. Make it with the sites that may be asked."""

    site = forms.ModelChoiceField(queryset=None, label="Site", empty_label=None)
    number = forms.CharField(
        required=False, max_length=30, label="Identifier", help_text="Where you know it: enough."
    )
    family_name = forms.CharField(required=False, max_length=120)
    date_of_birth = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label="Why you need this record now",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="Read by the care team and by who reviews it.",
    )

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        if len(sites) == 1:
            self.fields["site"].widget = forms.HiddenInput()
            self.fields["site"].initial = sites[0]

    def clean(self):
        given = self.data
        if not given.get("number") and not (
            given.get("family_name") and given.get("date_of_birth")
        ):
            self.add_error("number", "Give the identifier, or the family name and the birth date.")
        return super().clean()


class ReviewForm(forms.Form):
    """What the review found."""

    verdict = forms.ChoiceField(
        label="Was there good reason?",
        choices=BrokenGlass.Verdict.choices,
        widget=forms.RadioSelect,
    )
    review = forms.CharField(
        label="What the review found", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
