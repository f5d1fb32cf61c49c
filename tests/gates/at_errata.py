"""Gates of errata of a published version, each closed alone."""

from django.urls import reverse

from clinic.people import actions as people
from clinic.protocols.errata import actions
from tests.builders.errata import (
    QUESTION,
    STAY,
    a_longer_stay,
    a_proposed_erratum,
    an_erratum,
    approved,
    minutes,
    question,
)
from tests.builders.house import DAY, NOON, PASSWORD
from tests.gates.harness import BY_THE_ADDRESS, NOT_FOUND, Situation, closed

TYPED = {"shall_say": "Other words?", "reason": "A slip.", "source": "Page 3."}


def address(act, *args):
    return reverse(f"admin:clinic_protocolversion_{act}", args=args)


def proposing(house, says, *, place=QUESTION, page=False, **typed):
    url = address("erratum_propose", house.version.key, place)
    return Situation(house.author, url, TYPED | typed, says, page=url if page else "")


def withdrawing(house, erratum, says):
    url = address("erratum_withdraw", erratum.key)
    return Situation(house.author, url, {"reason": "Not so.", "source": "Page 3."}, says)


@closed(
    "erratum_place",
    BY_THE_ADDRESS,
    behind="tests/clinic/protocols/test_errata.py::test_an_erratum_touches_no_code_and_no_rule",
)
def the_place_holds_a_code(house):
    return proposing(house, NOT_FOUND, place="screening.items[0].code")


@closed("erratum_looser")
def the_number_would_be_looser(house):
    shall_say = minutes(house.version) - 1
    return proposing(house, "is not stricter than", place=STAY, shall_say=shall_say)


@closed("erratum_says_the_same")
def it_says_that_already(house):
    return proposing(house, "It says that already.", shall_say=question(house.version))


@closed("erratum_unfit")
def the_number_would_not_fit(house):
    shall_say = f"{minutes(house.version)}.5"
    return proposing(house, "Minimum stay", place=STAY, shall_say=shall_say)


@closed("erratum_waits")
def one_for_the_place_waits(house):
    a_proposed_erratum(house)
    return proposing(house, "Erratum 1 for this place waits for its second person.", page=True)


@closed("erratum_not_in_force")
def it_was_withdrawn_before(house):
    erratum = an_erratum(house)
    back = actions.withdraw(erratum, by=house.author, at=NOON, reason="Not so.", source="Page 3.")
    approved(house, back)
    return withdrawing(house, erratum, "Erratum 1 does not count")


@closed("erratum_approved_by_author")
def its_author_would_approve_it(house):
    erratum = a_longer_stay(house)
    people.give_role(
        house.author, by=house.manager, at=NOON - 300 * DAY, site=house.site,
        role="protocol_approver",
    )  # fmt: skip
    url = address("erratum_approve", erratum.key)
    says = "You proposed this erratum. A second person approves it."
    return Situation(
        house.author, url, {"password": PASSWORD}, says, page=erratum.get_absolute_url()
    )
