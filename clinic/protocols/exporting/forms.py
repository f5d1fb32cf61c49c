"""As what a version is taken away."""

from django import forms

KINDS = [("yaml", "Library file (YAML)"), ("fhir", "FHIR R4 bundle (JSON)")]


class CopyForm(forms.Form):
    kind = forms.ChoiceField(label="As", choices=KINDS, widget=forms.RadioSelect, initial="yaml")
