"""Wrong files: each is the whole small protocol with one thing changed, and one mistake in it."""

import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from clinic.checklists.written import parse

SAID = {"basis": "house", "source": "Made up"}
ITEM = "screening.items"
GONE = object()
WHOLE = Path(__file__).parent / "whole.yaml"


class Wrong(NamedTuple):
    """One wrong file: the code of its mistake, the place it is at, and what was changed."""

    code: str
    place: str
    changes: dict[str, Any]


@cache
def whole():
    return parse(WHOLE).content


def parts(place):
    """The steps of a place: screening.items[3].code is screening, items, 3, code."""
    return [
        int(each[1:-1]) if each.startswith("[") else each
        for each in re.findall(r"\[\d+\]|[^.\[\]]+", place)
    ]


def changed(changes):
    """What the file holds with its changes; a list grows by what is put at its end."""
    content = deepcopy(whole())
    for place, value in changes.items():
        *around, last = parts(place)
        inner = content
        for part in around:
            inner = inner[part]
        if value is GONE:
            del inner[last]
        elif isinstance(inner, list) and last == len(inner):
            inner.append(value)
        else:
            inner[last] = value
    return content


def written(changes):
    """The file with its changes, as text."""
    content = changed(changes)
    return yaml.dump(
        content, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=1000
    )


def item(code, kind, **changes):
    return {"code": code, "kind": kind, "text": "?", **changes}


SCORING = "checklists.scale.scoring"
BANDS = "limits[0].bands"

# What a form holds, in the order in which it is read.
MISFITS = [
    Wrong("missing", "title", {"title": GONE}),
    Wrong("extra_forbidden", "colour", {"colour": "red"}),
    Wrong("enum", "unit", {"unit": "grain"}),
    Wrong("literal_error", "documents[0].kind", {"documents[0].kind": "poem"}),
    Wrong("string_type", "title", {"title": ["a"]}),
    Wrong("string_too_short", "title", {"title": " "}),
    Wrong("string_too_long", "documents[0].code", {"documents[0].code": "a" * 65}),
    Wrong("string_pattern_mismatch", "documents[0].code", {"documents[0].code": "Not So"}),
    Wrong("bool_parsing", "made_up", {"made_up": "perhaps"}),
    Wrong("bool_type", "made_up", {"made_up": ["yes"]}),
    Wrong("int_parsing", "age.minimum", {"age.minimum": "eighteen"}),
    Wrong("int_type", "age.minimum", {"age.minimum": [18]}),
    Wrong("int_from_float", "on_call.hours", {"on_call.hours": 1.5}),
    Wrong("decimal_parsing", "doses.single[0].maximum", {"doses.single[0].maximum": "much"}),
    Wrong("decimal_type", "doses.single[0].maximum", {"doses.single[0].maximum": [40]}),
    Wrong("finite_number", "doses.single[0].maximum", {"doses.single[0].maximum": "Infinity"}),
    Wrong("tuple_type", "documents", {"documents": "all"}),
    Wrong("too_short", "limits[0].bands", {"limits[0].bands": []}),
    Wrong("model_type", "age", {"age": "adults"}),
    Wrong("dict_type", "messages", {"messages": "hello"}),
    Wrong("greater_than_equal", "age.minimum", {"age.minimum": -1}),
    Wrong("greater_than", "doses.pieces.holds", {"doses.pieces.holds": 0}),
    Wrong("less_than_equal", "tests[0].fresh_days", {"tests[0].fresh_days": 4000}),
    Wrong("time_parsing", "touchpoints[0].offset.at", {"touchpoints[0].offset.at": "noon"}),
    Wrong("time_type", "touchpoints[0].offset.at", {"touchpoints[0].offset.at": ["10:00"]}),
    Wrong(
        "date_from_datetime_parsing", f"{ITEM}[0].consequences[0].effective_from",
        {f"{ITEM}[0].consequences[0].effective_from": "2026-02-30"},
    ),
    Wrong(
        "date_from_datetime_inexact", f"{ITEM}[0].consequences[0].effective_from",
        {f"{ITEM}[0].consequences[0].effective_from": "2026-02-20 10:30"},
    ),
    Wrong(
        "date_type", f"{ITEM}[0].consequences[0].effective_from",
        {f"{ITEM}[0].consequences[0].effective_from": ["2026-02-20"]},
    ),
    Wrong("value_error", "baseline_limits[0]", {"baseline_limits[0].amount": 5}),
]  # fmt: skip

