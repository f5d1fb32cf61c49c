"""What staff say when they put questions before a person."""

from django import forms

from clinic.links.queries import forms_to_offer

HOW = [("yes", "Send by e-mail"), ("no", "Hand over now: shown once, to scan or copy")]


class OfferForm(forms.Form):
    code = forms.ChoiceField(label="Questions")
    by_email = forms.TypedChoiceField(
        label="How",
        choices=HOW,
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = forms_to_offer()


class RevokeForm(forms.Form):
    pass
