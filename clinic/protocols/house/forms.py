"""What is typed about a site's own values."""

from django import forms

from clinic.people.forms import SignatureForm
from clinic.protocols.stricter import LESS


class StateForm(forms.Form):
    """A stricter number. Make it with the sites one may state it for and the version's numbers."""

    site = forms.ModelChoiceField(queryset=None, empty_label=None)
    place = forms.ChoiceField(label="Which number")
    value = forms.DecimalField(label="The house says", min_value=0, max_digits=12, decimal_places=4)
    reason = forms.CharField(
        label="Why", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept beside the number, for whoever asks why it is stricter here.",
    )  # fmt: skip
    ends_on = forms.DateField(
        label="Last day, if it has one",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args, sites, numbers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.fields["place"].choices = [
            ("", "Choose a number"),
            *((each.place, self._words(each)) for each in numbers.values()),
        ]

    def _words(self, number):
        stricter = "less" if number.way == LESS else "more"
        return f"{number.words} (protocol: {number.said}; {stricter} is stricter)"


class EndForm(SignatureForm):
    """Why a value ends, under a signature."""

    reason = forms.CharField(
        label="Why it ends", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