CHECKLISTS = [
    Wrong("said_twice", f"{ITEM}[10].code", {f"{ITEM}[10]": item("well", "yes_no")}),
    Wrong("said_twice", "checklists.screening",
          {"checklists.screening": {"title": "t", "version": "1", "items": [item("a", "text")]},
           "visits[0].checklist": "screening", "checklists.talk-content": GONE}),
    Wrong("checklist_code", "checklists.today-list.code", {"checklists.today-list.code": "other"}),
    Wrong("no_options", f"{ITEM}[10].options", {f"{ITEM}[10]": item("a", "one_of")}),
    Wrong("options", f"{ITEM}[10].options",
          {f"{ITEM}[10]": item("a", "text", options=[{"code": "b", "label": "B"}])}),
    Wrong("range", f"{ITEM}[10]", {f"{ITEM}[10]": item("a", "yes_no", minimum=1)}),
    Wrong("range", f"{ITEM}[10].maximum",
          {f"{ITEM}[10]": item("a", "integer", minimum=2, maximum=1)}),
    Wrong("instrument", f"{ITEM}[10].instrument", {f"{ITEM}[10]": item("a", "instrument")}),
    Wrong("unit", f"{ITEM}[10].unit", {f"{ITEM}[10]": item("a", "text", unit="kg")}),
    Wrong("unit", f"{ITEM}[10].units[0]",
          {f"{ITEM}[10]": item("a", "integer", unit="kg", units=["lb"])}),
    Wrong("unknown_unit", f"{ITEM}[1].unit", {f"{ITEM}[1].unit": "stones", f"{ITEM}[1].units": []}),
    Wrong("no_conversion", f"{ITEM}[1].units[0]", {f"{ITEM}[1].units": ["cm"]}),
    Wrong("unknown_item", f"{ITEM}[3].shown_when[0].item", {f"{ITEM}[3].shown_when[0].item": "no"}),
    Wrong("never_holds", f"{ITEM}[3].shown_when[0].or_not_known",
          {f"{ITEM}[2].allow_not_known": False}),
    Wrong("never_holds", f"{ITEM}[1].consequences[0].when",
          {f"{ITEM}[1].consequences[0].when": {"below": 10}}),
    Wrong("cycle", f"{ITEM}[9].shown_when",
          {f"{ITEM}[9].shown_when": [{"item": "note", "answered": True}]}),
    Wrong("never_asked", f"{ITEM}[10].shown_when",
          {f"{ITEM}[10]": item("a", "text", shown_when=[
              {"item": "lithium_on", "answered": True}, {"item": "lithium", "equals": False}])}),
    Wrong("never_asked", f"{ITEM}[8].shown_when",
          {f"{ITEM}[8].shown_when": [
              {"item": "weight", "below": 50}, {"item": "weight", "at_least": 50}]}),
    Wrong("never_asked", f"{ITEM}[9].shown_when",
          {f"{ITEM}[9].shown_when": [{"item": "hours", "above": 3}, {"item": "hours", "below": 4}]}),
    Wrong("washout_days", f"{ITEM}[5].consequences[0].days",
          {f"{ITEM}[5].consequences[0].days": GONE}),
    Wrong("optional_finding", f"{ITEM}[0].consequences[0].meaning", {f"{ITEM}[0].required": False}),
    Wrong("effective", f"{ITEM}[0].consequences[0].effective_to",
          {f"{ITEM}[0].consequences[0].effective_from": "2026-02-01",
           f"{ITEM}[0].consequences[0].effective_to": "2026-01-01"}),
    Wrong("no_question", f"{ITEM}[0].consequences[0].when",
          {f"{ITEM}[0].consequences[0].when": {}}),
    Wrong("no_number", f"{ITEM}[0].consequences[0].when",
          {f"{ITEM}[0].consequences[0].when": {"below": 3}}),
    Wrong("no_such_answer", f"{ITEM}[5].consequences[0].when.any_of[1]",
          {f"{ITEM}[5].consequences[0].when.any_of": ["blue", "green"]}),
    Wrong("no_such_answer", f"{ITEM}[0].consequences[0].when.equals",
          {f"{ITEM}[0].consequences[0].when.equals": "blue"}),
    Wrong("no_licence", "screening.licence",
          {"screening.text_included": False, "screening.slot": "text", "screening.terms": "t"}),
    Wrong("slot", "screening.slot", {"screening.text_included": False, "screening.licence": "l"}),
    Wrong("no_terms", "screening.terms",
          {"screening.text_included": False, "screening.slot": "text", "screening.licence": "l"}),
    Wrong("not_scored", f"{ITEM}[8].instrument", {f"{ITEM}[8].instrument": "c-ssrs"}),
    Wrong("unknown_form", f"{ITEM}[8].instrument", {f"{ITEM}[8].instrument": "tea-leaves"}),
    Wrong("unknown_item", f"{SCORING}.items[2]", {f"{SCORING}.items[2]": "three"}),
    Wrong("unknown_item", f"{SCORING}.reversed[1]", {f"{SCORING}.reversed[1]": "three"}),
    Wrong("unknown_item", f"{SCORING}.flags[0].item", {f"{SCORING}.flags[0].item": "three"}),
    Wrong("no_value", f"{SCORING}.items[0]",
          {"checklists.scale.items[0].options[1].value": None, f"{SCORING}.bands": []}),
    Wrong("no_value", f"{SCORING}.items[2]",
          {"checklists.scale.items[2]": item("three", "text"), f"{SCORING}.items[2]": "three",
           f"{SCORING}.bands": []}),
    Wrong("hole", f"{SCORING}.bands[1].minimum", {f"{SCORING}.bands[1].minimum": 4}),
    Wrong("hole", f"{SCORING}.bands[1].maximum", {f"{SCORING}.bands[1].maximum": 4}),
    Wrong("overlap", f"{SCORING}.bands[1].minimum", {f"{SCORING}.bands[1].minimum": 2}),
]  # fmt: skip

