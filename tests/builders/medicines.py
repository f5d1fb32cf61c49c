"""Medicines of a case, as who screens writes them down."""

from clinic.screening.medicines import actions
from tests.builders.house import NOON

NOTHING_SAID = {
    "dose": None, "unit": "", "frequency": "", "last": "", "last_on": "", "half_life_hours": None,
    "falls_under": [], "agreed_by": None, "agreed_outside": "", "agreed_contact": "",
    "agreed_on": None, "words": "",
}  # fmt: skip
OUTSIDE = {"agreed_outside": "Dr Fir", "agreed_contact": "+1 212 555 0177"}


def a_medicine(house, case, *, at=NOON, by=None, name="Ayahuasca", state="taken", **told):
    """A medicine that somebody has listed; it falls under the washout of the house's protocol."""
    said = NOTHING_SAID | {"falls_under": ["other-psychedelic"]} | told
    return actions.add(case, by=by or house.intake, at=at, name=name, state=state, **said)


def changed(house, medicine, *, at=NOON, by=None, state="left", **told):
    """The same line, said anew."""
    said = NOTHING_SAID | {"falls_under": medicine.falls_under, "name": medicine.name} | told
    return actions.change(medicine, by=by or house.intake, at=at, state=state, **said)
