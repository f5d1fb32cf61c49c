"""Whether an event or what a clinician makes of it is well-formed."""

from __future__ import annotations

from django import forms

from sessions.supervised.events.rules import NOTE, OUTCOMES, RELATEDNESS, SERIOUSNESS
from sessions.supervised.forms import EntryForm

OTHER = "other"
YES_NO = [("yes", "Yes"), ("no", "No")]


class TapForm(forms.Form):
    """One tap: which word, and the key its device made."""

    client_key = forms.UUIDField()
    code = forms.SlugField(max_length=40)


class NoteForm(EntryForm):
    """A note in one's own words, with its time."""

    note = forms.CharField(
        label="What happened", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self):
        return super().clean() | {"code": NOTE}


class AdverseEventForm(EntryForm):
    """What happened and when it began; how severe it was follows."""

    time_name = "started_at"
    term = forms.ChoiceField(label="What happened")
    other = forms.CharField(label="If none of these, in your words", required=False, max_length=120)
    words = forms.CharField(
        label="More about it", required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args, document, **kwargs):
        super().__init__(*args, **kwargs)
        terms = [(term.code, term.label) for term in document.adverse_events]
        self.fields["term"].choices = [("", "Choose"), *terms, (OTHER, "Something else")]
        self.fields["when"].label = "When it began"
        self.order_fields(["term", "other", "when", "at_time", "words"])

    def clean(self):
        cleaned = super().clean()
        other = cleaned.pop("other", "").strip()
        if cleaned.get("term") == OTHER:
            if not other:
                self.add_error("other", "Say what happened.")
            cleaned["term"] = other
        return cleaned


def yes_no(label, **options):
    return forms.TypedChoiceField(
        label=label, choices=YES_NO, coerce=lambda value: value == "yes",
        widget=forms.RadioSelect, **options,
    )  # fmt: skip


class AssessmentForm(forms.Form):
    """How severe, how serious, how related: severity and seriousness are both asked."""

    grade = forms.TypedChoiceField(label="Severity", coerce=int, widget=forms.RadioSelect)
    is_serious = yes_no("Is it serious?")
    seriousness = forms.ChoiceField(
        label="What makes it serious", required=False,
        choices=[("", "It is not serious"), *SERIOUSNESS.items()],
    )  # fmt: skip
    relatedness = forms.ChoiceField(
        label="Related to the dose", choices=RELATEDNESS.items(), widget=forms.RadioSelect
    )
    is_expected = yes_no("Is it an expected effect?")
    prevents_release = yes_no("Does it prevent release?")
    outcome = forms.ChoiceField(label="Outcome", choices=OUTCOMES.items())
    action_taken = forms.CharField(
        label="What was done", required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args, document, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = [
            (each.grade, f"{each.grade} · {each.label}" + (f": {each.help}" if each.help else ""))
            for each in document.grades
        ] or [(n, str(n)) for n in range(1, 6)]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_serious") and not cleaned.get("seriousness"):
            self.add_error("seriousness", "Say what makes it serious.")
        return cleaned
