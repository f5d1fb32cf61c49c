"""The ledger in the browser."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.stock.models import Lot
from tests.builders.house import NOON, PASSWORD, a_house, sign_in
from tests.builders.stock import a_lot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def nurse(client, house):
    return sign_in(client, house.nurse)


def url(name, lot):
    return reverse(f"stock:{name}", args=[lot.key])


def seen_by(house, who="second_nurse", **answers):
    return {
        "second_email": house.people[who].email,
        "second_password": PASSWORD,
        "second_code": "",
    } | answers


RECEIVED = {
    "substance": "Ketamine",
    "presentation": "solution",
    "salt": "hydrochloride",
    "product": "Ketamine 50 mg/mL, 10 mL vial",
    "number": "HH-0009",
    "expires_on": "2027-06-30",
    "unit": "mg",
    "per_ml": "50",
    "quantity": "2500",
}


@pytest.mark.parametrize("unit", ["mcg", "grams", "MG", ""])
def test_a_lot_is_counted_in_a_unit_that_a_dose_is_ordered_in(nurse, house, unit):
    answer = nurse.post(reverse("stock:receive"), RECEIVED | {"site": house.site.pk, "unit": unit})

    assert (answer.status_code, Lot.objects.filter(number="HH-0009").count()) == (422, 0)


def test_a_lot_is_received(nurse, house):
    nurse.post(reverse("stock:receive"), RECEIVED | {"site": house.site.pk})

    lot = Lot.objects.get(number="HH-0009")
    assert (lot.substance, lot.balance, lot.site) == ("ketamine", 2500, house.site)


def test_a_lot_that_is_there_is_not_received_again(nurse, house):
    answer = nurse.post(
        reverse("stock:receive"), RECEIVED | {"site": house.site.pk, "number": "HH-0001"}
    )

    assert answer.status_code == 422
    assert "is in the ledger. Add to it there." in answer.content.decode()


def test_nothing_is_received_into_another_sites_cupboard(nurse, house):
    answer = nurse.post(reverse("stock:receive"), RECEIVED | {"site": house.other_site.pk})

    assert (answer.status_code, Lot.objects.filter(number="HH-0009").exists()) == (422, False)


def test_what_a_lot_is_stands_on_its_page_once(nurse, house):
    page = nurse.get(url("lot", a_lot(house))).content.decode()

    assert page.count("hydrochloride") == 1
    assert "as written when it was received" not in page


@pytest.fixture
def old_lot(house):
    """A lot from before there was a choice: only the words of who received it."""
    return Lot.objects.create(
        site=house.site, substance="ketamine", form="HCl for injection", product="Ketamine",
        number="HH-0000", unit="mg", expires_on=date(2027, 6, 30),
    )  # fmt: skip


def test_a_lot_from_before_there_was_a_choice_keeps_its_words_and_is_mended(nurse, old_lot):
    before = nurse.get(url("lot", old_lot)).content.decode()
    form = nurse.get(url("describe", old_lot)).content.decode()
    nurse.post(url("describe", old_lot), {"presentation": "solution", "salt": "hydrochloride"})
    after = nurse.get(url("lot", old_lot)).content.decode()

    assert "HCl for injection" in before
    assert "Nobody has said what this lot comes as" in before
    assert "this was written down: HCl for injection." in form
    assert "ketamine, solution, hydrochloride" in after
    assert "HCl for injection" in after
    assert "Nobody has said what this lot comes as" not in after


def test_more_of_a_lot_is_received(nurse, house):
    lot = a_lot(house)

    nurse.post(url("receive_more", lot), {"quantity": "100"})

    assert Lot.objects.get(pk=lot.pk).balance == 600


def test_waste_is_witnessed_on_the_same_screen(nurse, house):
    lot = a_lot(house)

    nurse.post(url("waste", lot), seen_by(house, quantity="20", reason="Vial broke"))

    movement = lot.movements.last()
    assert (movement.quantity, movement.witness) == (-20, house.second_nurse)


def test_a_wrong_password_witnesses_nothing(nurse, house):
    lot = a_lot(house)

    answer = nurse.post(
        url("waste", lot),
        seen_by(house, quantity="20", reason="Vial broke") | {"second_password": "wrong"},
    )

    assert (answer.status_code, lot.movements.count()) == (422, 1)


def test_nobody_witnesses_for_themselves(nurse, house):
    lot = a_lot(house)

    answer = nurse.post(url("waste", lot), seen_by(house, "nurse", quantity="20", reason="Broke"))

    assert (answer.status_code, lot.movements.count()) == (422, 1)
    assert "it cannot be you" in answer.content.decode()


def test_a_count_is_written_down(nurse, house):
    lot = a_lot(house)

    nurse.post(url("count", lot), seen_by(house, counted="500"))

    assert lot.movements.last().kind == "count"


def test_a_lot_is_recalled_once(nurse, house):
    lot = a_lot(house)
    nurse.post(url("recall", lot), {"reason": "Maker's letter"})

    answer = nurse.post(url("recall", lot), {"reason": "Again"})

    assert Lot.objects.get(pk=lot.pk).recalled_by == house.nurse
    assert (answer.status_code, "has been recalled" in answer.content.decode()) == (422, True)


def test_the_ledger_shows_every_movement(nurse, house):
    lot = a_lot(house)
    nurse.post(url("waste", lot), seen_by(house, quantity="20", reason="Vial broke"))

    page = nurse.get(url("lot", lot)).content.decode()

    assert ["+500 mg" in page, "-20 mg" in page, "Vial broke" in page, "Sam Second" in page] == [
        True, True, True, True,
    ]  # fmt: skip


def test_a_lot_says_how_it_stands(nurse, house):
    a_lot(house, number="OLD", expires_on=date(2026, 11, 1))
    a_lot(house, number="SOON", expires_on=date(2026, 12, 1))

    page = nurse.get(reverse("stock:index")).content.decode()

    assert ["Expired" in page, "Expires soon" in page, "In use" in page] == [True, True, True]


def test_the_list_takes_as_many_queries_with_one_lot_as_with_many(nurse, house):
    nurse.get(reverse("stock:index"))
    with CaptureQueriesContext(connection) as one:
        nurse.get(reverse("stock:index"))
    for n in range(5):
        a_lot(house, number=f"N-{n}", quantity=Decimal(10))

    with CaptureQueriesContext(connection) as many:
        nurse.get(reverse("stock:index"))

    assert len(many) == len(one)


NAMES = ["lot", "receive_more", "waste", "count", "recall"]


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_finds_no_lot(client, house, name):
    stranger = sign_in(client, house.stranger)

    assert stranger.get(url(name, house.lot)).status_code == 404


@pytest.mark.parametrize("name", ["receive_more", "count", "recall"])
def test_a_facilitator_keeps_no_stock(client, house, name):
    facilitator = sign_in(client, house.facilitator)

    assert facilitator.post(url(name, house.lot)).status_code == 403
    assert facilitator.get(url("lot", house.lot)).status_code == 200


def test_intake_staff_see_no_stock(client, house):
    intake = sign_in(client, house.intake)

    assert intake.get(reverse("stock:index")).status_code == 403
    assert intake.get(url("lot", house.lot)).status_code == 403
