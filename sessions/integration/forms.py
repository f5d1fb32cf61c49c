"""Whether what was typed about an integration visit is well-formed."""

from django import forms


class NoteForm(forms.Form):
    body = forms.CharField(
        label="Note",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Shared: the care team reads it, and so may the person.",
    )


class AdditionForm(forms.Form):
    body = forms.CharField(
        label="Addition",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The note above stays as it was written.",
    )


class ProcessNoteForm(forms.Form):
    body = forms.CharField(
        label="Process note",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Your own: encrypted, read only with the permission for it, in no export.",
    )


class CommitmentForm(forms.Form):
    insight = forms.CharField(
        label="Insight", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    words = forms.CharField(label="What the person will do", max_length=500)
    follow_up_on = forms.DateField(
        label="Ask about it on", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class SettleForm(forms.Form):
    kept = forms.TypedChoiceField(
        label="What became of it",
        choices=[("yes", "Kept"), ("no", "Let go")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    outcome = forms.CharField(label="In words", widget=forms.Textarea(attrs={"rows": 2}))


class FinishForm(forms.Form):
    pass
