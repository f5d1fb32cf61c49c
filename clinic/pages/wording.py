"""The words of the framework's own refusals, in the voice of this house."""

from django import forms
from django.core.exceptions import ValidationError

# What a field says that was left empty: the act that mends it.
LEFT_EMPTY = {
    forms.Field: "Fill this in.",
    forms.ChoiceField: "Choose one.",
    forms.MultipleChoiceField: "Choose at least one.",
    forms.BooleanField: "Tick this to go on.",
    forms.FileField: "Choose a file.",
}
# More than anybody writes; a whole document was pasted where a few sentences were asked for.
MOST_LETTERS = 100_000
LOST = "\ufffd"


def whole(text):
    """Refuse a text of which letters were lost before it came here, or that has no end."""
    if not isinstance(text, str):  # what a field has read as something else, a key or a number
        return
    if LOST in text:
        raise ValidationError(
            f"A letter of this was lost on its way here and stands as {LOST}. Type it again."
        )
    if len(text) > MOST_LETTERS:
        raise ValidationError(
            f"This has {len(text):,} letters; at most {MOST_LETTERS:,} are taken."
        )


def speak_plainly():
    """Let every form of the house, and of the libraries in it, say what to do about an empty field.

    Of a text they all refuse what cannot be kept as it was typed.
    """
    forms.CharField.default_validators = [whole]
    for field, words in LEFT_EMPTY.items():
        # Each class of field keeps a table of its own; a subclass without one inherits these.
        field.default_error_messages = dict(vars(field).get("default_error_messages", {}))
        field.default_error_messages["required"] = words
