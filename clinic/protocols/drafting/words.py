"""The words in which an author reads a field or a list, where its own name would not do."""

from __future__ import annotations

from typing import Any

from clinic.access import ROLES
from clinic.protocols.document import GateCode
from clinic.protocols.drafting.parts import Group, Typed, get
from clinic.protocols.reading import BASIS, say

AUTHORITY = ("basis", "source", "citation", "confirm", "decider", "effective_from", "effective_to")

# What a list or a part is called, and what one row of it is.
TITLES = {
    "title": ("The protocol", "", ""),
    "nouns": ("Words people read", "", "Every page, form and letter uses these."),
    "age": ("Ages admitted", "", ""),
    "open_points": ("Open points", "open point", "What sources leave open and somebody has to settle."),
    "course": ("Phases of the course", "phase", ""),
    "enrolments": ("Enrolments outside", "enrolment", ""),
    "group": ("Group sessions", "", ""),
    "fields": ("What it asks for", "field", ""),
    "shorter": ("A shorter stay", "row", ""),
    "screening": ("The form itself", "", ""),
    "items": ("Questions", "question", "What is asked, in this order. Open a question to say what "
              "its answers are and what each means."),
    "options": ("Answers to choose from", "answer", ""),
    "shown_when": ("Asked only when", "condition", "All must hold. Without any, it is always asked."),
    "consequences": ("What answers mean", "meaning", "What an answer asks for, on whose authority, "
                     "and who may decide past it."),
    "scoring": ("Scoring", "", "How answers become a total. Leave it empty for a form without one."),
    "flags": ("Red flags", "red flag", "An answer that must reach a person the moment it is given."),
    "subscales": ("Subscales", "subscale", ""),
    "roles": ("People needed", "role", "Who is needed at a session, and how near."),
    "visits": ("Visits", "visit", ""),
    "window": ("When the visit must lie", "", "Negative figures are before."),
    "on_call": ("On call afterwards", "", ""),
    "gates": ("Conditions of the dose", "condition", "The software refuses the dose until each of "
              "these is met. It asks for nothing that is not named here."),
    "documents": ("Documents", "document", "What is put before the person, and signed."),
    "tests": ("Tests and look-ups", "test", ""),
    "washouts": ("Washouts", "washout", "What must have been left off, and which questions of the "
                 "screening say when it was last taken."),
    "intervals": ("Days between doses", "interval", ""),
    "checklists": ("Checklists", "checklist", "Save a new one, then open it to write its questions."),
    "single": ("One dose", "range", "Every range must hold at once."),
    "total": ("In one session", "range", ""),
    "supplementary": ("A further dose in the same session", "", ""),
    "today": ("On the day", "", ""),
    "parameters": ("What is measured", "parameter", "A vital sign, a scale, a yes or no."),
    "monitoring": ("When it is measured", "schedule", "Minutes count from the dose."),
    "miss_reasons": ("Why a check may be missed", "reason", ""),
    "limits": ("Limits", "limit", "Save a new one, then open it to write its bands."),
    "bands": ("Bands", "band", "From low to high, without hole or overlap. The first has no lower "
              "end, the last no upper end."),
    "baseline_limits": ("Change against the person's own reading", "limit", ""),
    "rescue": ("Rescue", "step", "In the order in which they are usually taken."),
    "minimum_stay": ("Minimum stay", "", ""),
    "rows": ("Stay by the total given", "row", "The last row has no upper end."),
    "ratio": ("How many one member of staff may watch", "row", "The last row has no upper end."),
    "release": ("Release", "", ""),
    "events": ("One-tap events", "event", ""),
    "adverse_events": ("Adverse event terms", "term", ""),
    "grades": ("Grades of severity", "grade", "Severity is not seriousness."),
    "touchpoints": ("Contacts", "contact", ""),
    "messages": ("Messages", "message", "Neutral words: no drug, no diagnosis. {site}, {telephone} "
                 "and {link} are filled in when it is sent."),
    "measures": ("Questionnaires over time", "questionnaire", ""),
    "after_session": ("After a session", "moment", ""),
    "reports": ("Reports due", "report", ""),
}  # fmt: skip

LABELS = {
    "below": "For less than",
    "basis": "Basis",
    "source": "Source",
    "citation": "Source",
    "confirm": "Confirm before use",
    "decider": "Who may decide past it",
    "substance": "Substance, short",
    "substance_label": "Substance",
    "substance_form": "Form in which it is given",
    "number": "Number, as printed",
    "kind": "Kind",
    "group": "Heading",
    "ucum": "Unit in UCUM",
    "loinc": "LOINC code",
    "code": "Short name",
    "capacity": "Short name",
    "key": "Short name",
    "equals": "Answer is",
    "any_of": "Answer is one of",
    "at_most": "At most",
    "at_least": "At least",
    "above": "Above",
    "answered": "Is answered at all",
    "starts": "From",
    "parameter": "Parameter",
    "count_min": "How many at least",
    "count_typical": "How many usually",
    "at_minutes": "Due at minutes",
    "then_every": "Then every",
    "early_minutes": "May be early by",
    "late_minutes": "May be late by",
    "after_supplement": "After a further dose, at minutes",
    "taken_item": "Question: was it taken?",
    "last_on_item": "Question: when last?",
    "instrument": "Form",
    "instruments": "Forms",
    "to": "Reported to",
    "at": "At, local time",
    "open_for": "Open for",
    "offset": "When, counted from the session",
    "when": "When the answer",
    "Band.below": "To below",
    "Band.name": "Means",
    "BaselineLimit.name": "Means",
    "Match.below": "Below",
    "Condition.below": "Below",
    "Gate.code": "Condition",
    "Item.text": "Question",
    "Item.minimum": "Smallest possible answer",
    "Item.maximum": "Largest possible answer",
    "Item.kind": "Answered with",
    "Item.required": "Must be answered",
    "Item.allow_not_known": "“Not known” is an answer",
    "Item.allow_approximate": "“Approximate” is an answer",
    "Parameter.short": "Short label",
    "DoseRange.minimum": "At least",
    "DoseRange.maximum": "At most",
    "AgeRule.minimum": "Youngest",
    "AgeRule.maximum": "Oldest",
    "Scoring.reversed": "Counted the other way round",
    "Option.value": "Counts in a score",
    "Option.exclusive": "Refuses any other answer beside it",
}

