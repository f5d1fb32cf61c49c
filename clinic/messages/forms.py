"""Stopping a message asks only for the button."""

from django import forms


class CancelForm(forms.Form):
    pass
