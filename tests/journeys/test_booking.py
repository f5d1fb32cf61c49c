"""The hours of the house are written down, and a whole course is planned within them."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from clinic.booking.course import solver
from clinic.booking.models import Stage
from tests.builders.booking import a_dosing_visit, a_visit
from tests.builders.cases import a_contact
from tests.builders.preparation import a_preparing_case
from tests.journeys import given

pytestmark = pytest.mark.browser
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(scope="module", autouse=True)
def _loaded():
    """A server that has proposed a course before: the solver is loaded once a process."""
    solver.load()


@transaction.atomic
def somebody_preparing(house, **more):
    return a_preparing_case(house, at=now() - 10 * DAY, **given.ROWAN, **more)


@transaction.atomic
def somebody_with_an_interpreter(house):
    case = somebody_preparing(house, interpreter_language="uk")
    a_contact(house, case.patient, at=now(), role="interpreter", name="Oksana", language="uk")


def test_a_week_of_work_and_a_closed_day_are_written_by_the_manager(house, somebody):
    mona = somebody(house.manager)
    mona.clicks("Staff", kind="link", exact=True)
    mona.clicks("Hours", kind="link", exact=True)
    mona.sees("No closed day to come")
    mona.clicks("Fay Facilitator", within=mona.page.get_by_role("main"))
    mona.types(**{"Monday,_from": "09:00"})
    mona.is_refused("Save")
    mona.sees("Give both times, or neither on a day off.")
    mona.types(**{"Monday,_until": "17:00"})
    mona.clicks("Save")
    mona.sees("09:00 to 17:00")

    mona.clicks("Close a day")
    mona.types(Day=f"{now() + 40 * DAY:%Y-%m-%d}", Name="Winter holiday")
    mona.clicks("Save")
    mona.sees("Winter holiday")
    mona.clicks("Open again")
    mona.sees("No closed day to come")


def test_a_whole_course_is_proposed_changed_and_booked(house, somebody):
    somebody_with_an_interpreter(house)
    ines = somebody(house.intake)
    ines.opens_the_case_of("Ashgrove")
    ines.clicks("Book a visit")
    ines.clicks("Plan the whole course")
    ines.fills("Talks not before", "19:30")
    ines.fills("Talks over by", "20:00")
    ines.clicks("Propose", state="nothing fits")
    ines.sees("No course fits", "Your wish: talks from 19:30 until 20:00.")

    ines.fills("Talks not before", "09:00")
    ines.clicks("Propose", state="a draft")
    ines.sees("A draft of 5 visits", "Nothing is booked yet.")
    last = ines.page.get_by_role("group", name="Integration visit").last
    assert (
        last.get_by_label("Who interprets", exact=True).locator(":checked").inner_text() == "Oksana"
    )
    last.get_by_label("Book this one").uncheck()
    ines.clicks("Book the course")
    ines.sees("The course is booked.", "Oksana interprets")
    assert ines.page.locator("main .rows > li").count() == 4


@transaction.atomic
def somebody_booked(house):
    """A session in a week, and a talk two days after it, at noon of the house."""
    case = somebody_preparing(house)
    noon = now().replace(minute=0, second=0, microsecond=0)
    session = a_dosing_visit(house, case, at=now(), starts_at=noon + 7 * DAY)
    talk = a_visit(house, case, at=now(), stage=Stage.INTEGRATION, starts_at=noon + 9 * DAY)
    return session, talk


def test_a_session_that_is_moved_takes_what_depends_on_it_along(house, somebody):
    session, talk = somebody_booked(house)
    ines = somebody(house.intake)
    ines.opens(session.get_absolute_url())
    ines.clicks("Move", kind="link", exact=True)
    later = session.starts_at.astimezone(house.site.tz) + 14 * DAY
    ines.types(Day=f"{later:%Y-%m-%d}")
    ines.clicks("Move", kind="button", exact=True, state="moved")
    ines.sees("Outside their window", "Nothing is moved yet.")
    ines.clicks("Move them")
    ines.sees("Moved.")
    ines.opens(session.get_absolute_url())
    ines.clicks("What depends on it", state="nothing follows")
    ines.sees("Nothing has to follow")

    pru = somebody(house.prescriber)
    pru.opens(talk.get_absolute_url())
    pru.clicks("Move", kind="link", exact=True)
    begins = later + HOUR
    pru.types(Day=f"{begins:%Y-%m-%d}", Begins=f"{begins:%H:%M}")
    pru.is_refused("Move", kind="button", exact=True)
    pru.sees("Fay Facilitator is with somebody else", "has another visit")
    pru.fills("Reason to let it overlap", "Two small rooms in one.")
    pru.clicks("Move", kind="button", exact=True)
    pru.sees("Overlap allowed", "(Prescriber): Two small rooms in one.")
