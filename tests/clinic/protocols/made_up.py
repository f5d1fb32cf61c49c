"""Protocols nobody wrote: any that fits the models, and any in which nothing contradicts itself."""

import types
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import reject
from hypothesis import strategies as st
from pydantic import BaseModel, StringConstraints, ValidationError
from pydantic.fields import FieldInfo

from clinic.protocols.document import ProtocolDocument, Unit
from clinic.protocols.dose_rules import NEEDS_STRENGTH
from tests.clinic.protocols.builders import SAID, a_checklist, a_protocol, amounts, tables

# No surrogate is a character of any text.
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
codes = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True)
BY_PATTERN = {
    "^[a-z0-9]": codes,
    "^(nobody": st.sampled_from(["nobody", "prescriber", "sponsor_ethics", "role:medical_lead"]),
    "^(0[13578]": st.sampled_from(["01-31", "02-28", "06-30", "12-31"]),
}


def that_fit() -> st.SearchStrategy[ProtocolDocument]:
    """A protocol one or two parts of which are anything at all that fits the models."""
    optional = [n for n, info in ProtocolDocument.model_fields.items() if n != "checklists"]
    parts = st.lists(st.sampled_from(optional), min_size=1, max_size=2, unique=True)
    return parts.flatmap(
        lambda names: st.fixed_dictionaries(
            {name: _field(ProtocolDocument.model_fields[name]) for name in names}
        )
    ).map(lambda changes: a_protocol(**changes))


