"""Whether the words of a text are there."""

from django import forms


class TextForm(forms.Form):
    """A new version: its title, its words, and from when it binds."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(max_length=200, label="Title")
    body = forms.CharField(
        max_length=100_000,
        label="Words",
        help_text="An empty line begins a paragraph, “- ” a line of a list, “## ” a heading."
        " **Two stars** make words bold.",
        widget=forms.Textarea(attrs={"rows": 20}),
    )
    binding_from = forms.DateTimeField(
        required=False,
        label="Binds from",
        help_text="Leave it empty: from now on. Until then the version before is signed.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def clean_body(self):
        """Browsers end lines in their own way; the same words are the same text."""
        lines = self.cleaned_data["body"].replace("\r\n", "\n").replace("\r", "\n")
        return lines.strip() + "\n"


class TakeInForm(forms.Form):
    """A button alone."""