HELP = {
    "basis": "Law, label, protocol or a rule of the house.",
    "source": "Where this was read: document, section, page.",
    "citation": "Where this was read: document, section, page.",
    "confirm": "The approver must tick it, because no source was read or sources leave it open.",
    "code": "How other rules name it. Left empty, it is made from the words.",
    "capacity": "How other rules name it. Left empty, it is made from the title.",
    "key": "How other rules name it. Left empty, it is made from the words.",
    "number": "Such as 3, and 3a for what belongs to question 3.",
    "professions": "A line for each place: US-OR: facilitator. “*” stands for everywhere else.",
    "steps": "A line for each step: 0: none.",
    "substance": "One word in small letters, such as ketamine.",
    "unit": "",
    "effective_from": "",
    "below": "Empty: any larger total.",
    "Match.below": "",
    "Condition.below": "",
    "Band.below": "Does not belong to the band. Empty: no upper end.",
    "Band.starts": "Belongs to the band. Empty: no lower end.",
    "equals": "yes, no, an answer's short name, or a whole number.",
}
UNITS = {"minutes": "minutes", "days": "days", "hours": "hours", "percent": "percent",
         "then_every": "minutes"}  # fmt: skip
AMOUNTS = {("DoseRange", "minimum"), ("DoseRange", "maximum"), ("StayRow", "below"),
           ("RatioRow", "below")}  # fmt: skip

DECIDERS = {
    "nobody": "Nobody",
    "prescriber": "The prescriber, by recorded judgement",
    "sponsor_ethics": "Sponsor and ethics committee",
    **{f"role:{code}": f"By override: {name.lower()}" for code, (name, _, _) in ROLES.items()},
}
CHOICES = {
    "basis": BASIS,
    "decider": DECIDERS,
    "Gate.code": {code.value: say(code).capitalize() for code in GateCode},
}
EMPTY_TITLE = ("", "", "")


def title_of(group: Group) -> str:
    """What a part or a list is called; of a row its own words are called after it."""
    if group.is_row:
        return one_of(group).capitalize()
    return TITLES.get(group.name, EMPTY_TITLE)[0] or _spoken(group.name)


def one_of(group: Group) -> str:
    """What one row of a list is called."""
    return TITLES.get(group.name, EMPTY_TITLE)[1] or "row"


def lead_of(group: Group) -> str:
    """What an author should know before writing in it."""
    return "" if group.is_row else TITLES.get(group.name, EMPTY_TITLE)[2]


def label_of(each: Typed) -> str:
    """What a field is called."""
    return _said_of(LABELS, each) or _spoken(each.name)


def help_of(each: Typed, unit: str = "") -> str:
    """What an author should know of a field, and its unit."""
    words = each.info.description or _said_of(HELP, each) or ""
    measured = unit_of(each, unit)
    return f"In {measured}. {words}".strip() if measured else words


def unit_of(each: Typed, unit: str) -> str:
    """The unit of a number: its own, or the one of all amounts of the protocol."""
    if (each.model.__name__, each.name) in AMOUNTS:
        return unit
    last = each.name.rsplit("_", 1)[-1]
    return UNITS.get(each.name) or ("" if each.name == last else UNITS.get(last, ""))


def _said_of(words: dict, each: Typed) -> Any:
    own = f"{each.model.__name__}.{each.name}"
    return words[own] if own in words else words.get(each.name)


def choices_said(each: Typed) -> dict[str, str] | None:
    """The choices of a field that are the same in every protocol."""
    return _said_of(CHOICES, each)


def _spoken(name: str) -> str:
    return name.replace("_", " ").capitalize()


FIRST = ("title", "label", "text", "message", "subject", "parameter", "code", "item")


def summary(group: Group, row: Any, key: str = "") -> str:
    """A row in a few words, as it is listed."""
    fields = [each for each in group.typed if each.name not in AUTHORITY]
    names = [each.key for each in fields]
    first = [name for name in FIRST if name in names and get(row, (name,))][:1]
    ahead = [name for name in ("number",) if name in names and get(row, (name,))]
    rest = [] if first and first[0] in FIRST[:5] else [name for name in names if name not in first]
    said = [say(get(row, tuple(name.split("-")))) for name in [*ahead, *first, *rest[:4]]]
    words = " · ".join(word for word in said if word != "–")
    return words or key or "Nothing yet"
