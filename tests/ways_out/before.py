"""Before the session: texts signed, questionnaires filled, visits held, the way home planned."""

from django.utils.timezone import localtime

from clinic.checklists.files import instrument
from clinic.checklists.models import Form
from clinic.checklists.queries import checklist_of
from sessions.rehearsal.answering import harmless, scored
from tests.ways_out.clearing import clears

MEASURES = {"PHQ-9": "phq-9", "GAD-7": "gad-7"}


@clears("consent")
def a_text_is_signed(house, obstacle):
    """The person reads the text and types their name; the facilitator witnesses it."""
    person = house.facilitator
    title = obstacle.words.removesuffix(": not signed.")
    page = person.follows(person.opens(obstacle.place), "Read and sign", under=title)
    person.signs(page, "Sign and witness", printed_name="Rowan Ashgrove")


@clears("tests_fresh")
def a_questionnaire_is_filled(house, obstacle):
    """The person answers the questionnaire anew, with the facilitator."""
    person = house.facilitator
    title = obstacle.words.split(" has not been completed")[0].split(" is good until")[0]
    page = person.opens(obstacle.place)
    begun = person.presses(person.follows(page, f"Fill in {title}"), "Begin this form")
    answers = scored(instrument(MEASURES[title.split(",")[0]]), 1)
    person.presses(person.opens(begun), "Save and complete", **typed(answers))


@clears("preparation_visits")
def a_preparation_visit_is_held(house, obstacle):
    """A visit is booked where there is none; the facilitator holds it and goes through its list."""
    person, page = house.facilitator, house.facilitator.opens(obstacle.place)
    if any("Begin the preparation" in words for words in page.pressable):
        page = person.opens(person.presses(page, "Begin the preparation"))
    if not any("/preparation/visit/" in link.href for link in page.links):
        booked(house, page.link("Book", under="Preparation visit"))
        page = person.opens(obstacle.place)
    begun = person.presses(person.follows(page, to="/preparation/visit/"), "Begin the visit")
    page = person.opens(begun)
    answers = harmless_on(house, page.url.split("/")[-2])
    house.goes_on(minutes=60)
    person.presses(page, "Save, the visit is done", **answers)


@clears("way_home")
def the_way_home_is_planned(house, obstacle):
    """The facilitator writes down who fetches the person."""
    person = house.facilitator
    page = person.opens(obstacle.place)
    form, _ = page.button("Save the plan")
    fetched = {"pickup_time": "17:30"} if form.controls["pickup_day"].value[0] else {}
    person.presses(
        page,
        "Save the plan",
        kind="adult_present",
        escort_name="Alder Ashgrove",
        escort_phone="+1 212 555 0143",
        will_not_drive="on",
        **fetched,
    )


def booked(house, address):
    """Intake staff book a visit with the facilitator, in a room that is free; its moment comes."""
    house.goes_on(minutes=20)  # whoever is with somebody else until now is free by then
    person = house.intake
    page = person.opens(address)
    wanted, _ = page.button("Book")
    local = localtime(timezone=house.house.site.tz)
    chosen = {
        name: str(house.facilitator.user.pk)
        for name in wanted.controls
        if name.startswith("person_facilitator")
    }
    return person.presses(
        page,
        "Book",
        day=f"{local:%Y-%m-%d}",
        begins=f"{local:%H:%M}",
        room=wanted.controls["room"].options[-1],
        **chosen,
    )


def typed(answers):
    """Answers as they are typed into the questions of a page."""
    words = {True: "yes", False: "no"}
    return {
        f"q_{code}": words[answer.value] if isinstance(answer.value, bool) else answer.value
        for code, answer in answers.items()
    }


def harmless_on(house, about_key):
    """Harmless answers to the newest list about a visit or a session."""
    with house.looking() as there:
        checklist = checklist_of(Form.objects.filter(about_key=about_key).latest("pk"))
        on = localtime(timezone=there.site.tz).date()
    return typed(harmless(checklist, on))
