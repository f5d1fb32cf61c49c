"""Fixed, made-up facts for the gallery: every component in every state it knows."""

from datetime import UTC, date, datetime, timedelta

from django import forms

from clinic.pages.charts import Band, Dose, Point, Series, score_chart, vitals_chart
from clinic.workflow import Basis, Decider, Obstacle

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
TODAY = date(2026, 5, 12)

PATIENT = {
    "family_name": "Okonkwo-Lindqvist",
    "given_name": "Adaeze Marit",
    "born_on": date(1985, 7, 14),
    "identifier": "000123",
}
OBSTACLES = [
    Obstacle(
        "consent",
        "The consent was signed on version 3; version 4 is in force since 2 May 2026.",
        basis=Basis.LAW,
        citation="45 CFR 46.116",
        clears="help_contents",
    ),
    Obstacle(
        "pressure",
        "Blood pressure 158/102 is above the limit of 140/90.",
        basis=Basis.LABEL,
        citation="Ketamine label, section 5.1",
        decider=Decider.PRESCRIBER,
        clears="help_contents",
    ),
    Obstacle(
        "washout",
        "Lamotrigine was last taken 2 days ago; the protocol asks for 5.",
        basis=Basis.PROTOCOL,
        citation="KET-IM 2026.1",
        decider=Decider.SPONSOR_ETHICS,
    ),
    Obstacle(
        "escort", "No adult is named who goes home with this person.", decider=Decider.NAMED_ROLE
    ),
]
ALERTS = [
    {"word": "Allergy", "text": "penicillin", "tone": "danger"},
    {"word": "Touch", "text": "agreed, hand and shoulder", "tone": "info", "icon": "hand"},
    {"word": "Ceiling", "text": "160/100", "tone": "attention", "icon": "vitals"},
    {"word": "Way home", "text": "J. Doe, 07700 900123", "tone": "good", "icon": "car"},
]
STEPS = [
    {"label": "Screening", "state": "done", "note": "14 Apr 2026"},
    {"label": "Preparation", "state": "done", "note": "2 of 2 visits"},
    {"label": "Session", "state": "current", "note": "cycle 1"},
    {"label": "Integration", "state": "ahead"},
    {"label": "Aftercare", "state": "ahead"},
]
TICKS = [
    {"label": "Screening", "ok": True},
    {"label": "Consent", "ok": False, "reason": "version 3, now 4"},
    {"label": "Washout", "ok": None, "reason": "not asked yet"},
    {"label": "Room", "ok": True},
    {"label": "Way home", "ok": True},
]
ENTRIES = [
    {
        "at": NOON - timedelta(minutes=20),
        "title": "Checked in",
        "by": "R. Adeyemi",
        "tone": "good",
        "show_day": True,
    },
    {
        "at": NOON,
        "title": "Dose given: ketamine 60 mg",
        "body": "Left deltoid. Second person M. Costa.",
        "tone": "record",
        "icon": "dose",
    },
    {
        "at": NOON + timedelta(minutes=27),
        "title": "Observations",
        "body": "148/92 · pulse 88 · SpO2 97%",
        "tone": "info",
        "icon": "vitals",
        "mark": "late",
        "minutes": 12,
    },
    {
        "at": NOON + timedelta(minutes=31),
        "title": "Nausea, mild",
        "by": "R. Adeyemi",
        "tone": "attention",
    },
    {
        "at": NOON + timedelta(minutes=45),
        "title": "Written down on paper",
        "tone": "neutral",
        "icon": "pen",
        "mark": "back_filled",
        "minutes": 35,
    },
]
TABLE = {
    "columns": [{"label": "Person"}, {"label": "Stage"}, {"label": "Next", "kind": "time"}, {"label": "Sessions", "kind": "number"}],
    "rows": [
        {"href": "#table", "cells": [{"text": "Okonkwo-Lindqvist, Adaeze"}, {"text": "In session", "tone": "record"}, {"text": "12:45"}, {"text": 2}]},
        {"href": "#table", "cells": [{"text": "Brandt, Jonas"}, {"text": "Preparing", "tone": "info"}, {"text": "14:00"}, {"text": 0}]},
        {"href": "#table", "cells": [{"text": "Sato, Yuki"}, {"text": "Suspended", "tone": "attention"}, {"text": None}, {"text": 1}]},
    ],
}  # fmt: skip


