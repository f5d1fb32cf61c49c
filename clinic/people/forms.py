"""Whether what somebody typed about people, places or themselves is well-formed."""

from datetime import datetime, time, timedelta

from allauth.account.adapter import get_adapter
from allauth.core import context
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.timezone import get_current_timezone, now

from clinic.access import ROLES
from clinic.audit import signing
from clinic.people.door import sign_in
from clinic.people.models import PROFESSIONS, Act, Duty, Site, User, known_zone
from clinic.workflow import Refused

NEVER_FILLED_IN = {"autocomplete": "off"}
ROLE_CHOICES = [(code, f"{name}: {sentence}") for code, (name, sentence, _) in ROLES.items()]


class PersonField(forms.ModelChoiceField):
    """A colleague, by printed name."""

    def label_from_instance(self, person):
        return person.name


def offer(field, rows):
    """Let a field offer these rows; a single one is chosen already."""
    field.queryset = rows
    field.empty_label = None if len(rows) == 1 else "Choose"


def at_site(day, clock, site):
    """A day and a time on a site's own clock, as an instant."""
    return datetime.combine(day, clock, site.tz)


def proof_of(user, email, password, code):
    """Prove a person by password and code, counted where attempts to sign in are counted.

    Raises ValidationError in the same words whatever was wrong, or when there were too many.
    """
    adapter, request = get_adapter(), context.request
    if request is not None:
        adapter.count_attempt(request, email)
    if user is None:
        User().set_password(password)  # takes as long as checking would
    here = request is not None and user is not None and request.user.pk == user.pk
    proof = signing.prove(user, password, at=now(), code=code, here=here)
    if request is not None:
        adapter.attempt_succeeded()
        sign_in.forget_proof(request)
    return proof


class SignatureForm(forms.Form):
    """What a person gives again each time they sign. Make it with `user=request.user`."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="Code of your authenticator app",
        required=False,
        help_text="Leave empty if you use none.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name not in {"password", "code"}])

    def clean(self):
        cleaned = super().clean()
        password, code = cleaned.pop("password", ""), cleaned.pop("code", "")
        # A code can be used once, so nobody spends one on a form that is not complete yet.
        if not self.errors:
            try:
                cleaned["proof"] = proof_of(self.user, self.user.email, password, code)
            except Refused as refusal:
                self.refusal = refusal
                raise
        return cleaned


class SecondPersonForm(forms.Form):
    """A second person proves who they are on the first one's device, without a new sign-in."""

    second_email = forms.EmailField(
        label="Second person's e-mail", widget=forms.EmailInput(attrs=NEVER_FILLED_IN)
    )
    second_password = forms.CharField(
        label="Second person's password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    second_code = forms.CharField(
        label="Code of their authenticator app",
        required=False,
        help_text="Or one of their recovery codes. Leave empty if they have no second factor.",
        widget=forms.TextInput(attrs=NEVER_FILLED_IN | {"inputmode": "numeric"}),
    )

    def clean(self):
        cleaned = super().clean()
        email, password, code = (
            cleaned.pop(f"second_{name}", "") for name in ("email", "password", "code")
        )
        if not self.errors:
            user = User.objects.filter(email=email.lower()).first()
            try:
                cleaned["second_proof"] = proof_of(user, email.lower(), password, code)
            except Refused as refusal:
                self.refusal = refusal
                raise
            cleaned["second"] = user
        return cleaned


class Confirm(forms.Form):
    """A button and nothing else."""


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 2}))


# -- Coming in -------------------------------------------------------------------------------


def day_field(label, **options):
    """A day, picked or typed."""
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **options
    )


def clock_field(label, **options):
    """A time of day."""
    return forms.TimeField(
        label=label, widget=forms.TimeInput({"type": "time"}, "%H:%M"), **options
    )


class InvitationForm(forms.Form):
    name = forms.CharField(label="Printed name", max_length=200, help_text="As it is signed.")
    email = forms.EmailField(label="E-mail")
    site = forms.ModelChoiceField(Site.objects.none(), label="Site")
    role = forms.ChoiceField(label="Role", choices=ROLE_CHOICES)

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self.fields["site"], sites)


class RoleForm(forms.Form):
    site = forms.ModelChoiceField(Site.objects.none(), label="Site")
    role = forms.ChoiceField(label="Role", choices=ROLE_CHOICES)

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self.fields["site"], sites)


class NewPasswordForm(forms.Form):
    """A password, twice. Make it with `user=` whom it is for."""

    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. A few words are easier to remember than signs.",
    )
    again = forms.CharField(
        label="The same once more",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self):
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self):
        cleaned = super().clean()
        again = cleaned.pop("again", "")
        if "password" in cleaned and cleaned["password"] != again:
            self.add_error("again", "These two are not the same.")
        return cleaned


