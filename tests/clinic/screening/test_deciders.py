"""Whoever decides holds a licence of a profession that the case's own version names for it."""

import pytest
from django.urls import reverse

from clinic.cases.models import Case, Status
from clinic.people.models import Licence
from clinic.screening import queries
from clinic.workflow import Refused
from tests.builders import service_centre
from tests.builders.house import NOON, a_house, codes, sign_in, trail
from tests.builders.protocols import a_published_version, a_shipped_text
from tests.builders.screening import (
    SCREENED_AT,
    Ruling,
    a_filled_screening,
    confirm,
    decide,
    settle,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
NAMED = "physician, nurse practitioner, physician assistant, nurse anesthetist"


@pytest.fixture
def house():
    return a_house()


def a_licensed(house, name, role, profession, place):
    """Somebody with a role that decides and a verified licence for it in the place."""
    return service_centre.somebody(house, name, role, profession, service_centre.OLIVES, place)


def refused(act, *subject, **facts):
    before = trail()
    with pytest.raises(Refused) as refusal:
        act(*subject, **facts)
    assert trail() == before
    return codes(refusal), str(refusal.value.obstacles[0])


def test_a_facilitators_licence_decides_nothing_of_a_physicians_protocol(client, house):
    olive = a_licensed(house, "Olive Oak", "service_facilitator", "licensed_facilitator", "US-NY")
    case = a_filled_screening(house, seizures=True)

    (found, said) = refused(decide, house, case, by=olive, outcome="declined", reason="No.")
    assert (found, said.endswith(f"This protocol leaves that to: {NAMED}.")) == (
        ["deciding_licence"],
        True,
    )
    for facts in ({}, {"ruling": Ruling.CLEARED, "evidence_on": SCREENED_AT.date()}):
        assert refused(settle, house, case, "seizures", by=olive, **facts)[0] == [
            "deciding_licence"
        ]
    settle(house, case, "seizures", by=house.prescriber)

    page = sign_in(client, olive).get(reverse("screening:decide", args=[case.key]))
    assert said in page.content.decode()
    assert 'name="outcome"' not in page.content.decode()
    decide(house, case)
    assert Case.objects.get().status == Status.ELIGIBLE


def test_the_case_file_offers_the_decision_to_whose_it_is(client, house):
    olive = a_licensed(house, "Olive Oak", "service_facilitator", "licensed_facilitator", "US-NY")
    case = a_filled_screening(house)
    page = reverse("casefile:show", args=[case.key])

    offered = {
        who.name: "Decide on eligibility" in sign_in(client, who).get(page).content.decode()
        for who in (olive, house.prescriber)
    }

    assert offered == {olive.name: False, house.prescriber.name: True}


def test_a_physician_neither_confirms_nor_decides_where_a_facilitator_does():
    centre = service_centre.a_service_centre()
    phil = a_licensed(centre, "Phil Poplar", "medical_lead", "physician", "US-OR")
    case = a_filled_screening(centre)

    for act in (confirm, decide):
        found, said = refused(act, centre, case, by=phil)
        assert "deciding_licence" in found
        assert "This protocol leaves that to: licensed facilitator." in said

    confirm(centre, case, by=centre.facilitator)
    decide(centre, case, by=centre.facilitator)
    assert Case.objects.get(pk=case.pk).status == Status.ELIGIBLE


def test_where_a_version_names_no_profession_any_licence_that_decides_is_right(house):
    ours = '"*": [physician, nurse_practitioner, physician_assistant, nurse_anesthetist]'
    text = a_shipped_text("ketamine-im", (f"professions:\n      {ours}", "professions: {}"))
    house.version = a_published_version(house, text, at=NOON)
    Licence.objects.filter(user=house.prescriber).update(profession="psychologist")
    case = a_filled_screening(house)

    assert queries.who_decides(case) == ()
    decide(house, case)

    assert Case.objects.get().status == Status.ELIGIBLE
