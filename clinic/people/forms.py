"""Whether what somebody typed about people, places or themselves is well-formed."""

from allauth.account.adapter import get_adapter
from allauth.core import context
from django import forms
from django.utils.timezone import now

from clinic.audit import signing
from clinic.people.models import User
from clinic.workflow import Refused

NEVER_FILLED_IN = {"autocomplete": "off"}


def proof_of(user, email, password, code):
    """Prove a person by password and code, counted where attempts to sign in are counted.

    Raises ValidationError in the same words whatever was wrong, or when there were too many.
    """
    adapter, request = get_adapter(), context.request
    if request is not None:
        adapter.count_attempt(request, email)
    if user is None:
        User().set_password(password)  # takes as long as checking would
    proof = signing.prove(user, password, at=now(), code=code)
    if request is not None:
        adapter.attempt_succeeded()
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
        help_text="Leave empty if they use none.",
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
