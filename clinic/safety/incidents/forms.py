from django import forms


class AssignForm(forms.Form):
    """Who looks after an incident. Make it with who works at its site."""

    owner = forms.ModelChoiceField(queryset=None, label="Who looks after it", empty_label="Choose")
    due_on = forms.DateField(
        label="To be done by",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people


class NoteForm(forms.Form):
    words = forms.CharField(
        label="What was found out or done",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=8000,
    )


class CloseForm(forms.Form):
    outcome = forms.CharField(
        label="What came of it", widget=forms.Textarea(attrs={"rows": 3}), max_length=8000
    )
    learnt = forms.CharField(
        label="What was learnt", widget=forms.Textarea(attrs={"rows": 3}), max_length=8000
    )
