"""Whether what somebody typed about a person or a case is well-formed."""

import uuid

from django import forms

from clinic.cases.languages import LANGUAGES
from clinic.cases.models import Channel, Contact, Hold
from clinic.people.forms import SignatureForm
from clinic.people.models import known_zone
from clinic.protocols.models import Status as VersionStatus

OFF = {"autocomplete": "off"}
NOT_AT_ALL = ("none", "Wishes no contact")
# That a reason is needed is a rule's to say, not the form's; a browser asks for it before.
WHY = forms.Textarea(attrs={"rows": 2, "required": True})


class DetailsForm(forms.Form):
    """What is known of a person."""

    family_name = forms.CharField(
        max_length=120,
        help_text="As in the identity document, in any script. Somebody with one name has it here.",
        widget=forms.TextInput(attrs=OFF),
    )
    given_name = forms.CharField(max_length=120, required=False, widget=forms.TextInput(attrs=OFF))
    known_as = forms.CharField(
        max_length=120,
        required=False,
        label="Likes to be called",
        widget=forms.TextInput(attrs=OFF),
    )
    date_of_birth = forms.DateField(
        # 03/04/1985 is one day here and another there; what a browser's own field sends is neither.
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"} | OFF, format="%Y-%m-%d"),
    )
    phone = forms.CharField(
        max_length=60,
        required=False,
        label="Telephone",
        widget=forms.TextInput(attrs=OFF | {"inputmode": "tel"}),
    )
    email = forms.EmailField(
        max_length=320, required=False, label="E-mail", widget=forms.EmailInput(attrs=OFF)
    )
    channel = forms.ChoiceField(
        choices=[("", "No wish"), *Channel.choices, NOT_AT_ALL],
        required=False,
        label="Wishes to be reached by",
        help_text="What may be used is agreed apart, under contacts. Who wishes no contact is"
        " written to by nobody.",
    )
    address = forms.CharField(required=False, widget=forms.Textarea(attrs=OFF | {"rows": 2}))
    language = forms.ChoiceField(choices=LANGUAGES, initial="en")
    interpreter_language = forms.ChoiceField(
        choices=[("", "No interpreter"), *LANGUAGES],
        required=False,
        label="Needs an interpreter for",
    )
    zone = forms.CharField(
        max_length=60,
        required=False,
        label="Time zone",
        validators=[known_zone],
        help_text="Where the person lives, such as Europe/Amsterdam. Empty means the site's.",
        widget=forms.TextInput(attrs=OFF),
    )
    allergies = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Shown on every page of the case. Write “none known” when that was the answer.",
    )


class NewcomerForm(DetailsForm):
    """What is known of somebody who comes for the first time, and what they agreed to."""

    may_email = forms.BooleanField(
        required=False,
        label="May be written to by e-mail",
        help_text="Asked and agreed. What is written names no medicine and says nothing of anybody's"
        " health.",
    )


class RegisterForm(NewcomerForm):
    """A person who comes for the first time. Make it with the sites one may register at."""

    site = forms.ModelChoiceField(queryset=None, empty_label=None)
    key = forms.UUIDField(widget=forms.HiddenInput)
    despite = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.initial.setdefault("key", uuid.uuid4())
        if len(sites) == 1:
            self.fields["site"].widget = forms.HiddenInput()
            self.initial["site"] = sites[0].pk
        self.order_fields(["site", *list(DetailsForm.base_fields)[:6], "may_email"])

    def clean_despite(self):
        return self.cleaned_data["despite"].split()

    def pass_knowingly(self, keys):
        """The next press registers although these people look alike: the page has shown them."""
        self.data = self.data.copy()
        known = {*self.data.get("despite", "").split(), *map(str, keys)}
        self.data["despite"] = " ".join(sorted(known))