# -- Licences --------------------------------------------------------------------------------


class LicenceForm(forms.Form):
    profession = forms.ChoiceField(
        choices=[(code, code.replace("_", " ").capitalize()) for code in PROFESSIONS]
    )
    jurisdiction = forms.CharField(
        max_length=20, help_text="Where it holds, as your sites write it, e.g. US-NY."
    )
    number = forms.CharField(max_length=60)
    valid_from = day_field("Valid from")
    valid_until = day_field("Valid until", help_text="The last day on which it holds.")
    acts = forms.MultipleChoiceField(
        label="What it allows", choices=Act.choices, widget=forms.CheckboxSelectMultiple
    )

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", "This is before the licence begins.")
        return cleaned


class RenewalForm(forms.Form):
    valid_until = day_field("Valid until", help_text="As the proof you have seen says.")


# -- Places ----------------------------------------------------------------------------------


class SiteForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120)
    zone = forms.CharField(
        label="Time zone",
        max_length=60,
        validators=[known_zone],
        help_text="Such as Europe/Amsterdam. Every time of this site is drawn in it.",
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    jurisdiction = forms.CharField(
        label="Jurisdiction",
        max_length=20,
        help_text="Where licences must hold, e.g. US-OR, US-CO, AU-VIC, NL.",
    )
    address = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    phone = forms.CharField(
        required=False, max_length=40, help_text="Patients read it in messages."
    )


class RoomForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80)
    for_dosing = forms.BooleanField(
        label="Equipped for supervised sessions", required=False, initial=True
    )


# -- Rota and absences -----------------------------------------------------------------------


class DutyForm(forms.Form):
    """Who, what, and from when until when on the site's own clock."""

    user = PersonField(User.objects.none(), label="Who")
    duty = forms.ChoiceField(choices=Duty.choices)
    first_day = day_field("From")
    starts = clock_field("From, at")
    last_day = day_field("Until")
    ends = clock_field("Until, at")

    def __init__(self, *args, site, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.site = site
        offer(self.fields["user"], people)

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            cleaned["starts_at"] = at_site(
                cleaned.pop("first_day"), cleaned.pop("starts"), self.site
            )
            cleaned["ends_at"] = at_site(cleaned.pop("last_day"), cleaned.pop("ends"), self.site)
            if cleaned["ends_at"] <= cleaned["starts_at"]:
                self.add_error("last_day", "This is before the duty begins.")
        return cleaned


class AbsenceForm(forms.Form):
    user = PersonField(User.objects.none(), label="Who")
    first_day = day_field("From")
    last_day = day_field("Until", help_text="The last whole day away.")
    reason = forms.CharField(
        required=False, max_length=120, help_text="Colleagues who book read it. No diagnoses."
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self.fields["user"], people)

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            first, last = cleaned.pop("first_day"), cleaned.pop("last_day")
            zone = get_current_timezone()
            cleaned["starts_at"] = datetime.combine(first, time.min, zone)
            cleaned["ends_at"] = datetime.combine(last + timedelta(days=1), time.min, zone)
            if last < first:
                self.add_error("last_day", "This is before the absence begins.")
        return cleaned


# -- The organisation ------------------------------------------------------------------------


class SettingsForm(forms.Form):
    name = forms.CharField(label="Name of the organisation", max_length=200)
    crisis_text = forms.CharField(
        label="What a patient reads when they may need help now",
        help_text="Say whom to call, at any hour.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    quiet_from = clock_field(
        "No message reaches a patient after", help_text="On the patient's own clock."
    )
    quiet_until = clock_field("and none before")
    idle_minutes = forms.IntegerField(
        label="A device nobody uses is locked after, in minutes",
        min_value=1,
        max_value=60,
        initial=15,
        help_text="15 where devices are shared. A session with somebody who had a dose stays open.",
    )


class FoundationForm(NewPasswordForm):
    """What the first start asks: organisation, first site, and who manages it."""

    organisation = forms.CharField(label="Name of the organisation", max_length=200)
    crisis_text = SettingsForm.base_fields["crisis_text"]
    site = forms.CharField(label="Name of the first site", max_length=120)
    zone = SiteForm.base_fields["zone"]
    jurisdiction = SiteForm.base_fields["jurisdiction"]
    name = forms.CharField(label="Your printed name", max_length=200)
    email = forms.EmailField(
        label="Your e-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )

    field_order = (
        "organisation",
        "crisis_text",
        "site",
        "zone",
        "jurisdiction",
        "name",
        "email",
        "password",
        "again",
    )
