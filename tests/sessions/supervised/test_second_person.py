"""The database itself asks for the second person, where the version of the case names one."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.audit import signing
from sessions.supervised import actions
from sessions.supervised.models import Dose, PreparedDose
from tests.builders import supervised as build
from tests.builders.house import MINUTE, NOON, a_house, proof
from tests.builders.service_centre import TAKEN, a_service_centre, a_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
AT = NOON + 25 * MINUTE
NEEDED = "needs the second person who checked it"


@pytest.fixture
def house(db):
    return a_house()


def written(table, **values):
    """A row put into a table by hand, as whoever has the application's own connection could."""
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(["%s"] * len(values))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("vigil_app",)
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def a_dose_by_hand(order, by, **changes):
    values = {
        "key": uuid4(), "site_id": order.site_id, "session_id": order.session_id,
        "order_id": order.pk, "client_key": uuid4(), "content_digest": "-", "amount": order.amount,
        "amount_known": True, "unit": "mg", "lot_number": "HH-0001", "product": "", "given_at": AT,
        "by_id": by.pk, "second_person_id": None, "on_paper": False, "wasted": 0, "note": "",
    }  # fmt: skip
    written("clinic_sessions_dose", **(values | changes))


def a_preparation_by_hand(house, order, *, by, second, signature):
    written(
        "clinic_sessions_prepareddose", key=uuid4(), site_id=order.site_id, order_id=order.pk,
        lot_id=house.lot.pk, quantity=Decimal(50), arithmetic="50 mg", prepared_at=AT,
        prepared_by_id=by.pk, checked_at=AT, checked_by_id=second.pk, signature_id=signature.pk,
    )  # fmt: skip


def signed(subject, by):
    return signing.sign(subject, by=by, at=AT, meaning="checked", content={}, proof=proof(by, AT))


@pytest.mark.parametrize("second", [None, "nurse", "facilitator"])
def test_a_dose_is_not_written_without_the_one_who_checked_it(house, second):
    order = build.a_prepared_order(house)
    named = getattr(house, second).pk if second else None

    with pytest.raises(IntegrityError):
        a_dose_by_hand(order, house.nurse, second_person_id=named)

    assert not Dose.objects.exists()


def test_a_dose_is_not_written_where_nobody_drew_and_checked_it(house):
    order = build.an_order(house)

    with pytest.raises(IntegrityError, match=NEEDED):
        a_dose_by_hand(order, house.nurse, second_person_id=house.second_nurse.pk)

    assert not Dose.objects.exists()


def test_with_the_one_who_checked_it_the_same_row_is_taken(house):
    order = build.a_prepared_order(house)
    checker = order.prepared.checked_by

    a_dose_by_hand(order, order.prepared.prepared_by, second_person_id=checker.pk)

    assert Dose.objects.get().second_person == checker


def test_a_dose_is_given_on_an_order_of_its_own_session(house):
    order = build.a_prepared_order(house)
    _, other = build.walk.ready(
        house, session_at=NOON + 240 * MINUTE, family_name="Birch", phone="+1 212 555 0177"
    )

    with pytest.raises(IntegrityError, match="order of its own session"):
        a_dose_by_hand(
            order, house.nurse, session_id=other.pk, second_person_id=order.prepared.checked_by_id
        )


def test_what_is_drawn_bears_the_checkers_own_signature_under_that_order(house):
    order = build.an_order(house)
    nurse, second = house.nurse, house.second_nurse
    wrong = [
        signed(order, nurse),  # the one who drew it
        signed(order.session, second),  # the checker, under something else
        order.signature,  # the prescriber, under the order's own arithmetic
    ]

    for signature in wrong:
        with pytest.raises(IntegrityError, match="signature of the second person"):
            a_preparation_by_hand(house, order, by=nurse, second=second, signature=signature)
    with pytest.raises(IntegrityError):
        a_preparation_by_hand(house, order, by=nurse, second=nurse, signature=signed(order, nurse))
    assert not PreparedDose.objects.exists()

    a_preparation_by_hand(house, order, by=nurse, second=second, signature=signed(order, second))
    assert PreparedDose.objects.get().checked_by == second


def test_what_nobody_authorised_is_recorded_all_the_same(house):
    session = build.a_checked_session(house)

    dose = build.a_dose_recorded(house, session, at=NOON + 40 * MINUTE)

    assert (dose.order, dose.second_person) == (None, None)


def test_where_the_version_names_no_second_person_nothing_is_asked():
    centre = a_service_centre()
    session = a_session(centre)
    build.walk.clock(centre, TAKEN)
    by = centre.facilitator
    order = actions.order(session, by=by, at=TAKEN, amount=Decimal(20), proof=proof(by, TAKEN))

    a_dose_by_hand(order, by)

    assert Dose.objects.get().second_person is None
