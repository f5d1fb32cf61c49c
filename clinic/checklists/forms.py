"""A form for any checklist: which questions stand on the page is decided here, by the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime

from clinic.checklists import engine
from clinic.checklists.document import Checklist
from clinic.checklists.engine import Answer
from clinic.checklists.fields import AnswerField

PREFIX = "q_"


class AnswersForm(forms.Form):
    """The questions of a checklist that are asked now. Cleans to `answers` and `revision`.

    An answer whose question falls away because of another is cleared only knowingly: the first
    attempt says which, the second carries their names.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    clearing = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        checklist: Checklist,
        standing: Mapping[str, Answer],
        data: Any = None,
        *,
        revision: int = 0,
        only: Iterable[str] | None = None,
        quietly: bool = False,
        last_time: Mapping[str, Any] | None = None,
    ):
        self.quietly, self.last_time = quietly, last_time or {}
        self.checklist, self.standing = checklist, dict(standing)
        self.only = None if only is None else set(only)
        super().__init__(data, initial={"revision": revision, "clearing": ""})
        self._ask(self._shown_then() if self.is_bound else self._asked_of(self.standing))
        self.label_suffix = ""

    def stand_on(self, revision: int) -> None:
        """After a meeting with somebody else's answers: the next save is over what stands now."""
        self._say_again("revision", str(revision))

    @property
    def is_completing(self) -> bool:
        return "complete" in self.data

    @property
    def questions(self) -> list[Any]:
        """The bound fields of the questions, in the order of the checklist."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """The questions under their headings; follow-ups stay with the question they follow."""
        found: list[tuple[str, list[Any]]] = []
        for question in self.questions:
            title = getattr(question.field.item, "group", "")
            if not found or (title and title != found[-1][0]):
                found.append((title, []))
            found[-1][1].append(question)
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        answers = {
            code: cleaned.pop(PREFIX + code) for code in self._codes() if PREFIX + code in cleaned
        }
        for name in [name for name in cleaned if name.startswith(PREFIX)]:
            del cleaned[name]
        after = _given({**self.standing, **answers})
        for code, faults in engine.problems(self.checklist, after).items():
            if code in answers:
                self.add_error(PREFIX + code, faults)
        if self.quietly:
            return self._what_can_be_kept(cleaned, answers)
        if self.is_completing:
            for item in engine.missing(self.checklist, after):
                self._ask([item.code])
                self.add_error(PREFIX + item.code, "This has no answer yet.")
        self._say_what_falls_away(cleaned.pop("clearing", ""), after)
        cleaned.pop("shown", None)
        cleaned["revision"] = cleaned.get("revision") or 0
        cleaned["answers"] = answers
        self._ask_what_is_new(after)
        return cleaned

    def _what_can_be_kept(self, cleaned: dict[str, Any], answers: dict) -> dict[str, Any]:
        """While somebody still types: keep what is well-formed, complain of nothing.

        An answer that takes another's question away waits for the person to say so.
        """
        kept = {code: each for code, each in answers.items() if PREFIX + code not in self.errors}
        after = _given({**self.standing, **kept})
        self.falls_away = engine.hidden_answers(self.checklist, after)
        self.left_out = [code for code in answers if code not in kept]
        self.left_out += [name.removeprefix(PREFIX) for name in self.errors if name in self.fields]
        self._errors.clear()
        self.asked_now = self._asked_of(after)
        return {
            "revision": cleaned.get("revision") or 0,
            "answers": {} if self.falls_away else kept,
        }

    def come_up(self) -> list[tuple[str, Any]]:
        """After a quiet save: each question that is asked now and was not, with the one before it."""
        shown = self._codes()
        self._ask(self.asked_now)
        before = [None, *self.asked_now]
        return [
            (PREFIX + before[place] if before[place] else "", self[PREFIX + code])
            for place, code in enumerate(self.asked_now)
            if code not in shown
        ]

    def gone(self) -> list[str]:
        """After a quiet save: the questions on the page that are no longer asked."""
        return [PREFIX + code for code in self._codes() if code not in self.asked_now]

    def _codes(self) -> list[str]:
        return [name.removeprefix(PREFIX) for name in self.fields if name.startswith(PREFIX)]

    def _asked_of(self, answers: Mapping[str, Answer]) -> list[str]:
        visible = [item.code for item in engine.visible_items(self.checklist, answers)]
        return [code for code in visible if self.only is None or code in self.only]

    def _shown_then(self) -> list[str]:
        known = {item.code for item in self.checklist.items}
        named = [code for code in self.data.get("shown", "").split() if code in known]
        return named or self._asked_of(self.standing)

    def _ask(self, codes: Iterable[str]) -> None:
        wanted = set(codes)
        for item in self.checklist.items:
            if item.code in wanted and PREFIX + item.code not in self.fields:
                self.fields[PREFIX + item.code] = AnswerField(item)
                self._say_last_time(item.code)
                self.initial[PREFIX + item.code] = self.standing.get(item.code)
        self.order_fields(
            ["revision", "shown", "clearing", *(PREFIX + i.code for i in self.checklist.items)]
        )
        self.initial["shown"] = " ".join(self._codes())

    def _say_last_time(self, code: str) -> None:
        """What the person answered in an earlier case stands beside the question, not in it."""
        before = self.last_time.get(code)
        if before is None:
            return
        field = self.fields[PREFIX + code]
        said = format_html(
            "Last time, {}: <bdi>{}</bdi>", f"{localtime(before.at):%d %b %Y}", before.spoken
        )
        field.help_text = format_html_join(" ", "{}", ((each,) for each in (field.help_text, said)))

    def _ask_what_is_new(self, after: Mapping[str, Answer]) -> None:
        """A page shown again, with errors, asks what the new answers bring up."""
        if not self.errors:
            return
        self._ask(self._asked_of(after))
        self._say_again("shown", " ".join(self._codes()))

    def _say_what_falls_away(self, agreed: str, after: Mapping[str, Answer]) -> None:
        hidden = engine.hidden_answers(self.checklist, after)
        if not hidden or set(hidden) <= set(agreed.split()):
            return
        for code in hidden:
            item = self.checklist.item(code)
            self.add_error(
                None,
                f"“{item.number} {item.text}” is no longer asked; its answer"
                f" ({engine.spoken(item, after[code])}) will be cleared. Save again to agree.",
            )
        self._say_again("clearing", " ".join(hidden))

    def _say_again(self, name: str, value: str) -> None:
        """A hidden field of a page shown again carries the new value, not the one that was sent."""
        self.data = self.data.copy()
        self.data[name] = value


def form_for(
    checklist: Checklist,
    answers: Mapping[str, Answer],
    data: Any = None,
    *,
    revision: int = 0,
    only: Iterable[str] | None = None,
    quietly: bool = False,
    last_time: Mapping[str, Any] | None = None,
) -> AnswersForm:
    """A form of the questions that are asked, given the answers so far.

    `last_time` is what staff read beside them of somebody who comes back.
    """
    return AnswersForm(
        checklist, answers, data, revision=revision, only=only, quietly=quietly,
        last_time=last_time,
    )  # fmt: skip


def _given(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    return {code: answer for code, answer in answers.items() if engine.given(answer)}


class ReasonForm(forms.Form):
    """Why a form is opened again."""

    reason = forms.CharField(
        label="Why is it opened again?",
        required=False,  # that a reason is needed is a rule's to say; a browser asks before
        widget=forms.Textarea(attrs={"rows": 3, "required": True}),
    )


class NothingForm(forms.Form):
    """A button alone."""
