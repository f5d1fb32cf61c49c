"""Documents for these tests: the shipped one, a bare one, and random valid ones."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from clinic.protocols.calculators import DoseGiven
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import library, read

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# What no page, form or print of a licensed service says.
FORBIDDEN = re.compile(
    r"\b(patients?|treat(?:s|ed|ment|ments|ing)?|clinicians?|prescri\w+|diagnos\w+)\b", re.I
)
SAID = {"basis": "house", "source": "Made up for a test"}


@cache
def shipped(code):
    """A protocol of the library."""
    return read(library()[code])


def every_shipped():
    return [shipped(code) for code in library()]


def ketamine():
    return shipped("ketamine-im")


def a_protocol(**changes):
    """A protocol with nothing but what every protocol has; changes are fields of the document."""
    nouns = "person people clinician clinicians session sessions adverse_event adverse_events"
    return ProtocolDocument.model_validate(
        {
            "code": "bare",
            "title": "A bare protocol",
            "edition": "1",
            "substance": "substance",
            "substance_label": "Substance",
            "substance_form": "Powder",
            "route": "oral",
            "unit": "mg",
            "jurisdiction": "US",
            "indication": "None",
            "nouns": {noun: noun for noun in [*nouns.split(), "supporter"]},
            "screening": a_checklist(),
            "doses": {"single": [{"maximum": "50", **SAID}]},
        }
        | changes
    )


def a_checklist(**changes):
    item = {"code": "well", "kind": "yes_no", "text": "Are you well?"}
    return {"code": "screening", "title": "Screening", "version": "1", "items": [item]} | changes


def a_dose(amount=50, minutes=0):
    return DoseGiven(NOON + minutes * MINUTE, None if amount is None else Decimal(amount))


amounts = st.decimals(min_value=0, max_value=1000, places=2)
minutes = st.integers(min_value=0, max_value=600)
doses = st.lists(
    st.builds(
        DoseGiven,
        at=minutes.map(lambda each: NOON + each * MINUTE),
        amount=st.none() | amounts,
        supplementary=st.booleans(),
    ),
    max_size=4,
)


@st.composite
def tables(draw, field, values):
    ends = sorted(draw(st.sets(amounts, max_size=5)))
    return [{"below": end, field: draw(values), **SAID} for end in [*ends, None]]


@st.composite
def limits(draw):
    edges = sorted(draw(st.sets(amounts, max_size=6)))
    names = st.sampled_from(["impossible", "alarming", "hold", "normal"])
    bands = [
        {"name": draw(names), "starts": starts, "below": below, **SAID}
        for starts, below in zip([None, *edges], [*edges, None], strict=True)
    ]
    return {"parameter": "pulse", "phase": "after_dose", "bands": bands}


@st.composite
def monitoring(draw):
    listed = sorted(draw(st.sets(st.integers(0, 400), min_size=1, max_size=8)))
    return {
        "code": "vitals",
        "parameters": ["pulse", "pain"],
        "at_minutes": listed,
        "early_minutes": draw(st.integers(0, 10)),
        "late_minutes": draw(st.integers(0, 10)),
        "after_supplement": sorted(draw(st.sets(st.integers(0, 100), max_size=4))),
        "then_every": draw(st.none() | st.integers(5, 60)),
        **SAID,
    }


@st.composite
def protocols(draw):
    """A random document whose every part is well-formed and whose tables have no hole."""
    stay = {
        "counted_from": draw(st.sampled_from(["first_dose", "last_dose"])),
        "rows": draw(tables("minutes", st.integers(0, 600))),
    }
    return a_protocol(
        minimum_stay=draw(st.none() | st.just(stay)),
        ratio=draw(st.just([]) | tables("clients_per_staff", st.integers(1, 25))),
        monitoring=[draw(monitoring())],
        parameters=[
            {"code": "pulse", "label": "Pulse", "short": "P"},
            {"code": "pain", "label": "Pain", "short": "Pain"},
        ],
        limits=[draw(limits())],
        miss_reasons=[{"code": "resting", "label": "Resting", "excuses": ["pain"]}],
    )
