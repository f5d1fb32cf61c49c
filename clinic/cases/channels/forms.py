"""Who agreed to which channel; what a guardian's paper says."""

from django import forms

from clinic.cases.models import Channel, Decides


class AgreeForm(forms.Form):
    """Make it with the people near the person; nobody chosen is the person."""

    contact = forms.ModelChoiceField(queryset=None, required=False, label="Who agreed")
    channel = forms.ChoiceField(
        choices=Channel.choices, label="May be reached by", widget=forms.RadioSelect
    )

    def __init__(self, *args, patient, contacts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = contacts
        self.fields["contact"].empty_label = str(patient)


class GuardianshipForm(forms.Form):
    """What the paper is, what it lets the guardian decide, and when it ends."""

    document = forms.CharField(
        max_length=120,
        label="Document seen",
        help_text="What it is and who issued it, such as “Court order, Probate Court of Ghent”.",
    )
    scope = forms.CharField(label="What they may decide", widget=forms.Textarea(attrs={"rows": 3}))
    covers = forms.MultipleChoiceField(
        required=False,
        choices=Decides.choices,
        label="Covers decisions on",
        help_text="As the document says. What is not ticked here they sign no text on.",
        widget=forms.CheckboxSelectMultiple,
    )
    ends_on = forms.DateField(
        required=False,
        label="Ends on",
        help_text="The last day on which it holds. Empty: the document names no end.",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
