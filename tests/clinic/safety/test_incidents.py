"""What went wrong is written down by anybody, looked after by somebody, and closed with an answer."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, now

from clinic.audit.models import TrailEntry
from clinic.messages.models import Message
from clinic.safety.incidents import actions, queries
from clinic.safety.incidents.models import Incident
from clinic.workflow import Refused
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, sign_in, trail
from tests.builders.safety import an_incident, listening

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


def opened(house, case, key, **facts):
    facts = {"act": "dose", "words": "Vitals are missing.", "stated_at": NOON} | facts
    return actions.open_incident(case, by=house.nurse, at=NOON, about_key=key, **facts)


def test_a_deviation_opens_one_incident_for_each_session_and_act(house):
    case, key = a_referred_case(house), uuid4()

    first, again, other = (
        opened(house, case, key),
        opened(house, case, key),
        opened(house, case, uuid4()),
    )

    assert first == again != other
    assert Incident.objects.count() == 2
    entry = TrailEntry.objects.filter(subject_key=first.key).get()
    assert (entry.act, entry.case_key) == ("incident opened", case.key)


def test_the_leads_of_the_site_are_told_in_neutral_words(house):
    incident = an_incident(house)

    told = Message.objects.filter(about_key=incident.key, due_at=NOON)

    assert {message.user for message in told} == {house.safety_lead, house.medical_lead}
    assert trail()[-1] == "incident opened"


def test_staff_of_every_role_report_from_the_page(house, client):
    sign_in(client, house.manager)
    assert reverse("safety:report") in client.get("/", follow=True).content.decode()
    facts = {"kind": "complaint", "site": house.site.pk, "words": "The lift is broken."}

    answer = client.post(reverse("safety:report"), facts, follow=True)

    assert "It is written down" in answer.content.decode()
    listening(house.safety_lead)
    incident = Incident.objects.get()
    assert (incident.kind, incident.opened_by, incident.case) == ("complaint", house.manager, None)


def test_a_report_from_the_case_file_is_about_the_case(house, client):
    case = a_referred_case(house)
    sign_in(client, house.facilitator)
    address = reverse("safety:report_on", args=[case.key])
    assert address in client.get(reverse("casefile:show", args=[case.key])).content.decode()

    client.post(address, {"kind": "near_miss", "site": house.site.pk, "words": "The wrong form."})

    listening(house.safety_lead)
    assert Incident.objects.get().case == case


def test_reading_what_happened_to_a_patient_stands_in_the_trail(house, client):
    case = a_referred_case(house)
    incident = opened(house, case, uuid4())
    sign_in(client, house.safety_lead)

    assert client.get(reverse("safety:show", args=[incident.key])).status_code == 200

    listening(house.safety_lead)
    entry = TrailEntry.objects.get(act="case opened", case_key=case.key)
    assert (entry.by, "safety:show" in entry.payload) == (house.safety_lead, True)


def test_nothing_typed_is_nothing_kept(house, client):
    sign_in(client, house.facilitator)

    answer = client.post(reverse("safety:report"), {"words": "Half a sentence"})

    assert (answer.status_code, "Half a sentence" in answer.content.decode()) == (422, True)
    assert not Incident.objects.exists()


def test_a_lead_gives_it_to_somebody_who_then_finds_it_and_notes_on_it(house, client):
    incident = an_incident(house)
    sign_in(client, house.safety_lead)
    facts = {"owner": house.nurse.pk, "due_on": "2026-12-01"}
    client.post(reverse("safety:assign", args=[incident.key]), facts)

    sign_in(client, house.nurse)
    assert str(incident.key) in client.get(reverse("safety:index")).content.decode()
    client.post(reverse("safety:note", args=[incident.key]), {"words": "Two labels look alike."})

    page = client.get(reverse("safety:show", args=[incident.key])).content.decode()
    assert "Two labels look alike." in page
    assert "Noor Nurse" in page


def test_a_colleague_who_neither_leads_nor_owns_does_not_find_it(house, client):
    incident = an_incident(house)
    sign_in(client, house.facilitator)

    assert client.get(reverse("safety:show", args=[incident.key])).status_code == 404


def test_an_incident_is_given_to_nobody_from_elsewhere(house):
    incident = an_incident(house)

    with pytest.raises(Refused) as refusal:
        actions.assign(incident, by=house.safety_lead, at=NOON, owner=house.people["stranger"])

    assert codes(refusal) == ["role"]


def test_it_closes_with_what_came_of_it_and_what_was_learnt(house, client):
    incident = an_incident(house)
    sign_in(client, house.safety_lead)
    facts = {"outcome": "Nobody was hurt.", "learnt": "Labels differ in colour now."}

    client.post(reverse("safety:close", args=[incident.key]), facts)

    listening(house.safety_lead)
    incident = Incident.objects.get()
    assert (incident.closed_by, incident.learnt) == (house.safety_lead, facts["learnt"])
    assert trail()[-1] == "incident closed"


def test_what_is_overdue_stands_first_and_what_has_no_day_last(house):
    none, late, soon = an_incident(house), an_incident(house), an_incident(house)
    today = localdate()
    for incident, days in ((late, -1), (soon, 3)):
        due_on = today + timedelta(days=days)
        actions.assign(incident, by=house.safety_lead, at=NOON, owner=house.nurse, due_on=due_on)

    lines = queries.open_lines(listening(house.safety_lead), on=today)

    assert [(line.incident, line.is_overdue) for line in lines] == [
        (late, True),
        (soon, False),
        (none, False),
    ]
    mine = queries.open_lines(listening(house.nurse), on=today, mine_only=True)
    assert [line.incident for line in mine] == [late, soon]


def test_a_page_of_incidents_costs_the_same_for_one_and_for_many(house, client):
    sign_in(client, house.safety_lead)
    an_incident(house, at=now() - HOUR)
    costs = []
    for more in (0, 8):
        for _ in range(more):
            an_incident(house, at=now() - DAY)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("safety:index")).status_code == 200
        costs.append(len(asked))

    assert costs[0] == costs[1]
