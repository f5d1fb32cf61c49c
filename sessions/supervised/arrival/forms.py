"""Whether it is well-formed who is where, or why a session is given up."""

from __future__ import annotations

from django import forms

from clinic.access import ROLES, Permission
from clinic.people.models import User
from sessions.supervised.forms import EntryForm
from sessions.supervised.models import Presence


def staff_of(site):
    """Everybody whose roles at this site let them into a session."""
    roles = [code for code, role in ROLES.items() if role[2] & {Permission.SUPERVISE}]
    return (
        User.objects.filter(roles__site=site, roles__role__in=roles, is_active=True)
        .distinct()
        .order_by("name")
    )


class PresenceForm(EntryForm):
    """Who is where now, in the one capacity they have taken."""

    user = forms.ModelChoiceField(queryset=None, label="Who", empty_label="Choose")
    capacity = forms.ChoiceField(
        label="In which capacity", required=False,
        help_text="Taken once for this session; leave empty for somebody who has one.",
    )  # fmt: skip
    where = forms.ChoiceField(
        label="Where", choices=Presence.Where.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args, document, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = staff_of(self.session.site)
        roles = [(role.capacity, role.title) for role in document.roles]
        self.fields["capacity"].choices = [("", "The one they have"), *roles]
        self.order_fields(["user", "where", "capacity", "when", "at_time"])

    def clean(self):
        cleaned = super().clean()
        for name in ("client_key", "when"):
            cleaned.pop(name, None)
        return cleaned


class HandOverForm(forms.Form):
    """To whom, in which capacity, and what they must know."""

    user = forms.ModelChoiceField(queryset=None, label="To whom", empty_label="Choose")
    capacity = forms.ChoiceField(label="In which capacity", required=False)
    words = forms.CharField(
        label="What they must know", required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args, session, document, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = staff_of(session.site).exclude(pk=user.pk)
        roles = [(role.capacity, role.title) for role in document.roles]
        self.fields["capacity"].choices = [("", "The one they have, or yours"), *roles]


class AbandonForm(forms.Form):
    """Why the session is given up before the dose."""

    reason = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class NothingForm(forms.Form):
    """A button alone."""
