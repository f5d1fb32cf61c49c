"""Who comes again to an Oregon service centre may leave sooner, if what they took is known."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.workflow import Refused
from sessions.aftercare import actions as aftercare
from sessions.rehearsal import walk
from sessions.supervised import actions
from sessions.supervised.leaving.record import release_content
from sessions.supervised.models import Dose, SupervisedSession
from sessions.supervised.queries import live_sessions, may_leave_from, stay
from tests.builders.house import DAY, HOUR, MINUTE, NOON, codes, proof, sign_in
from tests.builders.service_centre import (
    TAKEN,
    a_dose,
    a_prepared_client,
    a_service_centre,
    a_session,
    prepare,
    the_next_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
ANOTHER = {"family_name": "Birch", "given_name": "Wren", "born": date(1990, 2, 3),
           "phone": "+1 503 555 0199"}  # fmt: skip
HALF_AN_HOUR, AN_HOUR = TAKEN + 30 * MINUTE, TAKEN + HOUR


@pytest.fixture
def house(db):
    return a_service_centre()


def was_here(house, days, amount="2"):
    """A client who took something here so many days before noon, and went home."""
    at = NOON - days * DAY
    session = a_session(house, at=at)
    a_dose(house, session, amount, at=at + 30 * MINUTE)
    over = at + 5 * HOUR
    walk.criteria_met(house, session, at=over)
    walk.released(house, session, at=over)
    return session


def comes_again(house, days, **facts):
    """The same client, here again today."""
    case = was_here(house, days, **facts).case
    case.refresh_from_db()
    later = NOON - 6 * DAY
    walk.clock(house, later)
    aftercare.open_next_cycle(case, by=house.facilitator, at=later)
    case.refresh_from_db()
    return the_next_session(house, prepare(house, case, at=NOON), at=NOON)


def why(session):
    return stay(SupervisedSession.objects.get(pk=session.pk)).because


def leaves(session):
    return may_leave_from(SupervisedSession.objects.get(pk=session.pk))


def test_little_of_another_product_the_second_time_is_half_an_hour(house):
    session = comes_again(house, 14)

    a_dose(house, session, "2.49", product="other-product")
    walk.criteria_met(house, session, at=HALF_AN_HOUR)
    with pytest.raises(Refused) as early:
        walk.released(house, session, at=HALF_AN_HOUR - MINUTE)

    assert [(o.code, o.message) for o in early.value.obstacles] == [
        (
            "minimum_stay",
            f"Stays until {HALF_AN_HOUR.astimezone(house.site.tz):%H:%M} (1min more), for 2.49 mg given."
            " At least 30min: less than 2.5 mg; last session here 14 days ago.",
        )
    ]
    walk.released(house, session, at=HALF_AN_HOUR)


@pytest.mark.parametrize(
    ("product", "amount", "because"),
    [
        ("whole-fungi", "2", "less than 2.5 mg; last session here 14 days ago, but no shorter stay"
         " after whole fungi"),
        ("", "2", "less than 2.5 mg; last session here 14 days ago, but not every product taken is"
         " written down"),
        ("other-product", "2.5", "2.5 mg and more, less than 5 mg"),
    ],
)  # fmt: skip
def test_whole_fungi_an_unknown_product_and_more_are_an_hour_all_the_same(
    house, product, amount, because
):
    session = comes_again(house, 14)

    a_dose(house, session, amount, product=product)

    assert (leaves(session), why(session)) == (AN_HOUR, because)


def test_the_first_time_is_an_hour_whatever_was_taken(house):
    session = a_session(house)

    a_dose(house, session, "2", product="other-product")

    assert leaves(session) == AN_HOUR
    assert why(session) == "less than 2.5 mg; no earlier session here"


def test_somebody_elses_session_does_not_count(house):
    was_here(house, 14)
    case = a_prepared_client(house, at=NOON, person=ANOTHER)
    session = the_next_session(house, case, at=NOON)

    a_dose(house, session, "2", product="other-product")

    assert leaves(session) == AN_HOUR


def test_a_second_amount_of_something_else_takes_the_shorter_stay_away(house):
    session = comes_again(house, 14)
    a_dose(house, session, "1", product="other-product")

    a_dose(
        house, session, "1", at=TAKEN + 10 * MINUTE, product="whole-fungi", is_supplementary=True
    )

    assert leaves(session) == TAKEN + 10 * MINUTE + HOUR


def test_the_sheet_and_the_signed_release_say_why(house, client):
    session = comes_again(house, 14)
    a_dose(house, session, "2", product="other-product")
    sign_in(client, house.facilitator)

    with time_machine.travel(TAKEN + MINUTE, tick=False):
        sheet = client.get(session.get_absolute_url()).content.decode()

    said = "less than 2.5 mg; last session here 14 days ago"
    assert f"30min at least: {said}" in sheet
    assert "other product" in sheet
    signed = release_content(SupervisedSession.objects.get(pk=session.pk), HALF_AN_HOUR)
    assert (signed["stay_because"], signed["earliest_release"]) == (said, HALF_AN_HOUR)
    assert signed["doses"][0]["product"] == "other-product"


def test_the_product_is_chosen_by_hand_before_a_dose_is_given(house, client):
    session = a_session(house)
    walk.clock(house, TAKEN)
    by = house.facilitator
    actions.order(session, by=by, at=TAKEN, amount=Decimal(2), proof=proof(by, TAKEN))
    sign_in(client, by)
    typed = {"client_key": uuid4(), "when": "0", "amount": "2", "lot_number": "OR-PSI-0042"}
    address = reverse("supervised:give", args=[session.key])

    with time_machine.travel(TAKEN, tick=False):
        form = client.get(address).content.decode()
        without = client.post(address, typed)
        given = client.post(address, typed | {"product": "other-product"})

    assert "checked" not in form.partition('name="product"')[2].partition("</fieldset>")[0]
    assert without.context["form"].errors == {"product": ["Choose one."]}
    assert given.status_code == 302
    assert Dose.objects.get().product == "other-product"


def test_a_product_the_version_does_not_name_is_refused(house):
    session = a_session(house)

    with pytest.raises(Refused) as refusal:
        a_dose(house, session, "2", product="synthetic")
    with pytest.raises(Refused) as afterwards:
        actions.record_dose(
            session, by=house.facilitator, at=TAKEN, client_key=uuid4(), given_at=TAKEN,
            amount=Decimal(2), product="synthetic",
        )  # fmt: skip

    assert codes(refusal) == codes(afterwards) == ["product_not_named"]


def test_the_board_asks_no_more_for_many_who_come_again(house):
    session = comes_again(house, 14)
    a_dose(house, session, "2", product="other-product")
    rows = list(live_sessions(house.facilitator))

    with CaptureQueriesContext(connection) as asked:
        assert [may_leave_from(row) for row in rows] == [HALF_AN_HOUR]

    assert len(asked) == 0
