"""Whether a set of observations is well-formed. Nothing is filled in from an earlier one."""

from __future__ import annotations

from django import forms

from clinic.audit.canonical import decimal_text
from clinic.protocols.document import BandName
from sessions.supervised import queries
from sessions.supervised.forms import EntryForm
from sessions.supervised.observations.readings import shown
from sessions.supervised.observations.rules import phase_of, understood

PAIRS = {"systolic": "diastolic"}
YES_NO = [("yes", "Yes"), ("no", "No")]
CHOICE = forms.RadioSelect


class ObservationForm(EntryForm):
    """One set on one panel: a field for each parameter of the check, or of the whole schedule."""

    miss_reason = forms.ChoiceField(label="If something is missing, why", required=False)
    note = forms.CharField(
        label="Note", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, parameters, planned_for=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.document = queries.document(self.session)
        self.parameters, self.planned_for = parameters, planned_for
        self.kept = set()
        for parameter in parameters:
            self._add(parameter)
        reasons = [(each.code, each.label) for each in self.document.miss_reasons]
        self.fields["miss_reason"].choices = [("", "Nothing is missing"), *reasons]

    def _add(self, parameter):
        code = parameter.code
        if parameter.kind == "yes_no":
            field = forms.ChoiceField(choices=YES_NO, widget=CHOICE)
        elif parameter.kind == "scale" and parameter.steps:
            steps = [(str(n), f"{n} · {words}") for n, words in parameter.steps.items()]
            field = forms.ChoiceField(choices=steps, widget=CHOICE)
        else:
            field = forms.CharField(max_length=12)
        field.required, field.label = False, parameter.label
        self.fields[f"r_{code}"] = field
        self.fields[f"keep_{code}"] = forms.BooleanField(
            label="Keep as the device shows", required=False
        )
        if parameter.also_in:
            units = [
                (parameter.unit, parameter.unit),
                *((unit, unit) for unit in parameter.also_in),
            ]
            self.fields[f"u_{code}"] = forms.ChoiceField(
                label=f"Unit of {parameter.label.lower()}", choices=units, required=False
            )

    def clean(self):
        cleaned = super().clean()
        readings, units, keep = {}, {}, set()
        for parameter in self.parameters:
            code = parameter.code
            typed = (cleaned.pop(f"r_{code}", "") or "").strip()
            unit, kept = cleaned.pop(f"u_{code}", ""), cleaned.pop(f"keep_{code}", False)
            if typed:
                readings[code] = typed
                units |= {code: unit} if unit else {}
                keep |= {code} if kept else set()
        self._judge(readings, units, keep)
        return cleaned | {
            "readings": readings,
            "units": units,
            "keep": frozenset(keep),
            "planned_for": self.planned_for,
        }

    def _judge(self, readings, units, keep):
        """Say at its field what is no value, and what cannot be but may be kept."""
        found, faults = understood(self.session, readings, units)
        for code, fault in faults.items():
            if f"r_{code}" in self.fields:
                self.add_error(f"r_{code}", fault.partition(": ")[2] or fault)
        for each in found:
            if each.band == BandName.IMPOSSIBLE:
                self.kept.add(each.parameter)
                if each.parameter not in keep:
                    self.add_error(
                        f"r_{each.parameter}",
                        "Physically impossible. Correct it, or keep it as the device shows.",
                    )

    def panels(self):
        """The fields in groups as the page draws them: blood pressure is one with two fields."""
        latest = {
            parameter.code: queries.latest_reading(self.session, parameter.code)
            for parameter in self.parameters
        }
        wanted = {parameter.code: parameter for parameter in self.parameters}
        panels = []
        for code, parameter in wanted.items():
            if code in PAIRS.values() and any(
                first in wanted for first, second in PAIRS.items() if second == code
            ):
                continue
            group = [parameter]
            if PAIRS.get(code) in wanted:
                group.append(wanted[PAIRS[code]])
            panels.append(self._panel(group, latest))
        # What is typed comes first, what is chosen after it: one way down the page.
        return sorted(panels, key=lambda panel: panel["is_choice"])

    def _panel(self, group, latest):
        first = group[0]
        is_pair = len(group) > 1
        return {
            "legend": "Blood pressure" if is_pair else first.label,
            "is_choice": first.kind == "yes_no" or bool(first.steps),
            "is_pair": is_pair,
            "unit": first.unit,
            "limits": " · ".join(filter(None, (self._limits(each) for each in group))),
            "before": self._before(group, latest),
            "cells": [self._cell(each) for each in group],
        }

    def _cell(self, parameter):
        code = parameter.code
        return {
            "field": self[f"r_{code}"],
            "label": parameter.label,
            "short": parameter.short,
            "keep": self[f"keep_{code}"] if code in self.kept else None,
            "unit": self[f"u_{code}"] if f"u_{code}" in self.fields else None,
        }

    def _before(self, group, latest):
        found = [latest[each.code] for each in group]
        if not all(found):
            return None
        texts = [
            shown(None if len(group) > 1 else each, reading.value, reading.words)
            for each, (reading, _) in zip(group, found, strict=True)
        ]
        return {"text": "/".join(texts), "at": found[0][1]}

    def _limits(self, parameter):
        limit = self.document.limit(parameter.code, phase_of(self.session))
        normal = [each for each in limit.bands if each.name == BandName.NORMAL] if limit else []
        if not normal or parameter.steps:
            return ""
        low, high = normal[0].starts, normal[-1].below
        if low is None or high is None:
            return ""
        step = 1 if not parameter.decimals else 0
        word = "below" if parameter.decimals else "to"
        return f"{decimal_text(low)} {word} {decimal_text(high - step)}"


class CorrectionForm(ObservationForm):
    """A set entered anew in the place of a wrong one, with the reason."""

    correction_reason = forms.CharField(
        label="Why the first entry was wrong",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