COURSE = [
    Wrong("unreachable_phase", "course[0].sessions",
          {"course[0].sessions": GONE}),
    Wrong("range", "course[0].latest_days", {"course[0].latest_days": 3}),
    Wrong("beyond_course", "visits[0].cycles[2]", {"visits[0].cycles[2]": 9}),
    Wrong("condition_untold", "documents[0].only_if", {"documents[0].only_if": "Some need it"}),
    Wrong("condition_unsaid", "documents[0].only_if", {"documents[0].if_in_group": True}),
    Wrong("unknown_item", "documents[0].if_answered[0]",
          {"documents[0].only_if": "Some need it", "documents[0].if_answered": ["weather"]}),
    Wrong("condition_untold", "tests[0].if_answered", {"tests[0].only_if": "Some need it"}),
    Wrong("condition_unsaid", "tests[0].only_if", {"tests[0].if_answered": ["well"]}),
    Wrong("unknown_item", "tests[0].if_answered[0]",
          {"tests[0].only_if": "Some need it", "tests[0].if_answered": ["weather"]}),
    Wrong("unknown_role", "documents[0].if_another",
          {"documents[0].only_if": "Some need it", "documents[0].if_another": "druid"}),
    Wrong("said_twice", "gates[1].code", {"gates[1].code": "consent"}),
    Wrong("said_twice", "denial_reasons[1].code",
          {"denial_reasons[1]": {"code": "unwell", "label": "Again", **SAID}}),
    Wrong("said_twice", "denial_reasons[0].code", {"denial_reasons[0].code": "none-of-these"}),
    Wrong("unknown_item", "denial_reasons[0].given_by[0]",
          {"denial_reasons[0].given_by": ["weather"]}),
    Wrong("unknown_gate", "gates[4].code", {"gates[4].code": "weather"}),
    Wrong("gate_without_rule", "gates[4].code", {"on_call": GONE}),
    Wrong("gate_nobody_clears", "gates[5].code",
          {"gates[5]": {"code": "second_person", "decider": "nobody", **SAID}}),
    Wrong("unknown_decider", "gates[2].decider", {"gates[2].decider": "role:wizard"}),
    Wrong("nobody_does", "roles",
          {"roles[0].acts": ["decide_eligibility", "prepare", "order_dose", "give_dose", "release"]}),
    Wrong("reachable_minutes", "roles[1].minutes", {"roles[1].minutes": GONE}),
    Wrong("range", "age.maximum", {"age.maximum": 17}),
    Wrong("range", "visits[0].count_typical", {"visits[0].count_typical": 0}),
    Wrong("range", "visits[0].window.latest", {"visits[0].window.latest.days": -31}),
    Wrong("unknown_role", "visits[0].staff[0]", {"visits[0].staff[0]": "druid"}),
    Wrong("unknown_role", "touchpoints[0].owner", {"touchpoints[0].owner": "druid"}),
    Wrong("unknown_checklist", "visits[0].checklist", {"visits[0].checklist": "talk"}),
    Wrong("unknown_checklist", "enrolments[0].checklist", {"enrolments[0].checklist": "talk"}),
    Wrong("never_says_no", "enrolments[0].checklist",
          {"checklists.register-form.items[0].consequences": []}),
    Wrong("unknown_form", "tests[0].code", {"tests[0].code": "urine-test"}),
    Wrong("unknown_form", "measures[0].instrument", {"measures[0].instrument": "tea-leaves"}),
    Wrong("never_used", "checklists.spare",
          {"checklists.spare": {"title": "t", "version": "1", "items": [item("a", "text")]}}),
    Wrong("never_used", "messages.bye", {"messages.bye": {"subject": "Hello", "body": "Hello"}}),
    Wrong("no_washout_days", "washouts[0].days", {"washouts[0].days": GONE}),
    Wrong("half_life", "washouts[1].half_lives", {"washouts[1].half_life_source": GONE}),
    Wrong("half_life", "washouts[1].half_life_item", {"washouts[1].half_life_hours": 30}),
    Wrong("no_last_taken", "washouts[0].last_on_item", {"washouts[0].last_on_item": GONE}),
    Wrong("unknown_item", "washouts[0].taken_item", {"washouts[0].taken_item": "no"}),
    Wrong("kind", "washouts[0].last_on_item", {"washouts[0].last_on_item": "note"}),
    Wrong("kind", "washouts[2].taken_item", {"washouts[2].taken_options": []}),
    Wrong("no_such_answer", "washouts[2].taken_options[1]",
          {"washouts[2].taken_options[1]": "green"}),
    Wrong("tells_to_stop", "summary", {"summary": "Stop taking your lithium a week before."}),
    Wrong("no_message", "touchpoints[0].message", {"touchpoints[0].message": GONE}),
    Wrong("unknown_message", "touchpoints[0].message", {"touchpoints[0].message": "bye"}),
    Wrong("no_form", "touchpoints[0].instruments",
          {"touchpoints[0].instruments": [],
           "measures[1]": {"instrument": "scale", "at_baseline": True, **SAID}}),
    Wrong("unknown_form", "touchpoints[0].instruments[1]",
          {"touchpoints[0].instruments[1]": "tea-leaves"}),
    Wrong("result_slot", "touchpoints[0].instruments[1]",
          {"touchpoints[0].instruments[1]": "c-ssrs"}),
    Wrong("not_neutral", "messages.hello.body", {"messages.hello.body": "Your moonstone."}),
    Wrong("unknown_place", "messages.hello.body", {"messages.hello.body": "Dear {name}"}),
    Wrong("no_due_days", "reports[0].due_days", {"reports[0].due_days": GONE}),
    Wrong("whose_awareness", "reports[1].awareness_of", {"reports[1].awareness_of": GONE}),
    Wrong("period_ends", "reports[0].period_ends", {"reports[0].period_ends": []}),
    Wrong("field_without_source", "reports[1].fields", {"reports[1].fields": []}),
    Wrong("unknown_item", "reports[1].fields[1].item",
          {"reports[1].fields[1]": {"item": "why", **SAID}}),
]  # fmt: skip

