"""Whether what was planned with a person is well-formed."""

from datetime import datetime

from django import forms

from clinic.people.forms import SignatureForm
from clinic.screening.forms import ApprovalForm
from sessions.preparation.models import WayHome


class NothingForm(forms.Form):
    """A button alone."""


class ReasonForm(forms.Form):
    """Why a declaration is taken back."""

    reason = forms.CharField(required=False, label="Why", widget=forms.Textarea(attrs={"rows": 2}))


class WayHomeForm(forms.Form):
    """Who takes the person home, when, and that they will not drive. Cleans to `pickup_at`."""

    kind = forms.ChoiceField(label="How the person gets home", widget=forms.RadioSelect)
    escort_name = forms.CharField(
        max_length=200,
        required=False,
        label="Name",
        help_text="The adult who takes the person home, or whom they can reach.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    escort_phone = forms.CharField(
        max_length=60,
        required=False,
        label="Telephone",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    pickup_day = forms.DateField(
        required=False,
        label="Fetched on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    pickup_time = forms.TimeField(
        required=False,
        label="At",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    will_not_drive = forms.BooleanField(
        required=False,
        label="The person has promised not to drive or use machines until the next day",
    )

    def __init__(self, *args, site, accepted, **kwargs):
        super().__init__(*args, **kwargs)
        self.site = site
        kinds = [pair for pair in WayHome.Kind.choices if not accepted or pair[0] in accepted]
        self.fields["kind"].choices = kinds or WayHome.Kind.choices
        if len(kinds) == 1:
            self.initial.setdefault("kind", kinds[0][0])

    def clean(self):
        cleaned = super().clean()
        day, time = cleaned.pop("pickup_day", None), cleaned.pop("pickup_time", None)
        if (day is None) != (time is None):
            self.add_error("pickup_time", "Give both the day and the time, or neither.")
        both = day is not None and time is not None
        cleaned["pickup_at"] = datetime.combine(day, time, tzinfo=self.site.tz) if both else None
        return cleaned


class DecidePastForm(ApprovalForm, SignatureForm):
    """Why somebody entitled decides past an obstacle, and that it is they."""

    reason = forms.CharField(
        required=False,
        label="Why, for this person, on this day",
        help_text="It shows for ever, and the safety lead reads it.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order = ("reason", "approval_reference", "approval_on")

    def __init__(self, *args, approved, **kwargs):
        super().__init__(*args, **kwargs)
        if not approved:
            self.without_approval()
