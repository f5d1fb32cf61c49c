"""The ledger, written by two at once."""

from decimal import Decimal
from uuid import UUID

from clinic.stock import actions
from clinic.stock.models import Lot, Movement
from tests.builders.house import NOON
from tests.builders.stock import a_lot, witnessed
from tests.races.harness import Start, race

ORDER, OTHER = UUID(int=1), UUID(int=2)
MOST = Decimal(300)  # of 500: once, not twice


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def movements(lot, kind):
    return Movement.objects.filter(lot=lot, kind=kind).count


@race("clinic.stock.actions.receive")
def receive(house):
    return Start(
        (house.nurse, lambda: a_lot(house)),
        (house.nurse, lambda: a_lot(house)),
        Lot.objects.filter(number="HH-0002").count,
    )


@race("clinic.stock.actions.receive_more")
def receive_more(house):
    lot = a_lot(house)

    def add(by):
        return lambda: actions.receive_more(fresh(lot), by=by, at=NOON, quantity=MOST)

    return Start(
        (house.nurse, add(house.nurse)),
        (house.manager, add(house.manager)),
        Lot.objects.filter(pk=lot.pk, balance=1100).count,
        both_done=True,
    )


@race("clinic.stock.actions.take_out")
def take_out(house):
    lot = a_lot(house)

    def take(by, order):
        return lambda: actions.take_out(fresh(lot), by=by, at=NOON, quantity=MOST, about_key=order)

    return Start(
        (house.nurse, take(house.nurse, ORDER)),
        (house.second_nurse, take(house.second_nurse, OTHER)),
        movements(lot, "prepared"),
    )


@race("clinic.stock.actions.waste")
def waste(house):
    lot = a_lot(house)

    def destroy(by):
        return lambda: actions.waste(
            fresh(lot), by=by, at=NOON, quantity=MOST, reason="Broke",
            **witnessed(house, by=house.prescriber),
        )  # fmt: skip

    return Start(
        (house.nurse, destroy(house.nurse)),
        (house.second_nurse, destroy(house.second_nurse)),
        movements(lot, "wasted"),
    )


@race("clinic.stock.actions.give_back")
def give_back(house):
    lot = a_lot(house)
    actions.take_out(lot, by=house.nurse, at=NOON, quantity=MOST, about_key=ORDER)

    def put_back(by):
        return lambda: actions.give_back(fresh(lot), by=by, at=NOON, quantity=MOST, about_key=ORDER)

    return Start(
        (house.nurse, put_back(house.nurse)),
        (house.second_nurse, put_back(house.second_nurse)),
        movements(lot, "returned"),
    )


@race("clinic.stock.actions.count")
def count(house):
    lot = a_lot(house)

    def counted(by):
        return lambda: actions.count(
            fresh(lot), by=by, at=NOON, counted=Decimal(450), reason="One vial missing",
            **witnessed(house, by=house.prescriber),
        )  # fmt: skip

    return Start(
        (house.nurse, counted(house.nurse)),
        (house.manager, counted(house.manager)),
        Lot.objects.filter(pk=lot.pk, balance=450).count,
        both_done=True,
    )


@race("clinic.stock.actions.recall")
def recall(house):
    lot = a_lot(house)

    def call_in(by):
        return lambda: actions.recall(fresh(lot), by=by, at=NOON, reason="Maker's letter")

    return Start(
        (house.nurse, call_in(house.nurse)),
        (house.manager, call_in(house.manager)),
        Lot.objects.filter(pk=lot.pk, recalled_at__isnull=False).count,
    )


@race("clinic.stock.actions.describe")
def describe(house):
    lot = a_lot(house, presentation="", salt="")

    def say(by):
        return lambda: actions.describe(
            fresh(lot), by=by, at=NOON, presentation="solution", salt="hydrochloride"
        )

    return Start(
        (house.nurse, say(house.nurse)),
        (house.manager, say(house.manager)),
        Lot.objects.filter(pk=lot.pk, presentation="solution").count,
    )
