"""A page whose opening cannot be written is not sent."""

import pytest
from django.db import transaction
from django.urls import reverse

from clinic.context import acting_as, every_site
from clinic.people.queries import system_user
from tests.builders.cases import a_referred_case
from tests.builders.house import a_house, sign_in, trail
from tests.database import as_owner

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_the_house"),
]
FULL = """
    CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER is_full BEFORE INSERT ON clinic_trailentry FOR EACH ROW
        WHEN (NEW.act = 'case opened') EXECUTE FUNCTION is_full();
"""


@pytest.fixture
def sent(client):
    """The facilitator asks for a case file; the answer is what they are sent."""
    with transaction.atomic():
        house = a_house()
        case = a_referred_case(house)
        name = case.patient.family_name
    client.raise_request_exception = False
    sign_in(client, house.facilitator)

    def ask():
        answer = client.get(reverse("casefile:show", args=[case.key]))
        return answer.status_code, name.encode() in answer.content

    return ask


def test_a_page_whose_opening_cannot_be_written_is_not_sent(sent, caplog):
    caplog.set_level("CRITICAL", "django.request")
    with as_owner() as owner:
        owner.execute(FULL)

    assert sent() == (503, False)


def test_the_page_is_sent_with_its_opening(sent):
    assert sent() == (200, True)
    with acting_as(system_user(), sites=every_site()):
        assert trail()[-1] == "case opened"
