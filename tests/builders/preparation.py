"""Cases between the decision and the day, by the real acts."""

from datetime import date

from clinic.cases import actions as cases
from sessions.preparation import actions
from tests.builders.cases import a_referred_case
from tests.builders.documents import the_texts
from tests.builders.house import DAY, NOON


def an_eligible_case(house, *, at=NOON - 30 * DAY, **details):
    """A case whose screening ended well."""
    case = a_referred_case(house, at=at - 5 * DAY, **details)
    cases.begin_screening(case, by=house.intake, at=at)
    cases.decided(case, by=house.prescriber, at=at, outcome="eligible")
    return case


def a_preparing_case(house, *, at=NOON - 29 * DAY, **details):
    """A case that is being prepared, with the texts in force."""
    case = an_eligible_case(house, at=at - DAY, **details)
    the_texts(house)
    actions.begin(case, by=house.facilitator, at=at)
    return case


def many_preparing_cases(house, number):
    """Cases of people nobody could mistake for one another."""
    return [
        a_preparing_case(
            house,
            family_name=f"{chr(65 + n % 26)}{'aeiou'[n // 26]}strand-{n}",
            given_name=f"N{n}",
            date_of_birth=date(1960 + n, 1 + n % 12, 1 + n % 27),
            email="",
            phone="",
        )
        for n in range(number)
    ]
