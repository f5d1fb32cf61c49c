"""Whether a result that somebody enters, and the file with it, is well-formed."""

from django import forms

from clinic.screening.evidence.contents import MOST, read
from clinic.screening.evidence.models import Evidence

WHY = forms.Textarea(attrs={"rows": 2, "required": True})


class EvidenceForm(forms.Form):
    """A result, its day, who it is from, and the paper of it."""

    result = forms.CharField(
        label="What it says",
        max_length=2000,
        help_text="The result in words or numbers, with its unit.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    shows = forms.ChoiceField(
        label="What it shows", choices=Evidence.Shows.choices, widget=forms.RadioSelect
    )
    done_on = forms.DateField(
        label="Day of the result",
        help_text="The day of the test or of the letter, not of this entry.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    done_by = forms.CharField(
        label="By whom",
        max_length=200,
        help_text="Who did the test or wrote the letter.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Paper or picture of it",
        required=False,
        help_text="A PDF, JPEG or PNG of up to 10 MB. It is kept encrypted; each opening is"
        " written down. After a message on this page it has to be chosen again.",
        error_messages={"empty": "This file has nothing in it. Choose another."},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file:
            return None
        if file.size > MOST:
            raise forms.ValidationError(
                f"This file has {file.size / 1024 / 1024:.1f} MB; 10 MB is the most."
                " Scan it in a lower resolution."
            )
        try:
            return read(file.read())
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None


class WithdrawForm(forms.Form):
    """Why a result is taken back."""

    words = forms.CharField(
        label="Why it is taken back",
        required=False,
        help_text="For example: it is of another person.",
        widget=WHY,
    )


class OpenForm(forms.Form):
    """A button alone."""
