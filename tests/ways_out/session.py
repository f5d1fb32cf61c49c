"""In the session: what is due is charted, time passes, the person is let go under a signature."""

import re
from dataclasses import replace

from django.urls import reverse
from django.utils.timezone import localtime

from sessions.rehearsal.walk import CALM
from tests.ways_out.before import harmless_on
from tests.ways_out.clearing import CLEARS, clears

CHECK_EVERY = 15


@clears("minimum_stay", and_others=True)
def the_least_stay_passes(house, obstacle):
    """Time passes until then; whatever check falls due meanwhile is charted."""
    until = re.search(r"\d\d:\d\d", obstacle.words)[0]
    while f"{localtime(timezone=house.house.site.tz):%H:%M}" < until:
        house.goes_on(minutes=CHECK_EVERY)
        for key in house.sessions:
            if house.is_live(key):
                charted(house, reverse("supervised:observe", args=[key]))


@clears("release_vitals", and_others=True)
def calm_readings_are_charted(house, obstacle):
    charted(house, obstacle.place)


def charted(house, address):
    """The nurse charts a calm set: the check that is due, or one between two."""
    page = house.nurse.opens(address)
    asked, _ = page.button("Save")
    readings = {f"r_{code}": value for code, value in CALM.items() if f"r_{code}" in asked.controls}
    house.nurse.presses(page, "Save", **readings)


@clears("release_criteria", and_others=True)
@clears("release_criteria_stale", and_others=True)
def the_criteria_are_checked(house, obstacle):
    """The nurse goes through the version's list for leaving and finds it met."""
    page = house.nurse.opens(obstacle.place)
    if "Finish" not in page.pressable:
        begins = "Check again" if "Check again" in page.pressable else "Begin"
        page = house.nurse.opens(house.nurse.presses(page, begins))
    answers = harmless_on(house, page.url.split("/")[-3])
    house.nurse.presses(page, "Finish", **answers)


@clears("release_capacity", and_others=True)
def a_capacity_is_taken(house, obstacle):
    """Whoever is to let the person go says in which capacity they are there."""
    house.nurse.presses(
        house.nurse.opens(obstacle.place),
        "Save",
        user=str(house.nurse.user.pk),
        where="with_client",
        capacity="nurse",
    )


@clears("session_unsigned", and_others=True)
def the_session_is_brought_to_its_end(house, obstacle):
    """Everything before the release is cleared; the nurse lets the person go and signs."""
    key = obstacle.place.split("/")[-2]
    if house.is_live(key):
        page = house.clears_page(house.nurse, reverse("supervised:release", args=[key]))
        house.nurse.signs(page, "Sign and release")
    page = house.nurse.opens(reverse("supervised:sign", args=[key]))
    house.nurse.signs(page, "Sign")


@clears("in_the_room", and_others=True)
def the_session_of_the_case_is_brought_to_its_end(house, obstacle):
    """The case file leads to the run sheet, and from there on it is the same way."""
    page = house.nurse.opens(obstacle.place)
    sheet = page.link(to="/session/")
    CLEARS["session_unsigned"](house, replace(obstacle, place=sheet))
