"""The ledger of controlled substances: what moves it, what it refuses, what it leaves behind."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from clinic.stock import actions
from clinic.stock.models import Lot, Movement
from clinic.workflow import Refused
from tests.builders.house import NOON, a_house, codes, proof, trail
from tests.builders.stock import a_lot, witnessed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


def ledger(lot):
    return list(lot.movements.values_list("kind", "quantity", "balance_after"))


def test_a_receipt_opens_a_lot_with_its_balance(house):
    lot = a_lot(house, quantity=Decimal(500))

    assert (lot.balance, ledger(lot)) == (500, [("receipt", 500, 500)])
    assert trail()[-1] == "stock received"


def test_the_same_lot_is_opened_once(house):
    a_lot(house)

    with pytest.raises(Refused) as refusal:
        a_lot(house)

    assert codes(refusal) == ["lot_known"]


def test_only_who_keeps_stock_receives_it(house):
    before = trail()

    with pytest.raises(Refused) as refusal:
        actions.receive_more(house.lot, by=house.facilitator, at=NOON, quantity=Decimal(10))

    assert (codes(refusal), trail()) == (["role"], before)


def test_a_receipt_of_nothing_is_refused(house):
    with pytest.raises(Refused) as refusal:
        a_lot(house, quantity=Decimal(0))

    assert codes(refusal) == ["stock_quantity"]


def test_more_of_a_lot_adds_to_its_balance(house):
    lot = a_lot(house)

    actions.receive_more(lot, by=house.nurse, at=NOON, quantity=Decimal(100))

    assert ledger(lot)[-1] == ("receipt", 100, 600)
    assert trail()[-1] == "stock received"


def test_what_a_dose_is_prepared_from_leaves_the_lot(house):
    lot = a_lot(house)

    actions.take_out(lot, by=house.nurse, at=NOON, quantity=Decimal(70), about_key=uuid4())

    assert (lot.balance, ledger(lot)[-1]) == (430, ("prepared", -70, 430))
    assert trail()[-1] == "stock taken out"


def test_a_lot_gives_no_more_than_it_holds(house):
    lot = a_lot(house)
    before = trail()

    with pytest.raises(Refused) as refusal:
        actions.take_out(lot, by=house.nurse, at=NOON, quantity=Decimal(501), about_key=uuid4())

    assert (codes(refusal), trail(), len(ledger(lot))) == (["lot_short"], before, 1)


def test_an_expired_lot_gives_nothing(house):
    lot = a_lot(house, expires_on=date(2026, 11, 17))

    with pytest.raises(Refused) as refusal:
        actions.take_out(lot, by=house.nurse, at=NOON, quantity=Decimal(1), about_key=uuid4())

    assert codes(refusal) == ["lot_expired"]


def test_on_the_day_of_its_date_a_lot_may_still_be_used(house):
    lot = a_lot(house, expires_on=date(2026, 11, 18))

    actions.take_out(lot, by=house.nurse, at=NOON, quantity=Decimal(1), about_key=uuid4())

    assert lot.balance == 499


def test_a_recalled_lot_gives_and_takes_nothing(house):
    lot = a_lot(house)
    actions.recall(lot, by=house.nurse, at=NOON, reason="Maker's letter")

    for act in (
        lambda: actions.take_out(lot, by=house.nurse, at=NOON, quantity=1, about_key=uuid4()),
        lambda: actions.receive_more(lot, by=house.nurse, at=NOON, quantity=Decimal(1)),
        lambda: actions.recall(lot, by=house.nurse, at=NOON, reason="Again"),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert codes(refusal) == ["lot_recalled"]


def test_a_recall_is_in_the_trail(house):
    lot = a_lot(house)

    actions.recall(lot, by=house.nurse, at=NOON, reason="Maker's letter")

    assert (lot.recalled_by, trail()[-1]) == (house.nurse, "stock recalled")


def test_what_a_lot_is_can_be_said_after_it_was_received(house):
    lot = a_lot(house, presentation="", salt="")

    actions.describe(lot, by=house.nurse, at=NOON, presentation="solution", salt="hydrochloride")

    assert (Lot.objects.get(pk=lot.pk).comes_as, trail()[-1]) == (
        "solution, hydrochloride",
        "stock described",
    )


@pytest.mark.parametrize(
    ("presentation", "salt", "refused"),
    [
        ("solution", "hydrochloride", "lot_described"),
        ("lozenge", "hydrochloride", "stock_reason"),
        ("solution", "base", "stock_reason"),
    ],
)
def test_what_is_said_of_a_lot_is_not_changed_without_a_reason(house, presentation, salt, refused):
    lot = a_lot(house)

    with pytest.raises(Refused) as refusal:
        actions.describe(
            lot, by=house.nurse, at=NOON, presentation=presentation, salt=salt, reason=" "
        )

    assert codes(refusal) == [refused]
    assert Lot.objects.get(pk=lot.pk).comes_as == "solution, hydrochloride"


def test_what_was_said_wrongly_of_a_lot_is_put_right_with_a_reason(house):
    lot, said = a_lot(house), "The box says so."

    actions.describe(lot, by=house.nurse, at=NOON, presentation="lozenge", salt="base", reason=said)

    assert Lot.objects.get(pk=lot.pk).comes_as == "lozenge, base"


def test_who_keeps_no_stock_does_not_say_what_a_lot_is(house):
    with pytest.raises(Refused) as refusal:
        actions.describe(
            a_lot(house, presentation="", salt=""), by=house.facilitator, at=NOON,
            presentation="solution", salt="base",
        )  # fmt: skip

    assert codes(refusal) == ["role"]


def test_a_recall_says_why(house):
    with pytest.raises(Refused) as refusal:
        actions.recall(house.lot, by=house.nurse, at=NOON, reason=" ")

    assert codes(refusal) == ["stock_reason"]


def test_waste_from_a_lot_is_seen_by_a_second_person(house):
    lot = a_lot(house)

    actions.waste(
        lot, by=house.nurse, at=NOON, quantity=Decimal(20), reason="Vial broke", **witnessed(house)
    )

    assert ledger(lot)[-1] == ("wasted", -20, 480)
    assert (lot.movements.last().witness, trail()[-1]) == (house.second_nurse, "stock wasted")


def test_nobody_witnesses_their_own_waste(house):
    with pytest.raises(Refused) as refusal:
        actions.waste(
            house.lot, by=house.nurse, at=NOON, quantity=Decimal(1), reason="Broke",
            **witnessed(house, by=house.nurse),
        )  # fmt: skip

    assert codes(refusal) == ["stock_witness"]


def test_a_witness_has_a_part_in_the_stock_of_this_site(house):
    with pytest.raises(Refused) as refusal:
        actions.waste(
            house.lot, by=house.nurse, at=NOON, quantity=Decimal(1), reason="Broke",
            **witnessed(house, by=house.stranger),
        )  # fmt: skip

    assert codes(refusal) == ["stock_witness"]


def test_a_witness_has_just_proved_who_they_are(house):
    with pytest.raises(Refused) as refusal:
        actions.waste(
            house.lot, by=house.nurse, at=NOON, quantity=Decimal(1), reason="Broke",
            witness=house.second_nurse, witness_proof=proof(house.nurse, NOON),
        )  # fmt: skip

    assert codes(refusal) == ["signer_unproved"]


def test_waste_of_a_dose_keeps_every_kind_of_movement_adding_up(house):
    lot, order = a_lot(house), uuid4()
    actions.take_out(lot, by=house.nurse, at=NOON, quantity=Decimal(70), about_key=order)

    actions.waste(
        lot, by=house.nurse, at=NOON, quantity=Decimal(20), reason="Not given", about_key=order,
        **witnessed(house),
    )  # fmt: skip

    assert ledger(lot)[1:] == [("prepared", -70, 430), ("returned", 20, 450), ("wasted", -20, 430)]


def test_no_more_is_wasted_of_a_dose_than_was_prepared(house):
    lot, order = a_lot(house), uuid4()
    actions.take_out(lot, by=house.nurse, at=NOON, quantity=Decimal(70), about_key=order)

    with pytest.raises(Refused) as refusal:
        actions.waste(
            lot, by=house.nurse, at=NOON, quantity=Decimal(71), reason="?", about_key=order,
            **witnessed(house),
        )  # fmt: skip

    assert codes(refusal) == ["not_prepared"]


def test_what_was_not_needed_goes_back_once(house):
    lot, order = a_lot(house), uuid4()
    actions.take_out(lot, by=house.nurse, at=NOON, quantity=Decimal(70), about_key=order)
    actions.give_back(lot, by=house.nurse, at=NOON, quantity=Decimal(70), about_key=order)

    with pytest.raises(Refused) as refusal:
        actions.give_back(lot, by=house.nurse, at=NOON, quantity=Decimal(1), about_key=order)

    assert (codes(refusal), lot.balance) == (["not_prepared"], 500)
    assert trail()[-1] == "stock given back"


def test_a_count_that_agrees_is_evidence(house):
    lot = a_lot(house)

    actions.count(lot, by=house.nurse, at=NOON, counted=Decimal(500), **witnessed(house))

    assert (ledger(lot)[-1], trail()[-1]) == (("count", 0, 500), "stock counted")


def test_a_count_that_differs_has_its_reason(house):
    lot = a_lot(house)

    with pytest.raises(Refused) as refusal:
        actions.count(lot, by=house.nurse, at=NOON, counted=Decimal(450), **witnessed(house))

    assert codes(refusal) == ["stock_reason"]


def test_a_count_moves_the_balance_to_what_two_people_saw(house):
    lot = a_lot(house)

    actions.count(
        lot, by=house.nurse, at=NOON, counted=Decimal(450), reason="One vial missing",
        **witnessed(house),
    )  # fmt: skip

    assert ledger(lot)[-1] == ("count", -50, 450)


def test_the_database_keeps_the_ledger_as_it_was_written(house):
    for change in (
        lambda: Movement.objects.update(quantity=1),
        lambda: Movement.objects.all().delete(),
        lambda: Lot.objects.update(balance=1),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_database_lets_no_lot_hold_less_than_nothing(house):
    with pytest.raises(IntegrityError), transaction.atomic():
        Movement.objects.create(
            lot=house.lot, kind="prepared", quantity=-60_000, balance_after=0, at=NOON,
            by=house.nurse,
        )  # fmt: skip
