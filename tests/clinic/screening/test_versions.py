"""Answers are read in the words they were given to, whatever newer versions ask."""

import pytest
from django.urls import reverse

from clinic.cases import actions as cases
from clinic.checklists.queries import reading_of
from clinic.screening import queries
from tests.builders.cases import a_known_patient
from tests.builders.house import NOON, a_house, sign_in
from tests.builders.protocols import a_published_version, a_text
from tests.builders.screening import a_begun_screening, a_filled_screening

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
OLD, NEW = "A seizure disorder?", "Has the person ever had a fit?"


@pytest.fixture
def house():
    return a_house()


def test_an_old_answer_keeps_the_question_it_was_given_to(client, house):
    case = a_filled_screening(house, seizures=True)
    form = queries.current_form(case)

    version = a_published_version(house, a_text().replace(OLD, NEW, 1))
    later = cases.refer(
        a_known_patient(house, at=NOON),
        by=house.intake,
        at=NOON,
        protocol_version=version,
        referral_source="Dr Harbour",
        referral_reason="Depression.",
    )
    a_begun_screening(house, case=later, at=NOON)
    sign_in(client, house.intake)
    was = client.get(reverse("screening:form", args=[case.key])).content.decode()
    now = client.get(reverse("screening:form", args=[later.key])).content.decode()

    assert (OLD in was, NEW in was) == (True, False)
    assert (OLD in now, NEW in now) == (False, True)
    assert (OLD, "yes") in [(line.text, line.spoken) for line in reading_of(form).lines]
    assert OLD in client.get(reverse("screening:findings", args=[case.key])).content.decode()