class CorrectForm(DetailsForm):
    """Corrections, with a digest of what the page showed before them."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def clean_zone(self):
        return self.cleaned_data["zone"] or self.initial["zone"]

    def beside(self, stands, seen):
        """Each detail that stands otherwise than typed: (label, as it stands, as typed).

        The page shows them, so the next press is over what stands now.
        """
        self.data = self.data.copy()
        self.data["seen"] = seen
        return [
            (self.fields[name].label or name.replace("_", " ").capitalize(), stands[name], typed)
            for name, typed in self.cleaned_data.items()
            if name in stands and (stands[name] or "") != (typed or "")
        ]


class IdentityForm(forms.Form):
    """Which document was seen. Its number is not kept."""

    document = forms.ChoiceField(
        label="Document seen",
        choices=[
            (name, name)
            for name in (
                "Passport",
                "Driving licence",
                "National identity card",
                "Residence permit",
                "Tribal identity card",
                "Military identity card",
                "Other document with a photograph",
            )
        ],
    )


class ContactForm(forms.Form):
    """Somebody near the person."""

    role = forms.ChoiceField(choices=Contact.Role.choices)
    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs=OFF))
    relation = forms.CharField(
        max_length=80,
        required=False,
        label="What they are to the person",
        widget=forms.TextInput(attrs=OFF),
    )
    phone = forms.CharField(
        max_length=60,
        label="Telephone",
        widget=forms.TextInput(attrs=OFF | {"inputmode": "tel"}),
    )
    email = forms.EmailField(
        max_length=320, required=False, label="E-mail", widget=forms.EmailInput(attrs=OFF)
    )
    channel = forms.ChoiceField(
        choices=[("", "No wish"), *Channel.choices, NOT_AT_ALL],
        required=False,
        label="Wishes to be reached by",
    )
    language = forms.ChoiceField(
        choices=[("", "Not said"), *LANGUAGES],
        required=False,
        help_text="Of an interpreter: the language they interpret.",
    )
    zone = forms.CharField(
        max_length=60,
        required=False,
        label="Time zone",
        validators=[known_zone],
        help_text="Only where it is another one than the person's.",
        widget=forms.TextInput(attrs=OFF),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("role") == Contact.Role.INTERPRETER and not cleaned.get("language"):
            self.add_error("language", "Say which language they interpret.")
        return cleaned


class ReferForm(forms.Form):
    """Which treatment, and who sent the person.

    Make it with every version there is; only the published are offered, and of another one that
    was offered before the rule says why it is none.
    """

    protocol_version = forms.ModelChoiceField(
        queryset=None, label="Protocol", empty_label="Choose a protocol"
    )
    referral_source = forms.CharField(
        max_length=200, label="Who referred", help_text="A name and what they are, or “self”."
    )
    referral_reason = forms.CharField(
        required=False, label="For what", widget=forms.Textarea(attrs={"rows": 3})
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, versions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["protocol_version"].queryset = versions
        offered = versions.filter(status=VersionStatus.PUBLISHED)
        self.fields["protocol_version"].choices = [
            ("", "Choose a protocol"),
            *((version.pk, str(version)) for version in offered),
        ]
        self.initial.setdefault("key", uuid.uuid4())


class TeamForm(forms.Form):
    """A colleague in one capacity. Make it with the colleagues and the protocol's capacities."""

    user = forms.ModelChoiceField(queryset=None, label="Colleague", empty_label="Choose")
    capacity = forms.ChoiceField()

    def __init__(self, *args, colleagues, capacities, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = colleagues
        self.fields["capacity"].choices = capacities


class ReasonForm(forms.Form):
    """Why a case leaves its path, or comes back to it."""

    reason = forms.CharField(label="Why", required=False, widget=WHY)


class MayBeReasonForm(forms.Form):
    """The person's own words, where they wished to give any."""

    reason = forms.CharField(
        required=False,
        label="In the person's words, if they gave any",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DeathForm(forms.Form):
    """What is known of a death. Nothing of it is needed to record it."""

    died_at = forms.DateTimeField(
        required=False,
        label="When, if known",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    words = forms.CharField(
        required=False, label="What is known", widget=forms.Textarea(attrs={"rows": 2})
    )


class NothingForm(forms.Form):
    """A button alone."""


class PlaceHoldForm(forms.Form):
    """What is held, and why. Make it with what can be held, grouped, as (kind:key, words)."""

    target = forms.ChoiceField(label="What is held")
    reason = forms.CharField(
        label="Why",
        required=False,
        widget=WHY,
        help_text="Read by everybody it stops.",
    )

    def __init__(self, *args, targets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = targets

    def clean(self):
        cleaned = super().clean()
        target = cleaned.pop("target", "")
        if target:
            cleaned["on"], key, *rule = target.split(":", 2)
            cleaned["target_key"] = uuid.UUID(key)
            cleaned["rule"] = "".join(rule)
            cleaned["words"] = self._words_of(target)
        return cleaned

    def _words_of(self, target):
        for _, group in self.fields["target"].choices:
            for value, words in group:
                if value == target:
                    return str(words)
        return Hold.On(target.split(":")[0]).label


class LiftHoldForm(SignatureForm):
    """Why a hold is lifted, under a signature."""

    reason = forms.CharField(label="Why it is lifted", widget=forms.Textarea(attrs={"rows": 2}))
