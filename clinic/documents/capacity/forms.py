"""Whether what was found of a person's capacity is well-formed."""

from django import forms

from clinic.documents.capacity.models import Outcome


class AssessForm(forms.Form):
    """One decision at a time. Make it with the decisions the protocol asks of a person."""

    decision = forms.ChoiceField(
        label="Which decision",
        help_text="Capacity is for one decision at one moment; each is assessed by itself.",
    )
    outcome = forms.ChoiceField(
        choices=Outcome.choices, label="What was found", widget=forms.RadioSelect
    )
    rests_on = forms.CharField(
        label="What it rests on",
        help_text="Whether the person understood, kept in mind and weighed what they were told,"
        " and could say what they chose; or why it was not assessed.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    assessed_at = forms.DateTimeField(
        label="When", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def __init__(self, *args, decisions, **kwargs):
        super().__init__(*args, **kwargs)
        titles = [(rule.code, rule.title) for rule in decisions]
        self.fields["decision"].choices = [("", "Choose"), *titles]
