"""The words of the framework's own refusals, in the voice of this house."""

from django import forms

# What a field says that was left empty: the act that mends it.
LEFT_EMPTY = {
    forms.Field: "Fill this in.",
    forms.ChoiceField: "Choose one.",
    forms.MultipleChoiceField: "Choose at least one.",
    forms.BooleanField: "Tick this to go on.",
    forms.FileField: "Choose a file.",
}


def speak_plainly():
    """Let every form of the house, and of the libraries in it, say what to do about an empty field."""
    for field, words in LEFT_EMPTY.items():
        # Each class of field keeps a table of its own; a subclass without one inherits these.
        field.default_error_messages = dict(vars(field).get("default_error_messages", {}))
        field.default_error_messages["required"] = words
