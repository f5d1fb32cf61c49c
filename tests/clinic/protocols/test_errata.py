"""Errata of a published version: proposed, approved by a second person, binding from then on."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from clinic.audit.models import Signature
from clinic.people import actions as people
from clinic.people.models import Site, User
from clinic.protocols import actions as protocols
from clinic.protocols.errata import actions, queries
from clinic.protocols.errata.models import Erratum, Status
from clinic.protocols.house.queries import numbers_of
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import (
    digest_of,
    document_at,
    document_of,
    errata_of,
    published_document_of,
)
from clinic.workflow import Refused
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
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, proof, trail
from tests.builders.house_values import a_house_value

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    with time_machine.travel(NOON, tick=False):
        yield a_house()


def refused(act, *args, **how):
    before = trail()
    with pytest.raises(Refused) as refusal:
        act(*args, **how)
    assert trail() == before
    return codes(refusal)


def approve(house, erratum, *, by=None, at=NOON):
    by = by or house.approver
    actions.approve(erratum, by=by, at=at, proof=proof(by, at))


def test_an_erratum_binds_from_its_approval_and_the_version_stays_what_was_published(house):
    version, said = house.version, question(house.version)
    before = (version.digest, version.document, published_document_of(version).digest())
    erratum = a_proposed_erratum(house, at=NOON)
    assert question(ProtocolVersion.objects.get(pk=version.pk)) == said

    approved(house, erratum, at=NOON + HOUR)

    assert question(version) == erratum.shall_say
    assert question(version, NOON + HOUR - timedelta(seconds=1)) == said
    assert (version.digest, version.document, published_document_of(version).digest()) == before
    assert version.digest != digest_of(version) == document_of(version).digest()
    assert trail()[-2:] == ["erratum proposed", "erratum approved"]


def test_what_the_approver_signed_is_kept_with_both_digests(house):
    erratum = an_erratum(house)

    signature = Signature.objects.get(subject_key=erratum.key)

    assert signature.by == house.approver
    assert house.version.digest in signature.content
    assert digest_of(house.version) in signature.content
    assert erratum.shall_say in signature.content


def test_a_number_may_become_stricter_and_names_the_one_that_was_printed(house):
    printed = minutes(house.version)

    approved(house, a_longer_stay(house, more=30))

    row = document_of(house.version).minimum_stay.rows[0]
    assert row.minutes == printed + 30
    assert f"printed: {printed} minutes" in row.source
    assert row.basis == published_document_of(house.version).minimum_stay.rows[0].basis


@pytest.mark.parametrize("more", [0, -1, -30])
def test_a_number_never_becomes_looser(house, more):
    assert refused(a_longer_stay, house, more=more) == ["erratum_looser"]


def test_the_refusal_of_a_looser_number_says_what_to_do_instead(house):
    with pytest.raises(Refused, match="Write a new version instead, and move the cases to it"):
        a_longer_stay(house, more=-30)


@pytest.mark.parametrize(
    "place",
    [
        "screening.items[0].code", "screening.items[0].kind", "screening.items[0].required",
        "screening.items[99].text", "screening.items", "gates[0].code", "gates[0].decider",
        "minimum_stay.counted_from", "unit", "title", "nouns.person", "", "nonsense",
    ],
)  # fmt: skip
def test_an_erratum_touches_no_code_and_no_rule(house, place):
    assert refused(a_proposed_erratum, house, place=place) == ["erratum_place"]


def test_an_erratum_takes_nothing_away(house):
    assert refused(a_proposed_erratum, house, shall_say=" ") == ["erratum_unfit"]
    assert refused(a_longer_stay, house, more=0.5) == ["erratum_unfit"]


def test_an_erratum_says_something_else_than_what_stands_there(house):
    said = question(house.version)

    assert refused(a_proposed_erratum, house, shall_say=said) == ["erratum_says_the_same"]


def test_an_erratum_has_a_reason_and_a_source(house):
    assert refused(a_proposed_erratum, house, reason=" ") == ["protocol_without_reason"]
    assert refused(a_proposed_erratum, house, source=" ") == ["protocol_without_reason"]


def test_one_erratum_for_a_place_waits_at_a_time(house):
    first = a_proposed_erratum(house)
    assert refused(a_proposed_erratum, house, shall_say="Another?") == ["erratum_waits"]

    actions.refuse(first, by=house.approver, at=NOON, reason="It says the same in longer words.")

    assert a_proposed_erratum(house, shall_say="Another?").number == 2
    assert question(house.version) != first.shall_say
    assert "erratum refused" in trail()


def test_nobody_approves_what_they_proposed(house):
    people.give_role(
        house.author, by=house.manager, at=NOON - 300 * DAY, site=house.site,
        role="protocol_approver",
    )  # fmt: skip
    erratum = a_proposed_erratum(house)
    by = User.objects.get(pk=house.author.pk)

    found = refused(actions.approve, erratum, by=by, at=NOON, proof=proof(by, NOON))

    assert found == ["erratum_approved_by_author"]


@pytest.mark.parametrize("who", ["intake", "nurse", "prescriber", "medical_lead", "manager"])
def test_only_an_author_proposes_and_only_an_approver_approves(house, who):
    by, erratum = house.people[who], a_proposed_erratum(house)

    assert refused(a_proposed_erratum, house, by=by, place=STAY, shall_say="999") == ["role"]
    assert refused(actions.approve, erratum, by=by, at=NOON, proof=proof(by, NOON)) == ["role"]
    assert refused(actions.refuse, erratum, by=by, at=NOON, reason="No.") == ["role"]


def test_an_erratum_is_decided_once(house):
    erratum = an_erratum(house)
    by = house.approver

    assert "status" in refused(actions.approve, erratum, by=by, at=NOON, proof=proof(by, NOON))
    assert refused(actions.refuse, erratum, by=by, at=NOON, reason="Late.") == ["status"]


def test_only_a_later_erratum_takes_one_back(house):
    printed = minutes(house.version)
    erratum = approved(house, a_longer_stay(house))
    back = actions.withdraw(
        erratum, by=house.author, at=NOON, reason="The printed number was right.", source="Page 3."
    )
    assert minutes(house.version) == printed + 30

    approved(house, back, at=NOON + HOUR)

    assert minutes(house.version) == printed
    assert minutes(house.version, NOON + HOUR / 2) == printed + 30
    assert digest_of(house.version) == published_document_of(house.version).digest()
    again = {"by": house.author, "at": NOON + HOUR, "reason": "Once more.", "source": "-"}
    assert refused(actions.withdraw, erratum, **again) == ["erratum_not_in_force"]
    assert refused(actions.withdraw, back, **again) == ["erratum_not_in_force"]


def test_of_an_erratum_and_a_house_value_the_stricter_holds(house):
    printed = minutes(house.version)
    a_house_value(house, by=10)
    site = Site.objects.get(pk=house.site.pk)

    approved(house, a_longer_stay(house, more=30))

    def stay():
        return document_at(house.version, site).minimum_stay.rows[0].minutes

    assert stay() == printed + 30
    site.house[str(house.version.key)][STAY] = str(printed + 60)
    assert stay() == printed + 60


def test_a_house_states_its_value_against_the_erratum(house):
    printed = minutes(house.version)

    approved(house, a_longer_stay(house, more=30))

    assert numbers_of(house.version)[STAY].value == printed + 30


def test_a_version_that_is_no_longer_in_force_has_errata_for_its_open_cases(house):
    protocols.retire(house.version, by=house.approver, at=NOON, reason="A newer one.")

    erratum = an_erratum(house)

    assert question(house.version) == erratum.shall_say


# -- What the database holds by itself -------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "shall_say = 'Something else'", "says = ''", "place = 'unit'", "number = 9",
        "status = 'refused'", "approved_at = approved_at + interval '1 day'",
        "refusal = 'No.'",
    ],
)  # fmt: skip
def test_the_database_keeps_an_approved_erratum_as_it_was_approved(house, change):
    erratum = an_erratum(house)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE clinic_erratum SET {change} WHERE id = {erratum.pk}")


def test_an_erratum_is_never_removed(house):
    erratum = a_proposed_erratum(house)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM clinic_erratum WHERE id = {erratum.pk}")


def test_the_database_refuses_an_approval_by_who_proposed_it(house):
    erratum = a_proposed_erratum(house)

    with pytest.raises(DatabaseError, match="second_person"), transaction.atomic():
        Erratum.objects.filter(pk=erratum.pk).update(
            status=Status.APPROVED, approved_at=NOON, approved_by=house.author
        )


def test_the_database_refuses_an_erratum_that_begins_approved(house):
    with pytest.raises(DatabaseError), transaction.atomic():
        Erratum.objects.create(
            version=house.version, number=7, status=Status.APPROVED, kind="words", place=QUESTION,
            about="-", says="-", shall_say="-", reason="-", source="-", proposed_at=NOON,
            proposed_by=house.author, approved_at=NOON, approved_by=house.approver,
        )  # fmt: skip


def test_the_database_refuses_errata_on_a_version_that_nobody_approved(house):
    an_erratum(house)
    made_up = [house.version.errata[0] | {"shall_say": "Whatever suits."}]

    with pytest.raises(DatabaseError, match="are those that were approved"), transaction.atomic():
        ProtocolVersion.objects.filter(pk=house.version.pk).update(errata=made_up)
    with pytest.raises(DatabaseError, match="are those that were approved"), transaction.atomic():
        ProtocolVersion.objects.filter(pk=house.version.pk).update(errata=[])


def test_a_version_carries_its_errata_so_that_reading_it_asks_nothing_more(
    house, django_assert_num_queries
):
    for number in range(3):
        an_erratum(house, shall_say=f"Wording {number}?", at=NOON + number * HOUR)
    version = ProtocolVersion.objects.get(pk=house.version.pk)

    with django_assert_num_queries(0):
        said, notices = question(version), errata_of(version)

    assert said == "Wording 2?"
    assert [each.number for each in notices] == [3, 2, 1]
    assert document_of(version) is document_of(version)


def test_what_an_erratum_changes_is_said_before_it_is_signed(house):
    erratum = a_longer_stay(house, more=30)

    (section,) = queries.changes_by(erratum)

    about = [(line.old, line.new) for line in section.differences]
    printed = minutes(house.version)
    assert (f"{printed} minutes", f"{printed + 30} minutes") in about