DAY = [
    Wrong("steps", "parameters[0].steps", {"parameters[0].steps": {0: "No"}}),
    Wrong("unknown_parameter", "monitoring[0].parameters[3]", {"monitoring[0].parameters[3]": "x"}),
    Wrong("unknown_parameter", "miss_reasons[0].excuses[0]", {"miss_reasons[0].excuses[0]": "x"}),
    Wrong("never_measured", "limits[0].parameter",
          {"monitoring[0].parameters": ["awake"], "today.vitals": [], "release.vitals": [],
           "baseline_limits": []}),
    Wrong("never_measured", "today.checklist", {"checklists.today-list.items[0].loinc": GONE}),
    Wrong("unknown_unit", "parameters[1].also_in[0]", {"parameters[1].also_in[0]": "K"}),
    Wrong("unit", "limits[0].unit", {"limits[0].unit": "bpm"}),
    Wrong("hole", f"{BANDS}[1].starts", {f"{BANDS}[1].starts": 41}),
    Wrong("hole", f"{BANDS}[0].starts", {f"{BANDS}[0].starts": 10}),
    Wrong("overlap", f"{BANDS}[1].starts", {f"{BANDS}[1].starts": 39}),
    Wrong("range", f"{BANDS}[1].below",
          {f"{BANDS}[1].below": 40, f"{BANDS}[2].starts": 40}),
    Wrong("order", "monitoring[0].at_minutes[2]", {"monitoring[0].at_minutes": [0, 60, 30, 90]}),
    Wrong("overlap", "monitoring[0].late_minutes", {"monitoring[0].late_minutes": 25}),
    Wrong("check_after_release", "monitoring[0].at_minutes[3]",
          {"monitoring[0].at_minutes[3]": 300, "monitoring[0].cadence": []}),
    Wrong("check_after_release", "monitoring[0].after_supplement[2]",
          {"monitoring[0].after_supplement[2]": 300}),
    Wrong("never_due", "monitoring[0].cadence[0].until_minute",
          {"monitoring[0].cadence[0].until_minute": 70}),
    Wrong("no_release", "release", {"release": GONE, "checklists.leaving-list": GONE}),
    Wrong("order", "ratio[1].below",
          {"ratio[1].below": 10, "ratio[2]": {"clients_per_staff": 1, **SAID}}),
    Wrong("hole", "minimum_stay.rows[1].below", {"minimum_stay.rows[1].below": 50}),
    Wrong("overlap", "ratio[0].below", {"ratio[0].below": GONE}),
    Wrong("range", "minimum_stay.rows[0].shorter.minutes",
          {"minimum_stay.rows[0].shorter.minutes": 120}),
    Wrong("unknown_product", "minimum_stay.rows[0].shorter.not_for[0]",
          {"minimum_stay.rows[0].shorter.not_for[0]": "fancy"}),
    Wrong("no_amount", "doses.single[1]", {"doses.single[1].maximum": GONE}),
    Wrong("range", "doses.single[0].maximum", {"doses.single[0].maximum": 61}),
    Wrong("range", "doses.total[0].maximum", {"doses.total[0].minimum": 70}),
    Wrong("no_total", "doses.total", {"doses.total": []}),
    Wrong("unit_without_strength", "doses.strength", {"unit": "mL"}),
    Wrong("strength_without_use", "doses.strength",
          {"doses.strength": {"amount": 2, "unit": "mg", **SAID}}),
    Wrong("amount_of_what", "doses.amounts_as", {"doses.amounts_as": GONE}),
    Wrong("piece_of_what", "doses.pieces.holds", {"doses.pieces.at_most": 10}),
    Wrong("unreachable_amount", "doses.pieces.counts[2]", {"doses.pieces.counts[2]": 5}),
    Wrong("unreachable_amount", "doses.by_session[0].amounts[1]",
          {"doses.by_session[0].amounts[1]": 15}),
    Wrong("hole", "doses.by_session[1].from_session", {"doses.by_session[1].from_session": 3}),
    Wrong("overlap", "doses.by_session[1].from_session", {"doses.by_session[1].from_session": 1}),
    Wrong("range", "doses.supplementary.latest_minutes",
          {"doses.supplementary.latest_minutes": 30}),
    Wrong("range", "doses.supplementary.at_most", {"doses.supplementary.at_most": 0}),
]  # fmt: skip

WRONG = [*MISFITS, *CHECKLISTS, *COURSE, *DAY]


# What is wrong before there is a document: the place, the line, the code, the text.
UNREADABLE = [
    ("", None, "empty", ""),
    ("", None, "empty", "# only a remark\n"),
    ("", None, "too_long", "a" * 1_000_001),
    ("", None, "syntax", b"title: \xff"),
    ("", 2, "syntax", "code: whole\ntitle: \x07"),
    ("", 2, "syntax", "code: whole\n title: bare\n"),
    ("", 1, "syntax", "code: &name whole\ntitle: *name\n"),
    ("", 2, "syntax", "code: whole\ntitle: !!python/name:os.system\n"),
    ("", 1, "syntax", "code: " + "[" * 50 + "]" * 50),
    ("", 2, "key", "code: whole\n[a, b]: c\n"),
    ("code", 2, "said_twice", "code: whole\ncode: other\n"),
]
