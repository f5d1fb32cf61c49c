"""Whether what was settled or decided is well-formed."""

from django import forms

from clinic.pages.wording import LEFT_EMPTY
from clinic.people.forms import SignatureForm
from clinic.screening.models import FindingDecision, ScreeningDecision
from clinic.workflow import CHANGED

DAY = {"type": "date"}
# That a reason is needed is a rule's to say, not the form's; a browser asks for it before.
AT_THE_END = ("approval_reference", "approval_on", "password", "code")
WHY = forms.Textarea(attrs={"rows": 3, "required": True})


class ApprovalForm(forms.Form):
    """By which approval of the sponsor and the ethics board somebody decides past a trial's rule."""

    approval_reference = forms.CharField(
        label="Reference of the approval",
        max_length=120,
        required=False,
        help_text="The number the sponsor and the ethics board gave it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    approval_on = forms.DateField(
        label="Day of the approval", required=False, widget=forms.DateInput(attrs=DAY)
    )

    def without_approval(self):
        """Ask for none where the version does not leave it to them."""
        del self.fields["approval_reference"], self.fields["approval_on"]


class RulingForm(ApprovalForm, SignatureForm):
    """What a named person made of one finding, and what the page showed of it before.

    Make it with `user=request.user`: to accept what excludes is signed, nothing else is.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    ruling = forms.ChoiceField(
        label="What you make of it",
        widget=forms.RadioSelect,
        choices=FindingDecision.Ruling.choices,
    )
    reason = forms.CharField(label="What this rests on", required=False, widget=WHY)
    evidence = forms.ModelChoiceField(
        label="Which result shows it",
        queryset=None,
        to_field_name="key",
        required=False,
        empty_label="None of those entered",
        help_text="If it is taken back one day, this has to be settled anew.",
    )
    evidence_on = forms.DateField(
        label="Day of the evidence",
        required=False,
        help_text="The day of the letter, the result or the look into the record. The days of a"
        " washout are counted from it. Left open, it is the day of the result chosen above.",
        widget=forms.DateInput(attrs=DAY),
    )

    def __init__(self, *args, evidence, found, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["evidence"].queryset = evidence
        if not evidence:
            del self.fields["evidence"]
        if found.needs_approval:
            self.order_fields(
                [*(name for name in self.fields if name not in AT_THE_END), *AT_THE_END]
            )
        else:
            self.without_approval()
        self.may_be_signed = found.is_signed_when_accepted
        if self.may_be_signed:
            self.fields["password"].required = False
            self.fields["password"].help_text = "Only to accept this exclusion, which is signed."
        else:
            del self.fields["password"], self.fields["code"]

    def clean(self):
        is_accepted = self.cleaned_data.get("ruling") == FindingDecision.Ruling.ACCEPTED
        if not (self.may_be_signed and is_accepted):
            unsigned = {"password", "code"}
            return {name: said for name, said in self.cleaned_data.items() if name not in unsigned}
        if not self.cleaned_data.get("password"):
            self.add_error("password", LEFT_EMPTY[forms.Field])
        return super().clean()


class OnWhatWasSeenForm(SignatureForm):
    """A signature under the screening as its page showed it."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def stand_on(self, screening):
        """Met with somebody else's change: the next press is over what this page shows now."""
        if CHANGED.code in getattr(getattr(self, "refusal", None), "codes", []):
            self.data = self.data.copy()
            self.data["seen"] = screening.as_seen


class DecideForm(OnWhatWasSeenForm):
    """The decision on eligibility, under a signature. Make it with `user=request.user`."""

    outcome = forms.ChoiceField(
        label="Your decision", widget=forms.RadioSelect, choices=ScreeningDecision.Outcome.choices
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        help_text="Needed for a deferral or a decline, in words the person may read.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    denial_reasons = forms.MultipleChoiceField(
        label="Declined for",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    deferred_until = forms.DateField(
        label="Deferred until",
        required=False,
        help_text="For a deferral: the day on which to look again.",
        widget=forms.DateInput(attrs=DAY),
    )

    def __init__(self, *args, reasons, given=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["denial_reasons"].choices = reasons
        self.fields["denial_reasons"].help_text = " ".join(
            ["For a decline, beside the words.", *_said_by_answers(given)]
        )
        if not reasons:
            del self.fields["denial_reasons"]


def _said_by_answers(given):
    """The reasons the answers give themselves; whoever decides chooses them all the same."""
    return [f"The answers give: {'; '.join(given)}."] if given else []


class ReopenForm(forms.Form):
    """Why a decided screening is opened again."""

    reason = forms.CharField(label="Why", required=False, widget=WHY)


class NothingForm(forms.Form):
    """A button alone."""
