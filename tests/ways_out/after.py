"""After the session: contacts are made or called off, the integration visit is held."""

from datetime import UTC, datetime

from django.utils.timezone import localdate, localtime

from tests.ways_out.before import booked
from tests.ways_out.clearing import clears


@clears("open_touchpoint")
def a_contact_is_dealt_with(house, obstacle):
    """A contact that is due is made; one still to come is called off with the reason."""
    page = house.facilitator.opens(obstacle.place)
    if due_on(obstacle) > localdate():
        house.facilitator.presses(page, "Call it off", words="Seen in person until then.")
    else:
        house.facilitator.presses(page, "Contact made", words="Slept well, in good spirits.")


def due_on(obstacle):
    """The day a contact is due, as its obstacle says it."""
    day = obstacle.words.rpartition(", ")[2].split(":")[0]
    return datetime.strptime(day, "%d %B %Y").replace(tzinfo=UTC).date()


@clears("integration_visits")
def an_integration_visit_is_held(house, obstacle):
    """Intake staff book it; the facilitator receives the person, writes the note, finishes."""
    offers = house.intake.opens(obstacle.place)
    person = house.facilitator
    page = person.opens(booked(house, offers.url + offers.link("Book Integration")))
    page = person.follows(page, f"{localtime(timezone=house.house.site.tz):%H:%M} to")
    visit = person.presses(person.follows(page, "The person is here"), "The person is here")
    house.goes_on(minutes=60)
    file = person.follows(person.opens(visit), to="/case/")
    page = person.follows(file, to="/integration/visit/")
    noted = person.presses(page, "Save the note", body="Spoke of the sea; calm.")
    person.presses(person.opens(noted), "Finish the visit")


@clears("open_matter")
def a_matter_is_seen_to(house, obstacle):
    """The nurse takes what waits for somebody, and says what came of it."""
    page = house.nurse.opens(obstacle.place)
    if "I take this" in page.pressable:
        page = house.nurse.opens(house.nurse.presses(page, "I take this"))
    house.nurse.presses(page, "Close it", outcome="Seen to on the day; nothing more to do.")
