"""What anybody of the staff types when something went wrong, or somebody is treated wrongly."""

from django import forms

from clinic.safety.incidents.models import Incident

CONCERN = "concern"


class ReportForm(forms.Form):
    """What happened. Make it with the sites that may be written from and who works there."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=[
            (Incident.Kind.NEAR_MISS, "A near miss: it nearly went wrong"),
            (Incident.Kind.COMPLAINT, "A complaint somebody made"),
            (CONCERN, "A concern about how somebody is treated: the safety lead alone reads it"),
        ],
        widget=forms.RadioSelect,
    )
    site = forms.ModelChoiceField(queryset=None, label="Site", empty_label=None)
    words = forms.CharField(
        label="What happened", widget=forms.Textarea(attrs={"rows": 5}), max_length=8000
    )
    stated_at = forms.DateTimeField(
        label="When it happened",
        required=False,
        help_text="Leave it empty where it was just now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    about_user = forms.ModelChoiceField(
        queryset=None,
        label="The colleague a concern is about",
        required=False,
        empty_label="Nobody in particular",
        help_text="They never read it, whatever their role.",
    )

    def __init__(self, *args, sites, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.fields["about_user"].queryset = people
        if len(sites) == 1:
            self.fields["site"].widget = forms.HiddenInput()
            self.fields["site"].initial = sites[0]
