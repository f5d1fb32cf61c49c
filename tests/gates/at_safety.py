"""Gates of incidents and concerns, each closed alone."""

from datetime import timedelta

from django.urls import reverse

from clinic.safety.concerns import actions as concerns
from clinic.safety.incidents import actions as incidents
from tests.builders.cases import a_referred_case
from tests.builders.house import HOUR, MINUTE, NOON
from tests.builders.links import a_link
from tests.builders.safety import a_concern, an_incident, listening
from tests.gates.harness import Situation, closed


def reporting(house, says, **typed):
    facts = {"kind": "near_miss", "site": house.site.pk, "words": "The wrong lot was drawn."}
    return Situation(house.facilitator, reverse("safety:report"), facts | typed, says)


@closed("incident_not_yet")
def it_is_said_to_happen_tomorrow(house):
    tomorrow = (NOON + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    return reporting(house, "still to come", stated_at=tomorrow)


@closed("incident_closed")
def somebody_has_closed_it(house):
    incident = an_incident(house, at=NOON - HOUR)
    incidents.close(
        incident, by=house.medical_lead, at=NOON - MINUTE, outcome="Nothing.", learnt="Little."
    )
    typed = {"outcome": "Nobody was hurt.", "learnt": "Labels differ now."}
    return Situation(
        house.safety_lead,
        reverse("safety:close", args=[incident.key]),
        typed,
        "closed already",
        page=reverse("safety:show", args=[incident.key]),
    )


@closed("nobody_hears")
def the_only_lead_is_the_one_it_is_about(house):
    return reporting(
        house, "Turn to somebody outside", kind="concern", about_user=house.safety_lead.pk
    )


@closed("told_often")
def the_link_has_told_three_things_today(house):
    link, token = a_link(house, a_referred_case(house, at=NOON - HOUR), at=NOON - HOUR)
    for _ in range(3):
        a_concern(house, at=NOON - MINUTE, patient=link.case.patient, through_key=link.key)
    address = reverse("links:tell", args=[token])
    return Situation(None, address, {"words": "One more thing."}, "several things today")


def hearing(house, route, says, **typed):
    """A concern the lead has taken and closed already."""
    concern, saga = a_concern(house, at=NOON - HOUR), listening(house.safety_lead)
    concerns.hear(concern, by=saga, at=NOON - HOUR)
    concerns.close(concern, by=saga, at=NOON - MINUTE, outcome="She changed teams.")
    return Situation(
        saga,
        reverse(route, args=[concern.key]),
        typed,
        says,
        page=reverse("safety:concern", args=[concern.key]),
    )


@closed("concern_is_heard")
def somebody_looks_after_it(house):
    return hearing(house, "safety:hear", "Somebody looks after this already")


@closed("concern_closed")
def somebody_has_said_what_came_of_it(house):
    return hearing(house, "safety:close_concern", "closed already", outcome="All is well.")
