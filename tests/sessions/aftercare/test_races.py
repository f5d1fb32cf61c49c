import pytest
from django.db import transaction

from clinic.cases.models import Case
from clinic.checklists.files import instrument
from clinic.context import acting_as
from clinic.links import actions as links
from clinic.links.models import PatientLink
from clinic.people.queries import system_user
from sessions.aftercare import actions
from sessions.aftercare.models import Touchpoint
from sessions.integration import actions as integration
from sessions.integration.models import Commitment
from sessions.rehearsal.answering import scored
from tests.builders.aftercare import a_touchpoint, a_treated_case
from tests.builders.house import DAY, HOUR, NOON, a_house
from tests.builders.integration import a_commitment, a_written_visit
from tests.builders.links import a_link
from tests.faults.two_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_the_house")]
LATER = NOON + 2 * DAY


@pytest.fixture
def house(transactional_db):
    with transaction.atomic():
        return a_house()


def built(house, build):
    with acting_as(system_user(), sites=[house.site.pk]):
        return build(house)


def of_two_one_wins(house, act):
    """Both do it at once, each with its own copy; one does it, the other is refused."""
    endings = at_once((house.facilitator, act), (house.nurse, act), site=house.site)
    return sorted(endings, key=str)[1] == "done" and isinstance(sorted(endings, key=str)[0], list)


@pytest.mark.parametrize("act", [actions.contact_made, actions.not_reached, actions.call_off])
def test_of_two_who_record_a_contact_one_does(house, act):
    touchpoint = built(house, lambda house: a_touchpoint(a_treated_case(house)))

    assert of_two_one_wins(
        house,
        lambda: act(
            Touchpoint.objects.get(pk=touchpoint.pk), by=house.nurse, at=LATER, words="Hello."
        ),
    )


def test_of_two_who_open_the_next_cycle_one_does(house):
    case = built(house, a_treated_case)

    assert of_two_one_wins(
        house,
        lambda: actions.open_next_cycle(Case.objects.get(pk=case.pk), by=house.nurse, at=LATER),
    )


def test_of_two_who_begin_aftercare_one_does(house):
    case = built(house, a_treated_case)

    assert of_two_one_wins(
        house,
        lambda: actions.begin_aftercare(
            Case.objects.get(pk=case.pk), by=house.prescriber, at=LATER, reason="Moved away."
        ),
    )


def test_of_two_who_settle_a_commitment_one_does(house):
    commitment = built(house, a_commitment)

    assert of_two_one_wins(
        house,
        lambda: integration.settle(
            Commitment.objects.get(pk=commitment.pk),
            by=house.facilitator,
            at=LATER,
            kept=True,
            outcome="Kept.",
        ),
    )


def test_of_two_who_finish_a_visit_one_does(house):
    visit = built(house, a_written_visit)

    assert of_two_one_wins(
        house,
        lambda: integration.finish_visit(
            type(visit).objects.get(pk=visit.pk), by=house.facilitator, at=LATER
        ),
    )


def test_of_two_who_finish_through_one_link_one_does(house):
    link, _ = built(house, lambda house: a_link(house, a_treated_case(house), at=NOON + 5 * HOUR))

    assert of_two_one_wins(
        house,
        lambda: links.finish(
            PatientLink.objects.get(pk=link.pk),
            by=system_user(),
            at=LATER,
            answers=scored(instrument("phq-9"), 1),
            revision=0,
        ),
    )


def test_of_two_who_take_a_link_back_one_does(house):
    link, _ = built(house, lambda house: a_link(house, a_treated_case(house), at=NOON + 5 * HOUR))

    assert of_two_one_wins(
        house,
        lambda: links.revoke(PatientLink.objects.get(pk=link.pk), by=house.nurse, at=LATER),
    )
