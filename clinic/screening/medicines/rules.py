"""Why a medicine cannot be listed, or a line of the list not be changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from clinic.access import Permission, may
from clinic.cases.models import Case
from clinic.checklists.days import latest_possible
from clinic.screening.medicines.models import ListedMedicine
from clinic.screening.medicines.queries import lines_of, may_order
from clinic.workflow import CHANGED, ROLE, Obstacle, gate

DAY = gate(
    "medicine_day", "What is told of a medicine is of today or before, and of this person's life."
)
LISTED = gate("medicine_listed", "A medicine stands on the list once.")
NOBODY_AGREED = gate(
    "taper_without_agreement",
    "A medicine is left off step by step only as agreed with whoever orders it, on a day.",
)
TWO_AGREED = gate("taper_agreed_by_two", "One person is named who agreed, of the house or outside.")
NOT_LICENSED = gate(
    "taper_not_licensed",
    "Who agreed that a medicine is left off holds a licence, seen and in force, to order medicines.",
)
NO_WORDS = gate("medicine_without_words", "A line is marked as a mistake with the reason.")
ENTERERS = (Permission.SCREEN, Permission.PREPARE, Permission.DECIDE)
State = ListedMedicine.State
Facts = Mapping[str, Any]


def obstacles_to_list(
    case: Case, *, by: Any, at: datetime, told: Facts | None = None
) -> Iterator[Obstacle]:
    """Who screens, prepares or decides lists what is taken, whatever has become of the case.

    Asked without what was `told`, as a page does before the form, it leaves out what the form
    answers.
    """
    yield from _obstacles_in_role(case, by)
    if told is not None:
        yield from _obstacles_in_list(case, told["name"])
        yield from _obstacles_in_what_is_told(case, told, at)


def obstacles_to_change(
    medicine: ListedMedicine, *, by: Any, at: datetime, told: Facts | None = None
) -> Iterator[Obstacle]:
    """A line is changed from what stands: nobody writes over what somebody else has just said."""
    yield from _obstacles_in_role(medicine.case, by)
    if ListedMedicine.objects.filter(replaces=medicine).exists():
        yield CHANGED("Somebody has changed this line since. Look at the list again.")
    if told is not None:
        yield from _obstacles_in_list(medicine.case, told["name"], but=medicine)
        yield from _obstacles_in_what_is_told(medicine.case, told, at)
        if told["state"] == State.MISTAKEN and not told["words"].strip():
            yield NO_WORDS("Say why this line is a mistake.")


def _obstacles_in_role(case: Case, by: Any) -> Iterator[Obstacle]:
    if not any(may(by, permission, site=case.site_id) for permission in ENTERERS):
        yield ROLE("None of your roles at this site keeps lists of medicines.")


def _obstacles_in_list(
    case: Case, name: str, but: ListedMedicine | None = None
) -> Iterator[Obstacle]:
    for line in lines_of(case):
        is_another = but is None or line.now.line != but.line
        is_same = line.now.name.casefold() == name.strip().casefold()
        if is_another and is_same and not line.now.is_mistaken:
            yield LISTED("This medicine is on the list already. Change its line.")


def _obstacles_in_what_is_told(case: Case, told: Facts, at: datetime) -> Iterator[Obstacle]:
    today = at.astimezone(case.site.tz).date()
    if told["agreed_on"]:
        yield from _obstacles_in_days(case, told["agreed_on"], told["agreed_on"], today)
    if told["last_on"]:
        first, last = _earliest_possible(told["last_on"]), latest_possible(told["last_on"], today)
        yield from _obstacles_in_days(case, first, last, today)
    inside, outside = told["agreed_by"], told["agreed_outside"].strip()
    if inside and outside:
        yield TWO_AGREED("Name one person who agreed: of this house, or outside it.")
    if told["state"] == State.LEAVING and not (inside or outside):
        yield NOBODY_AGREED("Name who orders this medicine and agreed that it is left off.")
    if bool(inside or outside) != bool(told["agreed_on"]):
        yield NOBODY_AGREED("Give the day of the agreement together with who agreed.")
    if outside and not told["agreed_contact"].strip():
        yield NOBODY_AGREED("Say how the person outside is reached.")
    if inside and told["agreed_on"] and not may_order(inside, case, told["agreed_on"]):
        yield NOT_LICENSED(
            f"{inside} held no verified licence in force on {told['agreed_on']:%d %B %Y}"
            f" in {case.site.jurisdiction} that lets them order medicines."
        )


def _obstacles_in_days(case: Case, first: date, last: date, today: date) -> Iterator[Obstacle]:
    if first > today:
        yield DAY(f"{first:%d %B %Y} lies ahead.")
    if last < case.patient.date_of_birth:
        yield DAY(f"{last:%d %B %Y} lies before the person was born.")


def _earliest_possible(said: str) -> date:
    year, month, day = (int(part) for part in [*said.strip().split("-"), "1", "1"][:3])
    return date(year, month, day)
