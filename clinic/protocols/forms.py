"""What an author or an approver types about a protocol."""

from django import forms

from clinic.people.forms import SignatureForm

LARGEST = 1_000_000


class Confirm(forms.Form):
    """A button and nothing else."""


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Protocol file",
        help_text="YAML, as the files of the shipped library are written.",
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
    )

    def clean(self):
        cleaned = super().clean()
        if file := cleaned.pop("file", None):
            try:
                cleaned["text"] = self._text_of(file)
            except forms.ValidationError as wrong:
                self.add_error("file", wrong)
        return cleaned

    def _text_of(self, file):
        if file.size > LARGEST:
            raise forms.ValidationError("This file is too large to be a protocol.")
        try:
            return file.read().decode("utf-8")
        except UnicodeDecodeError:
            raise forms.ValidationError("This is not a text file in UTF-8.") from None


class PublishForm(SignatureForm):
    """Every uncertain number is ticked, one by one, before the signature."""

    confirmed = forms.MultipleChoiceField(
        label="Confirm before use",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, numbers, **kwargs):
        super().__init__(*args, **kwargs)
        self.numbers = numbers
        self.fields["confirmed"].choices = [(n.place, n.words) for n in numbers]
        if not numbers:
            del self.fields["confirmed"]

    def clean(self):
        cleaned = super().clean()
        cleaned.setdefault("confirmed", [])
        return cleaned