class ExampleForm(forms.Form):
    family_name = forms.CharField(label="Family name", help_text="As in the identity document.")
    born_on = forms.DateField(label="Born on", widget=forms.DateInput(attrs={"type": "date"}))
    language = forms.ChoiceField(label="Language", choices=[("en", "English"), ("nl", "Dutch")])
    way_home = forms.ChoiceField(
        label="Way home",
        choices=[
            ("adult", "An adult comes along"),
            ("taxi", "A taxi with an adult"),
            ("unknown", "Not known"),
        ],
        widget=forms.RadioSelect,
    )
    reachable = forms.BooleanField(label="May be telephoned at work")
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)


class ExampleVitals(forms.Form):
    systolic = forms.DecimalField(label="Systolic")
    diastolic = forms.DecimalField(label="Diastolic")
    pulse = forms.DecimalField(label="Pulse")
    saturation = forms.DecimalField(label="SpO2")


def example_chart():
    minutes = [(-15, 124, 78, 68, 98), (0, 128, 80, 72, 98), (15, 152, 96, 92, 97), (30, 148, 92, 88, 96),
               (45, 139, 88, 80, None), (60, 131, 84, 74, 98), (87, 126, 80, 70, 98)]  # fmt: skip
    marks = {15: ("late", "+4"), 87: ("back_filled", "")}

    def points(low, high=None):
        return [
            Point(
                NOON + timedelta(minutes=row[0]),
                row[low],
                row[high] if high else None,
                *marks.get(row[0], ("on_time", "")),
            )
            for row in minutes
        ]

    return vitals_chart(
        [
            Series("Pressure", "mmHg", points(2, 1), kind="bar"),
            Series("Pulse", "per min", points(3), symbol="circle"),
            Series("SpO2", "%", points(4), symbol="diamond"),
        ],
        [
            Band("Pressure", 60, 140, "usual, adult"),
            Band("Pulse", 55, 100, "usual, adult"),
            Band("SpO2", 94, 100, "usual, adult"),
        ],
        [Dose(NOON, "60 mg"), Dose(NOON + timedelta(minutes=40), "+20 mg")],
        NOON - timedelta(minutes=30),
        NOON + timedelta(hours=2),
    )


def example_scores():
    weeks = [(0, 19, 16), (2, 17, 15), (4, 9, 10), (6, 7, 8), (10, 8, 7), (16, 5, 6)]
    return score_chart(
        [
            Series("PHQ-9", "of 27", [Point(NOON + timedelta(weeks=w), p) for w, p, _ in weeks]),
            Series("GAD-7", "of 21", [Point(NOON + timedelta(weeks=w), g) for w, _, g in weeks]),
        ],
        [Dose(NOON + timedelta(weeks=3), "60 mg"), Dose(NOON + timedelta(weeks=5), "70 mg")],
    )


def everything():
    return {
        "patient": PATIENT,
        "example_day": TODAY,
        "obstacles": OBSTACLES,
        "one_obstacle": OBSTACLES[1:2],
        "alerts": ALERTS,
        "steps": STEPS,
        "ticks": TICKS,
        "entries": ENTRIES,
        "table": TABLE,
        "noon": NOON,
        "later": NOON + timedelta(minutes=15),
        "tones": ["neutral", "info", "good", "attention", "danger", "record", "void"],
        "statuses": [
            "referred",
            "screening",
            "eligible",
            "suspended",
            "in_session",
            "died",
            "withdrawn",
        ],
        "facts": [
            ("Substance", "Ketamine, intramuscular"),
            ("Amount", "60 mg"),
            ("Lot", "KX-2231", "#lists"),
            ("Witness", None),
        ],
        "crumbs": [("People", "#top"), ("Okonkwo-Lindqvist, Adaeze", "#top")],
        "tabs": [
            {"label": "Timeline", "url": "#lists", "current": True, "count": 42},
            {"label": "Documents", "url": "#lists", "count": 3},
            {"label": "Measures", "url": "#lists"},
        ],
        "form": ExampleForm(),
        "form_with_errors": ExampleForm(
            {"family_name": "", "note": "Typed and kept"}, prefix="wrong"
        ),
        "vitals": ExampleVitals(),
        "chart": example_chart(),
        "scores": example_scores(),
        "nothing": vitals_chart([]),
    }
