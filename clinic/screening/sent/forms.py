"""Which of the answers a person sent are meant, and what becomes of them."""

from django import forms


class ReviewForm(forms.Form):
    """Make it with what the person said that is not reviewed yet. The button says which it is."""

    items = forms.MultipleChoiceField(
        required=False, label="Answers", widget=forms.CheckboxSelectMultiple
    )
    takes = forms.TypedChoiceField(
        choices=[("yes", "Take over"), ("no", "Leave")],
        coerce=lambda value: value == "yes",
        widget=forms.HiddenInput,
    )

    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args, said, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = [(each.item, each.text) for each in said]

    def clean_items(self):
        return list(dict.fromkeys(self.cleaned_data["items"]))
