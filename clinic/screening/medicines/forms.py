"""Whether what is told of a medicine is well-formed."""

from django import forms

from clinic.checklists.days import part_of_a_day
from clinic.checklists.exact import as_written
from clinic.checklists.medicines import EXACTLY, LAST_TAKEN, NOT_KNOWN
from clinic.checklists.units import DOSE_UNITS
from clinic.screening.medicines.models import ListedMedicine

State = ListedMedicine.State
PLAIN = forms.TextInput(attrs={"autocomplete": "off"})


class AmountField(forms.CharField):
    """A number above nought as people write it, with a point or a comma."""

    def __init__(self, *, most=None, **options):
        self.most = most
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(required=False, max_length=12, **options)

    def clean(self, value):
        said = super().clean(value)
        if not said:
            return None
        try:
            number = as_written(said)
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None
        if number <= 0:
            raise forms.ValidationError("Write a number above nought.")
        if self.most is not None and number > self.most:
            raise forms.ValidationError(f"Write at most {self.most}.")
        return number


class MedicineForm(forms.Form):
    """One medicine as it is told. Make it with the `rules` of its version and `who` may agree."""

    name = forms.CharField(
        label="Medicine",
        max_length=200,
        help_text="As it stands on the packet. What is bought without an order counts too.",
        widget=PLAIN,
    )
    dose = AmountField(label="Dose")
    unit = forms.ChoiceField(
        label="Unit", required=False, choices=[("", "–"), *((unit, unit) for unit in DOSE_UNITS)]
    )
    frequency = forms.CharField(
        label="How often", required=False, max_length=120, help_text="For example: every morning."
    )
    state = forms.ChoiceField(label="Is it taken?", widget=forms.RadioSelect)
    last = forms.ChoiceField(
        label="Last taken", required=False, choices=[("", "–"), *LAST_TAKEN.items()],
        help_text="Of what is no longer taken, or only as needed.",
    )  # fmt: skip
    last_on = forms.CharField(
        label="Day, month or year of the last one",
        required=False,
        max_length=10,
        help_text="As 2026-11-21, or 2026-11 or 2026 where only that is known.",
        widget=PLAIN,
    )
    falls_under = forms.MultipleChoiceField(
        label="Washouts of the protocol it falls under",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick none where the protocol names no washout for it.",
    )
    half_life_hours = AmountField(
        most=5_000,  # as in a protocol
        label="Half-life in hours",
        help_text="Where the washout is counted in half-lives: the longest that is known, its"
        " active products included.",
    )
    agreed_by = forms.ModelChoiceField(
        label="Who orders it and agreed that it is left off",
        queryset=None,
        to_field_name="key",
        required=False,
        empty_label="Nobody of this house",
        help_text="Only whoever orders a medicine changes it.",
    )
    agreed_outside = forms.CharField(
        label="Or somebody outside, by name", required=False, max_length=200, widget=PLAIN
    )
    agreed_contact = forms.CharField(
        label="How they are reached", required=False, max_length=200, widget=PLAIN
    )
    agreed_on = forms.DateField(
        label="Agreed on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    words = forms.CharField(
        label="Remarks",
        required=False,
        max_length=2000,
        help_text="Why it changes, or why the line is a mistake.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, rules, who, is_new, **kwargs):
        super().__init__(*args, **kwargs)
        offered = [each for each in State.choices if not (is_new and each[0] == State.MISTAKEN)]
        self.fields["state"].choices = offered
        self.fields["falls_under"].choices = [
            (rule.code, f"{rule.label}: {rule.clear_for} clear") for rule in rules
        ]
        self.fields["agreed_by"].queryset = who
        # A protocol without washouts, or with none in half-lives, is not asked about them.
        for name, is_asked in (
            ("falls_under", bool(rules)),
            ("half_life_hours", any(rule.half_life_item for rule in rules)),
        ):
            if not is_asked:
                del self.fields[name]

    def clean_last_on(self):
        said = self.cleaned_data["last_on"]
        try:
            part_of_a_day(said or "2000")
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None
        return said

    def clean(self):
        told = super().clean()
        dose, unit = told.get("dose"), told.get("unit")
        if dose is not None and not unit:
            self.add_error("unit", "Choose the unit of the dose.")
        if unit and dose is None and "dose" not in self.errors:
            self.add_error("dose", "Write the dose too, or leave its unit open.")
        if told.get("state") in (State.LEFT, State.AS_NEEDED) and not told.get("last"):
            self.add_error("last", "Say when it was last taken, or that this is not known.")
        self._check_last(told.get("last"), told.get("last_on"))
        return told

    def _check_last(self, last, last_on):
        if "last_on" in self.errors:
            return
        if last == NOT_KNOWN and last_on:
            self.add_error("last_on", "Give a day or say “Not known”, not both.")
        elif last and last != NOT_KNOWN and not last_on:
            self.add_error("last_on", "Write the day on which it was last taken.")
        elif last == EXACTLY and part_of_a_day(last_on):
            self.add_error("last_on", "Write the whole day, or choose “About”.")
        elif last_on and not last:
            self.add_error("last", "Say how surely this day is known.")
