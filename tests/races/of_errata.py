"""Errata of a published version, by two at once."""

from clinic.protocols.errata import actions
from clinic.protocols.errata.models import Erratum
from tests.builders.errata import a_proposed_erratum, an_erratum
from tests.builders.house import NOON, proof
from tests.races.harness import Start, race


def fresh(erratum):
    return Erratum.objects.select_related("version__protocol", "withdraws").get(pk=erratum.pk)


@race("clinic.protocols.errata.actions.propose")
def propose(house):
    by = house.author
    return Start(
        (by, lambda: a_proposed_erratum(house, shall_say="One wording?")),
        (by, lambda: a_proposed_erratum(house, shall_say="Another wording?")),
        Erratum.objects.count,
    )


@race("clinic.protocols.errata.actions.withdraw")
def withdraw(house):
    erratum, by = an_erratum(house), house.author

    def back():
        actions.withdraw(fresh(erratum), by=by, at=NOON, reason="Not so.", source="Page 3.")

    return Start((by, back), (by, back), Erratum.objects.filter(kind="withdrawal").count)


@race("clinic.protocols.errata.actions.approve")
def approve(house):
    erratum, by = a_proposed_erratum(house), house.approver

    def sign():
        actions.approve(fresh(erratum), by=by, at=NOON, proof=proof(by, NOON))

    return Start((by, sign), (by, sign), Erratum.objects.filter(status="approved").count)


@race("clinic.protocols.errata.actions.refuse")
def refuse(house):
    erratum = a_proposed_erratum(house)

    def back(by):
        return lambda: actions.refuse(fresh(erratum), by=by, at=NOON, reason="Not so.")

    return Start(
        (house.author, back(house.author)),
        (house.approver, back(house.approver)),
        Erratum.objects.filter(status="refused").count,
    )
