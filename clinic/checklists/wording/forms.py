"""Whether the words of a sheet fit its scoring."""

from __future__ import annotations

from typing import Any

from django import forms

from clinic.checklists.document import Checklist, Item
from clinic.checklists.wording.words import Wording, missing_words


class AcceptForm(forms.Form):
    """The terms are accepted knowingly."""

    agreed = forms.BooleanField(
        label="I accept these terms for the clinic.",
        error_messages={"required": "Tick this to accept the terms."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("agreed", None)  # the act itself is the acceptance
        return cleaned


class WordsForm(forms.Form):
    """The words of every question, and of its answers in the order of the sheet."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    introduction = forms.CharField(
        label="What stands above the questions",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, slot: Checklist, standing: Checklist, version: int, data: Any = None):
        self.slot = slot
        super().__init__(data, initial={"seen": version, "introduction": standing.introduction})
        for item in slot.items:
            now = standing.item(item.code) if standing is not slot else None
            self.fields[f"text_{item.code}"] = forms.CharField(
                label=item.text,
                required=False,
                initial=now.text if now else "",
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            if item.options:
                self.fields[f"answers_{item.code}"] = forms.CharField(
                    label=f"Its {len(item.options)} answers",
                    required=False,
                    initial="\n".join(option.label for option in now.options) if now else "",
                    help_text=self._what_answers(item),
                    widget=forms.Textarea(attrs={"rows": len(item.options)}),
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        words: dict[str, Wording] = {}
        before: tuple[str, ...] = ()
        for item in self.slot.items:
            lines = cleaned.get(f"answers_{item.code}", "").splitlines()
            answers = tuple(line.strip() for line in lines if line.strip())
            if item.options and not answers and len(before) == len(item.options):
                answers = before
            before = answers or before
            words[item.code] = Wording(cleaned.get(f"text_{item.code}", ""), answers)
        for code, said in missing_words(self.slot, words):
            field = "text" if said == "Write the question." else "answers"
            self.add_error(f"{field}_{code}", said)
        introduction = cleaned.get("introduction", "")
        return {"seen": cleaned.get("seen"), "introduction": introduction, "words": words}

    def _what_answers(self, item: Item) -> str:
        points = ", ".join(str(option.value) for option in item.options)
        again = " Left empty: the same as above." if item is not self._first_with_answers() else ""
        return f"One a line, in this order of points: {points}.{again}"

    def _first_with_answers(self) -> Item | None:
        return next((item for item in self.slot.items if item.options), None)
