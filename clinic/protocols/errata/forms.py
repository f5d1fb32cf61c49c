"""What is typed about an erratum."""

from django import forms

from clinic.protocols.corrected import BASES, BASIS, NUMBER
from clinic.protocols.spoken import BASIS as BASIS_WORDS
from clinic.protocols.stricter import LESS

LONGEST = 10_000


class WhyForm(forms.Form):
    """Why, and where the right words stand: asked of every erratum."""

    reason = forms.CharField(
        label="Why", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Read by the approver, and by everybody who cares for a case of this version.",
    )  # fmt: skip
    source = forms.CharField(
        label="Source",
        max_length=LONGEST,
        help_text="Where the right words or the right number stand: title, edition, page.",
    )


class ProposeForm(WhyForm):
    """What a place shall say. Make it with the `spot`."""

    field_order = ["shall_say", "reason", "source"]

    def __init__(self, *args, spot, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["shall_say"] = _field_for(spot)
        self.order_fields(self.field_order)


def _field_for(spot):
    label = "It shall say"
    if spot.kind == BASIS:
        choices = [("", "Choose one"), *((each, BASIS_WORDS[each]) for each in BASES)]
        return forms.ChoiceField(label=label, choices=choices)
    if spot.kind == NUMBER:
        way = "Less" if spot.number.way == LESS else "More"
        unit = f" In {spot.number.unit}." if spot.number.unit else ""
        return PlainNumber(
            label=label, min_value=0, max_digits=12, decimal_places=4,
            help_text=f"{way} is stricter; an erratum never makes it looser.{unit}",
        )  # fmt: skip
    return forms.CharField(
        label=label,
        initial=spot.says,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The same meaning in the right words.",
    )


class PlainNumber(forms.DecimalField):
    """A number, kept as the text in which a document writes it."""

    def clean(self, value):
        number = super().clean(value)
        return None if number is None else f"{number.normalize():f}"
