"""Whether what somebody wrote into the ledger is well-formed; whether it suffices, the rules say."""

from typing import get_args

from django import forms

from clinic.people.forms import SecondPersonForm
from clinic.protocols.document import Unit
from clinic.protocols.dose_rules import ComesAs, Salt

OFF = {"autocomplete": "off"}
NUMBER = OFF | {"inputmode": "decimal"}


def amount(label, **options):
    return forms.DecimalField(
        label=label,
        max_digits=12,
        decimal_places=3,
        min_value=0,
        widget=forms.TextInput(attrs=NUMBER),
        **options,
    )


class WhatItIsForm(forms.Form):
    """What a lot comes as, and of which salt."""

    presentation = forms.ChoiceField(
        label="Comes as",
        choices=[("", "Choose"), *((each, each.capitalize()) for each in get_args(ComesAs))],
        help_text="A dose is drawn only from what its protocol gives.",
    )
    salt = forms.ChoiceField(
        choices=[("", "Choose"), *((each, each.capitalize()) for each in get_args(Salt))],
        help_text="Base, where the substance itself was weighed.",
    )


class DescribeForm(WhatItIsForm):
    """What a lot is that was received without it, or of which something wrong was said."""

    reason = forms.CharField(
        max_length=300,
        required=False,
        help_text="Needed where the ledger says something else of it.",
        widget=forms.TextInput(OFF),
    )


class ReceiveForm(WhatItIsForm):
    """A lot that came in."""

    substance = forms.CharField(
        max_length=60, help_text="As protocols write it: ketamine.", widget=forms.TextInput(OFF)
    )
    product = forms.CharField(
        max_length=120, help_text="As on the box.", widget=forms.TextInput(OFF)
    )
    number = forms.CharField(label="Lot number", max_length=60, widget=forms.TextInput(OFF))
    expires_on = forms.DateField(
        label="Use before or on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    unit = forms.ChoiceField(
        choices=[(unit.value, unit.value) for unit in Unit],
        initial=Unit.MG,
        help_text="The one its protocol is ordered in; no amount is ever converted.",
    )
    per_ml = amount("Strength per mL", required=False)
    quantity = amount("Amount received")
    field_order = ["substance"]

    def clean_substance(self):
        return self.cleaned_data["substance"].strip().lower()


class SiteForm(forms.Form):
    """Whose cupboard it went into."""

    site = forms.ModelChoiceField(queryset=None, empty_label=None)

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites


class MoreForm(forms.Form):
    """More of a lot that is there."""

    quantity = amount("Amount received")


class WitnessedForm(SecondPersonForm):
    """What a second person sees and signs for; cleans to `witness` and `witness_proof`."""

    def clean(self):
        cleaned = super().clean()
        if "second" in cleaned:
            cleaned["witness"] = cleaned.pop("second")
            cleaned["witness_proof"] = cleaned.pop("second_proof")
        return cleaned


class WasteForm(WitnessedForm):
    """What was destroyed, and why."""

    quantity = amount("Amount wasted")
    reason = forms.CharField(max_length=300, required=False, widget=forms.TextInput(OFF))
    field_order = ["quantity", "reason"]


class CountForm(WitnessedForm):
    """What two people counted."""

    counted = amount("Amount counted")
    reason = forms.CharField(
        max_length=300,
        required=False,
        help_text="Needed where the count differs from the ledger.",
        widget=forms.TextInput(OFF),
    )
    field_order = ["counted", "reason"]


class RecallForm(forms.Form):
    """Why a lot is taken out of use."""

    reason = forms.CharField(max_length=300, required=False, widget=forms.TextInput(OFF))
