"""Proving that it is still you; asking for a new password."""

from allauth.account import forms as library
from allauth.account.adapter import get_adapter
from allauth.core import context
from django import forms
from django.utils.timezone import now

from clinic.audit import signing
from clinic.people.door import actions
from clinic.workflow import Refused


class UnlockForm(forms.Form):
    """The password of whoever is signed in here; after the longest sign-in the code as well."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="Code of your authenticator app",
        required=False,
        help_text="Or a recovery code. Leave empty if you use none.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args, user, needs_code, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if not needs_code:
            del self.fields["code"]

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        adapter = get_adapter()
        adapter.count_attempt(context.request, self.user.email)
        is_right = self.user.check_password(cleaned["password"]) and (
            "code" not in self.fields or signing.second_factor_passes(self.user, cleaned["code"])
        )
        if not is_right:
            self.refusal = Refused([signing.UNPROVED("That is not right. Try again.")])
            raise self.refusal
        adapter.attempt_succeeded()
        return cleaned


class ForgottenPasswordForm(forms.Form):
    """Takes any address and says the same of each; the worker looks whom it belongs to."""

    email = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def save(self, request, **kwargs):
        email = self.cleaned_data["email"].lower()
        actions.ask_for_password(email=email, at=now())
        return email


# The library's own names of its fields, as the rest of the house writes them.
NAMES = {
    "oldpassword": "Your password now",
    "password1": "New password",
    "password2": "New password, again",
    "email": "E-mail",
}


def _in_our_words(form):
    """Name the fields as we do; a name inside the field as well would go when one types."""
    for name in NAMES.keys() & form.fields.keys():
        form.fields[name].label = NAMES[name]
        form.fields[name].widget.attrs.pop("placeholder", None)


class ChangePasswordForm(library.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _in_our_words(self)


class NewPasswordForm(library.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _in_our_words(self)


class ChangeEmailForm(library.AddEmailForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _in_our_words(self)


class KeepForm(forms.Form):
    """A tick, so that nobody presses by habit."""

    kept = forms.BooleanField(
        label="I have kept them where I find them without this device",
        error_messages={"required": "Tick this once you have written them down or printed them."},
    )

    def clean(self):
        cleaned = super().clean()
        cleaned.pop("kept", None)
        return cleaned
