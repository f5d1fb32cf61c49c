"""Cases between the decision and the day, by the real acts."""

from datetime import date

from clinic.cases.models import Case
from clinic.cases.queries import current_cycle
from clinic.context import set_context
from sessions.preparation import actions
from sessions.preparation.queries import facts_of
from sessions.rehearsal import walk
from tests.builders.documents import the_texts
from tests.builders.house import DAY, HOUR, NOON
from tests.builders.screening import an_eligible_case


def a_preparing_case(house, *, at=NOON - 30 * DAY, answers=None, **person):
    """A case that is being prepared, with the texts in force and nothing else done.

    `answers` gives some answers of its screening by item code.
    """
    case = _referred(house, at, person)
    an_eligible_case(house, at=at, case=case, **(answers or {}))
    the_texts(house)
    actions.begin(case, by=house.facilitator, at=at)
    the_clock(house, at)
    return Case.objects.get(pk=case.pk)


def many_preparing_cases(house, number):
    """Cases of people nobody could mistake for one another."""
    return [
        a_preparing_case(
            house,
            family_name=f"{chr(65 + n % 26)}{'aeiou'[n // 26]}strand-{n}",
            given_name=f"N{n}",
            born=date(1960 + n % 40, 1 + n % 12, 1 + n % 27),
            phone="",
        )
        for n in range(number)
    ]


def a_prepared_case(
    house, *, at=NOON - DAY, session_at=NOON, screened_at=NOON - 30 * DAY, without=(), **person
):
    """A case with everything done that can be done before the day.

    `without` leaves out steps: "preparation", "session".
    """
    case = a_preparing_case(house, at=screened_at, **person)
    if "preparation" not in without:
        talked_at = NOON - 5 * DAY
        talk = walk.booked(
            house, case, at=NOON - 20 * DAY, starts_at=talked_at, stage="preparation"
        )
        walk.prepared(house, talk, at=talked_at + HOUR)
    walk.consented(house, case, at=at)
    walk.measured(house, case, at=at)
    walk.way_home_planned(house, case, at=at, pickup_at=session_at + 4 * HOUR)
    if "session" not in without:
        walk.booked(house, case, at=at, starts_at=session_at, stage="dosing", minutes=180)
    return Case.objects.get(pk=case.pk)


def facts_about(case, *, at=NOON - DAY, **how):
    """The facts of a case's newest cycle."""
    cycle = current_cycle(case)
    return facts_of([cycle], at=at, **how)[cycle.pk]


def the_clock(house, at):
    """Set the made-up clock, and see both sites."""
    set_context(user_id=house.nurse.pk, sites=[house.site.pk, house.other_site.pk], clock=at)


def _referred(house, at, person):
    person = {"family_name": "Marlow", "given_name": "Robin", "phone": "+1 212 555 0123"} | person
    patient = walk.registered(house, at=at - 5 * DAY, **person)
    return walk.referred(house, patient, at=at - 4 * DAY)
