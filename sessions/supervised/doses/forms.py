"""Whether what was typed of an order, a preparation or a dose is well-formed."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from clinic.audit.canonical import decimal_text
from clinic.people.forms import SecondPersonForm, SignatureForm
from clinic.protocols.calculators import amount_typed, other_unit, product_in_words
from sessions.supervised.doses.queries import lots_for
from sessions.supervised.doses.rules import arithmetic_of_lot
from sessions.supervised.forms import EntryForm, clock_field, on_the_wall
from sessions.supervised.queries import document, prepared_for

AMOUNT = {"max_digits": 9, "decimal_places": 3}
NOT_DRAWN = ["wasted", "second_email", "second_password", "second_code"]
NUMBER = {"inputmode": "decimal", "autocomplete": "off"}


def amount_field(label, field=forms.DecimalField, **options):
    return field(
        label=label, min_value=Decimal("0.001"), widget=forms.TextInput(attrs=NUMBER),
        **(AMOUNT | options),
    )  # fmt: skip


NOT_KNOWN = ("", "Not known")


class ProductField(forms.ChoiceField):
    """Which of the products the version names was taken; how long a person stays may hang on it."""

    def __init__(self, products, **options):
        named = [(code, product_in_words(code).capitalize()) for code in products]
        super().__init__(
            label="Product", widget=forms.RadioSelect,
            choices=named if options.get("required", True) else [*named, NOT_KNOWN], **options,
        )  # fmt: skip


class OrderedAmount(forms.DecimalField):
    """A number, with or without the one unit it is ordered in; another unit is no amount here."""

    unit = ""

    def to_python(self, value):
        number, written = amount_typed(str(value or ""), self.unit)
        if written not in (None, self.unit):
            raise ValidationError(other_unit(self.unit, written))
        return super().to_python(number)


class OrderForm(SignatureForm):
    """The amount, and the signature of whoever has read its arithmetic."""

    amount = amount_field("Amount", field=OrderedAmount)
    seen_amount = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, session, at, typed=None, parties=(), **kwargs):
        self.session, self.at = session, at
        super().__init__(*args, **kwargs)
        unit = document(session).unit
        self.fields["amount"].label = f"Amount in {unit}"
        self.fields["amount"].unit = unit
        # By what its page calls it: who has to agree, in the version's own words.
        self.parties = {f"agreed_{number}": who for number, who in enumerate(parties)}
        for name, who in self.parties.items():
            words = f"{who[:1].upper()}{who[1:]} agreed at (24 h)"
            self.fields[name] = clock_field(label=words, initial=(typed or {}).get(name, ""))

    @property
    def agreements(self):
        """The times at which each agreed, one field each."""
        return [self[name] for name in self.parties]

    def clean(self):
        said = {who: self.cleaned_data.pop(name, None) for name, who in self.parties.items()}
        if said:
            self.cleaned_data["agreed"] = {
                who: on_the_wall(time, session=self.session, at=self.at)
                for who, time in said.items()
                if time is not None
            }
        amount, seen = self.cleaned_data.get("amount"), self.cleaned_data.pop("seen_amount", "")
        # One signs what one has been shown: the arithmetic of this very amount.
        if amount is not None and seen != decimal_text(amount):
            self.add_error(None, "Read how this amount works out below, then sign.")
        return super().clean()

    def show_what_was_seen(self, shown):
        """Carry, on a page shown again, the amount whose arithmetic now stands on it."""
        if self.is_bound:
            self.data = self.data.copy()
            self.data["seen_amount"] = shown.amount_text if shown else ""


class PrepareForm(SecondPersonForm):
    """The lot, how much was drawn, and the second person who checked it."""

    lot = forms.ModelChoiceField(queryset=None, label="Drawn from", empty_label=None,
                                 widget=forms.RadioSelect)  # fmt: skip
    quantity = amount_field("Drawn")
    field_order = ["lot", "quantity"]

    def __init__(self, *args, order, document, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = lots_for(order, document)
        self.fields["lot"].label_from_instance = lambda lot: (
            f"{lot.product}, lot {lot.number}, until {lot.expires_on:%d %b %Y}:"
            f" {arithmetic_of_lot(lot, order.amount)}"
        )
        self.fields["quantity"].label = f"Drawn, in {order.unit}"
        self.fields["quantity"].initial = decimal_text(order.amount)


class GiveForm(EntryForm, SecondPersonForm):
    """What was given of what was prepared; waste needs a second person's eyes."""

    time_name = "given_at"
    amount = amount_field("Given")
    wasted = amount_field("Wasted", required=False)
    lot_number = forms.CharField(
        label="Product and its identification", required=False, max_length=60
    )
    note = forms.CharField(label="Note", required=False, max_length=500)

    def __init__(self, *args, order, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = f"Given, in {order.unit}"
        if products := document(self.session).doses.products:
            self.fields["product"] = ProductField(products)
        prepared = prepared_for(order)
        self.fields["amount"].initial = decimal_text(
            prepared.quantity if prepared else order.amount
        )
        # What was drawn has its lot already; where nothing is drawn nothing is wasted either.
        for name in ["lot_number"] if prepared else NOT_DRAWN:
            del self.fields[name]
        if prepared is None:
            return
        self.fields["wasted"].label = f"Wasted, in {order.unit}"
        self.fields["wasted"].min_value = Decimal(0)
        self.fields["wasted"].validators = []
        for name in ("second_email", "second_password"):
            self.fields[name].required = False

    def clean(self):
        wasted = self.cleaned_data.get("wasted") or Decimal(0)
        if wasted:
            for name in ("second_email", "second_password"):
                if not self.cleaned_data.get(name):
                    self.add_error(name, "Waste needs a second person.")
            cleaned = super().clean()
        else:
            for name in ("second_email", "second_password", "second_code"):
                self.cleaned_data.pop(name, None)
            # Nobody else is asked: only the time remains to be worked out.
            cleaned = self.timed(self.cleaned_data)
        cleaned["wasted"] = wasted
        return cleaned


class RecordDoseForm(EntryForm):
    """A dose that was given already, as far as it is known."""

    time_name = "given_at"
    amount = amount_field(
        "Amount given", required=False, help_text="Leave empty if nobody knows: the largest counts."
    )
    lot_number = forms.CharField(label="Lot number", required=False, max_length=60)
    on_paper = forms.BooleanField(label="It was written on paper at the time", required=False)
    note = forms.CharField(
        label="What happened", required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args, unit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = f"Amount given, in {unit}"
        if products := document(self.session).doses.products:
            self.fields["product"] = ProductField(products, required=False)
            self.order_fields(["client_key", "when", "at_time", "amount", "product"])


class DiscardForm(SecondPersonForm):
    """Why something drawn is not given, and who saw it wasted."""

    reason = forms.CharField(label="Why it is not given", max_length=500)
    field_order = ["reason"]