def _part(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Any piece of a model, drawn from the model itself: each field there or left out."""
    fields = {name: _field(info) for name, info in model.model_fields.items()}
    wanted = {n: s for n, s in fields.items() if model.model_fields[n].is_required()}
    optional = {n: s for n, s in fields.items() if n not in wanted}
    return st.fixed_dictionaries(wanted, optional=optional).map(
        lambda content: _made(model, content)
    )


def _made(model: type[BaseModel], content: dict[str, Any]) -> Any:
    """A few pieces have rules between their own fields."""
    try:
        return model.model_validate(content)
    except ValidationError:
        reject()


def _field(info: FieldInfo) -> st.SearchStrategy[Any]:
    return _of(info.annotation, list(info.metadata))


def _of(kind: Any, limits: list[Any]) -> st.SearchStrategy[Any]:
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _of(inside[0], [*inside[1:], *limits])
    if origin is Literal:
        return st.sampled_from(inside)
    if origin in (Union, types.UnionType):
        return st.one_of(
            [st.none() if each is type(None) else _of(each, limits) for each in inside]
        )
    if origin is tuple:
        least = _limit(limits, "min_length") or 0
        return st.lists(_of(inside[0], []), min_size=least, max_size=max(1, least)).map(tuple)
    if origin is dict:
        return st.dictionaries(_of(inside[0], []), _of(inside[1], []), max_size=1)
    return _plain(kind, limits)


def _plain(kind: Any, limits: list[Any]) -> st.SearchStrategy[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _part(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    pattern = next((e.pattern for e in limits if isinstance(e, StringConstraints)), None) or ""
    found = [s for start, s in BY_PATTERN.items() if pattern.startswith(start)]
    if kind is str:
        is_words = any(isinstance(each, StringConstraints) for each in limits)
        return found[0] if found else words if is_words else st.just("") | words
    low, high = _limit(limits, "ge"), _limit(limits, "le")
    if _limit(limits, "gt") is not None:
        low = 1
    simple = {
        bool: st.booleans(),
        int: st.integers(low if low is not None else -9, high if high is not None else 999),
        Decimal: st.decimals(low, min(high or 99, 99), places=2, allow_nan=False),
        date: st.dates(),
        time: st.times(),
        Any: st.none(),
    }
    return simple[kind]


def _limit(limits: list[Any], name: str) -> Any:
    return next(
        (getattr(each, name) for each in limits if getattr(each, name, None) is not None), None
    )


# -- In which nothing contradicts itself -----------------------------------------------------------


@st.composite
def valid(draw) -> ProtocolDocument:
    """A protocol the checker has nothing to say about, with every kind of rule that is counted."""
    stays = draw(tables("minutes", st.integers(10, 600)))
    stay = {"counted_from": draw(st.sampled_from(["first_dose", "last_dose"])), "rows": stays}
    for row in stays:
        if draw(st.booleans()):
            least = {"minutes": row["minutes"] - 5, "within_days": draw(st.integers(0, 400))}
            row["shorter"] = least | {"not_for": draw(st.sampled_from([[], ["raw"]])), **SAID}
    unit = draw(st.sampled_from(list(Unit)))
    longest = max(row["minutes"] for row in stays)
    return a_protocol(
        unit=unit,
        doses=draw(_doses(unit)),
        course=draw(_course()),
        minimum_stay=stay,
        ratio=draw(st.just([]) | tables("clients_per_staff", st.integers(1, 25))),
        group=draw(st.none() | st.builds(dict, at_most=st.integers(1, 30), **_said())),
        parameters=[{"code": "pulse", "label": "Pulse", "short": "P"}],
        limits=[draw(_bands(phase)) for phase in ("before_dose", "after_dose", "release")],
        monitoring=[draw(_monitoring(longest))],
        release={"checklist": "leaving", "criteria_fresh_minutes": 15, "vitals": ["pulse"], **SAID},
        checklists={"leaving": a_checklist(code="leaving")},
        screening=SCREENING,
        washouts=[draw(_washout())],
        intervals=[{"min_days": draw(st.integers(0, 90)), **SAID}],
        reports=[draw(_report())],
        visits=[
            {
                "code": "v", "title": "Visit", "stage": "preparation", "count_min": 1,
                "count_typical": draw(st.integers(1, 4)), "minutes": 30,
                "cycles": draw(st.sampled_from([[], [1]])), **SAID,
            }
        ],
    )  # fmt: skip


SCREENING = a_checklist(
    items=[
        {"code": "taken", "kind": "yes_no", "text": "Taken?"},
        {"code": "last", "kind": "date", "text": "When?", "allow_approximate": True},
    ]
)


def _said():
    return {name: st.just(value) for name, value in SAID.items()}


@st.composite
def _doses(draw, unit):
    most = draw(st.decimals(1, 500, places=2))
    least = draw(st.none() | st.decimals(0, most, places=2))
    whole = draw(st.booleans())
    rules = {
        "single": [{"minimum": least, "maximum": most, **SAID}],
        "total": [{"maximum": most * 2, **SAID}],
        "products": ["raw", "made"],
        "amounts_as": draw(st.sampled_from(["base", "salt"])),
        "equivalents": [{"name": "as salt", "per_unit": draw(st.decimals("0.01", 9, places=2)), "unit": unit, **SAID}],
    }  # fmt: skip
    if unit in NEEDS_STRENGTH:
        rules["strength"] = {
            "amount": draw(st.decimals("0.01", 200, places=2)),
            "unit": "mg",
            **SAID,
        }
    if draw(st.booleans()):
        rules["pieces"] = {"name": "piece", "names": "pieces", **SAID}
        rules["pieces"] |= {"holds": most} if whole else {"at_most": most}
    if draw(st.booleans()):
        rules["by_session"] = [
            {"until_session": 2, "amounts": [most], **SAID},
            {"from_session": 3, "amounts": [most], **SAID},
        ]
    if draw(st.booleans()):
        earliest = draw(st.integers(0, 200))
        rules["supplementary"] = {
            "allowed": True, "at_most": draw(st.integers(1, 3)), "earliest_minutes": earliest,
            "latest_minutes": draw(st.none() | st.integers(earliest, 400)),
            "of_first": draw(st.none() | st.decimals("0.1", 1, places=1)), **SAID,
        }  # fmt: skip
    return rules


@st.composite
def _course(draw):
    phases = [
        {
            "code": f"phase-{number}", "title": "Phase", "sessions": draw(st.integers(1, 9)),
            "earliest_days": (earliest := draw(st.integers(0, 60))),
            "latest_days": draw(st.none() | st.integers(earliest, 90)), **SAID,
        }
        for number in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    if phases and draw(st.booleans()):
        del phases[-1]["sessions"]
    return phases


@st.composite
def _bands(draw, phase):
    edges = sorted(draw(st.sets(amounts, max_size=6)))
    names = st.sampled_from(["impossible", "alarming", "hold", "normal"])
    bands = [
        {"name": draw(names), "starts": starts, "below": below, **SAID}
        for starts, below in zip([None, *edges], [*edges, None], strict=True)
    ]
    return {"parameter": "pulse", "phase": phase, "bands": bands}


@st.composite
def _monitoring(draw, longest):
    listed = sorted(draw(st.sets(st.integers(0, longest), min_size=1, max_size=6)))
    cadence = []
    if longest - listed[-1] > 4 and draw(st.booleans()):
        cadence = [{"every": draw(st.integers(2, longest - listed[-1])), "until_minute": longest}]
    return {
        "code": "vitals", "parameters": ["pulse"], "at_minutes": listed, "early_minutes": 0,
        "late_minutes": 0, "cadence": cadence, "then_every": draw(st.none() | st.integers(5, 60)),
        **SAID,
    }  # fmt: skip


@st.composite
def _washout(draw):
    rule = {"code": "w", "label": "W", "taken_item": "taken", "last_on_item": "last", **SAID}
    if draw(st.booleans()):
        rule["days"] = draw(st.integers(0, 400))
    if "days" not in rule or draw(st.booleans()):
        rule |= {
            "half_lives": draw(st.decimals("0.5", 10, places=1)),
            "half_life_hours": draw(st.decimals("0.5", 400, places=1)),
            "half_life_source": "Made up", "and_days": draw(st.integers(0, 30)),
        }  # fmt: skip
    return rule


@st.composite
def _report(draw):
    clock = draw(st.sampled_from(["event", "awareness", "session", "period_end"]))
    rule = {"code": "r", "title": "R", "to": "Somebody", "due_days": draw(st.integers(0, 99))}
    ends = ["03-31", "06-30", "09-30", "12-31"] if clock == "period_end" else []
    return rule | {"clock_from": clock, "awareness_of": "the site", "period_ends": ends, **SAID}
