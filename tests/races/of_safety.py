"""What went wrong and what is told, by two at once."""

from uuid import uuid4

from clinic.links import actions as links
from clinic.links.models import PatientLink
from clinic.people.queries import system_user
from clinic.safety.concerns import actions as concerns
from clinic.safety.concerns.models import Concern, ConcernNote
from clinic.safety.incidents import actions as incidents
from clinic.safety.incidents.models import Incident, IncidentNote
from tests.builders.cases import a_referred_case
from tests.builders.house import MINUTE, NOON
from tests.builders.links import a_link
from tests.builders.safety import a_concern, an_incident, listening
from tests.races.harness import Start, race


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def _leads(house, do, rows, **how):
    pair = (house.safety_lead, house.medical_lead)
    return Start(*[(by, lambda by=by: do(by)) for by in pair], rows, **how)


def _heard(house, rows):
    """A count that the safety lead makes: nobody else would see anything."""

    def count():
        listening(house.safety_lead)
        return rows()

    return count


def _hearers(house, do, rows, **how):
    """The same lead in two browsers."""

    def act():
        saga = listening(house.safety_lead)
        return do(saga)

    return Start((house.safety_lead, act), (house.safety_lead, act), _heard(house, rows), **how)


@race("clinic.safety.incidents.actions.open_incident")
def open_incident(house):
    case, key = a_referred_case(house), uuid4()

    def act(by):
        return incidents.open_incident(
            case, by=by, at=NOON, about_key=key, act="dose", words="No vitals.", stated_at=NOON
        )

    return _leads(house, act, Incident.objects.count, both_done=True)


@race("clinic.safety.incidents.actions.report")
def report(house):
    # Two people may report the same thing in words of their own.
    return _leads(
        house, lambda by: an_incident(house, by=by), Incident.objects.count,
        both_done=True, leaves=2,
    )  # fmt: skip


@race("clinic.safety.incidents.actions.assign")
def assign(house):
    # Whoever comes last says who looks after it; there is one owner.
    incident = an_incident(house)
    return _leads(
        house,
        lambda by: incidents.assign(fresh(incident), by=by, at=NOON, owner=by),
        Incident.objects.filter(owner__isnull=False).count,
        both_done=True,
    )


@race("clinic.safety.incidents.actions.note")
def note(house):
    incident = an_incident(house)
    return _leads(
        house,
        lambda by: incidents.note(fresh(incident), by=by, at=NOON, words="Looked at the labels."),
        IncidentNote.objects.count,
        both_done=True,
        leaves=2,
    )


@race("clinic.safety.incidents.actions.close")
def close(house):
    incident = an_incident(house)
    return _leads(
        house,
        lambda by: incidents.close(
            fresh(incident), by=by, at=NOON, outcome="Nobody was hurt.", learnt="New labels."
        ),
        Incident.objects.filter(closed_at__isnull=False).count,
    )


@race("clinic.safety.concerns.actions.raise_concern")
def raise_concern(house):
    def act(by):
        return lambda: a_concern(house, by=by)

    pair = (house.nurse, house.facilitator)
    rows = _heard(house, Concern.objects.count)
    return Start(*[(by, act(by)) for by in pair], rows, both_done=True, leaves=2)


@race("clinic.links.actions.tell")
def tell(house):
    # The third thing of the day comes in twice: one of them is refused.
    link, _ = a_link(house, a_referred_case(house), at=NOON - MINUTE)
    for _ in range(2):
        a_concern(house, at=NOON - MINUTE, patient=link.case.patient, through_key=link.key)

    def act():
        mine = PatientLink.objects.select_related("site", "case__patient").get(pk=link.pk)
        return links.tell(link=mine, by=system_user(), at=NOON, words="He shouted at me.")

    rows = _heard(house, Concern.objects.count)
    return Start((house.nurse, act), (house.facilitator, act), rows, leaves=3)


@race("clinic.safety.concerns.actions.hear")
def hear(house):
    concern = a_concern(house)
    return _hearers(
        house,
        lambda by: concerns.hear(fresh(concern), by=by, at=NOON),
        Concern.objects.filter(heard_at__isnull=False).count,
    )


@race("clinic.safety.concerns.actions.note")
def note_concern(house):
    concern = a_concern(house)
    return _hearers(
        house,
        lambda by: concerns.note(fresh(concern), by=by, at=NOON, words="Called her."),
        ConcernNote.objects.count,
        both_done=True,
        leaves=2,
    )


@race("clinic.safety.concerns.actions.close")
def close_concern(house):
    concern = a_concern(house)
    return _hearers(
        house,
        lambda by: concerns.close(fresh(concern), by=by, at=NOON, outcome="She changed teams."),
        Concern.objects.filter(closed_at__isnull=False).count,
    )
