"""Medicines: listed, changed by a newer row, and left off as agreed with who orders them."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from clinic.people.models import Licence
from clinic.protocols.queries import document_of
from clinic.screening.medicines import queries
from clinic.screening.medicines.models import ListedMedicine
from clinic.workflow import Refused
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, NOON, a_house, codes, trail
from tests.builders.medicines import OUTSIDE, a_medicine, changed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
TODAY = NOON.date()


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_referred_case(house)


def refused(act, *subject, **facts):
    with pytest.raises(Refused) as refusal:
        act(*subject, **facts)
    return codes(refusal)


def test_a_change_is_a_newer_row_and_the_older_stays_as_it_was(house, case):
    first = a_medicine(house, case, dose=20, unit="mg", frequency="every morning")

    changed(house, first, last="exactly", last_on="2026-11-10", by=house.nurse)

    (line,) = queries.lines_of(case)
    assert (line.now.state, line.now.entered_by) == ("left", house.nurse)
    assert [row.amount for row in line.earlier] == ["20 mg, every morning"]
    assert trail()[-2:] == ["medicine listed", "medicine changed"]


@pytest.mark.parametrize("statement", ["UPDATE {} SET name = 'x'", "DELETE FROM {}"])
def test_no_row_is_ever_written_over(house, case, statement):
    a_medicine(house, case)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("clinic_listedmedicine"))


def test_who_changes_what_was_changed_meanwhile_is_told(house, case):
    first = a_medicine(house, case)
    changed(house, first, last="not_known")

    assert refused(changed, house, first, last="not_known") == ["changed"]


def test_a_medicine_stands_on_the_list_once_whatever_its_letters(house, case):
    a_medicine(house, case, name="Sertraline")

    assert refused(a_medicine, house, case, name="sertraline ") == ["medicine_listed"]


def test_a_mistake_is_marked_with_its_reason_and_makes_room(house, case):
    first = a_medicine(house, case)

    assert refused(changed, house, first, state="mistaken") == ["medicine_without_words"]
    changed(house, first, state="mistaken", words="It is her sister's.")
    a_medicine(house, case)

    assert [line.now.is_mistaken for line in queries.lines_of(case)] == [True, False]


@pytest.mark.parametrize("said", ["2026-11-19", "2027", "2026-12", "1899"])
def test_what_lies_ahead_or_before_birth_is_refused(house, case, said):
    last = "exactly" if said.count("-") == 2 else "approximately"

    told = {"state": "left", "last": last, "last_on": said}
    assert refused(a_medicine, house, case, **told) == ["medicine_day"]


def test_a_month_that_is_not_over_is_no_day_ahead(house, case):
    a_medicine(house, case, state="left", last="approximately", last_on="2026-11")

    assert queries.lines_of(case)[0].last_on == TODAY


def test_nothing_is_left_off_step_by_step_without_who_agreed_and_when(house, case):
    alone = {"state": "leaving"}
    no_day = alone | OUTSIDE
    no_contact = no_day | {"agreed_contact": "", "agreed_on": TODAY}
    two = no_day | {"agreed_by": house.prescriber, "agreed_on": TODAY}

    for told in (alone, no_day, no_contact):
        assert refused(a_medicine, house, case, **told) == ["taper_without_agreement"]
    assert refused(a_medicine, house, case, **two) == ["taper_agreed_by_two"]


def test_the_database_holds_the_agreement_too(house, case):
    row = {"case": case, "name": "X", "entered_at": NOON, "entered_by": house.intake}

    with pytest.raises(IntegrityError), transaction.atomic():
        ListedMedicine.objects.create(**row, state="leaving")


@pytest.mark.parametrize("state", ["left", "as_needed"])
def test_the_database_asks_when_it_was_last_taken(house, case, state):
    row = {"case": case, "name": "X", "entered_at": NOON, "entered_by": house.intake}

    with pytest.raises(IntegrityError), transaction.atomic():
        ListedMedicine.objects.create(**row, state=state)
    ListedMedicine.objects.create(**row, state=state, last="not_known")


def test_who_agreed_in_the_house_was_licensed_for_it_on_that_day(house, case):
    told = {"state": "leaving", "agreed_on": TODAY}

    for told_by in (house.nurse, house.facilitator):
        found = refused(a_medicine, house, case, agreed_by=told_by, **told)
        assert found == ["taper_not_licensed"]
    a_medicine(house, case, agreed_by=house.prescriber, **told)
    Licence.objects.filter(user=house.medical_lead).update(valid_until=TODAY - timedelta(days=1))
    told = told | {"name": "Lithium", "agreed_by": house.medical_lead}
    assert refused(a_medicine, house, case, **told) == ["taper_not_licensed"]


def test_who_agreed_outside_is_named_with_a_way_to_reach_them_that_is_encrypted(house, case):
    a_medicine(house, case, state="leaving", agreed_on=TODAY, **OUTSIDE)

    with connection.cursor() as cursor:
        cursor.execute("SELECT agreed_contact FROM clinic_listedmedicine")
        assert "555" not in cursor.fetchone()[0]
    assert ListedMedicine.objects.get().agreed_contact == OUTSIDE["agreed_contact"]


def test_a_manager_keeps_no_list(house, case):
    assert refused(a_medicine, house, case, by=house.manager) == ["role"]


def test_only_a_verified_licence_to_order_is_offered(house, case):
    assert set(queries.who_orders(case)) == {house.prescriber, house.medical_lead}


@pytest.mark.parametrize(
    ("told", "planned", "word"),
    [
        ({"state": "taken"}, TODAY, "still taken"),
        ({"state": "leaving", "agreed_on": TODAY, **OUTSIDE}, TODAY, "still taken"),
        ({"state": "left", "last": "not_known"}, TODAY, "last taken not known"),
        ({"state": "as_needed", "last": "not_known"}, TODAY, "last taken not known"),
        ({"state": "as_needed", "last": "exactly", "last_on": "2026-11-12"}, TODAY, "1 day too early"),
        ({"state": "as_needed", "last": "exactly", "last_on": "2026-11-11"}, TODAY, "clear on 18 Nov 2026"),
        ({"state": "left", "last": "exactly", "last_on": "2026-11-13"}, TODAY, "2 days too early"),
        ({"state": "left", "last": "exactly", "last_on": "2026-11-12"}, TODAY, "1 day too early"),
        ({"state": "left", "last": "exactly", "last_on": "2026-11-11"}, TODAY, "clear on 18 Nov 2026"),
        ({"state": "left", "last": "approximately", "last_on": "2025"}, None, "clear on 07 Jan 2026"),
    ],
)  # fmt: skip
def test_each_medicine_stands_against_its_washout_on_the_planned_day(
    house, case, told, planned, word
):
    a_medicine(house, case, **told)
    (line,) = queries.lines_of(case)

    (against,) = line.against(document_of(house.version), planned, on=TODAY)
    assert against.word == word


def test_a_medicine_no_washout_names_stands_against_none(house, case):
    a_medicine(house, case, name="Vitamin D", falls_under=[])

    assert queries.lines_of(case)[0].against(document_of(house.version), TODAY, on=TODAY) == ()


def test_what_is_named_like_a_washout_falls_under_it_whatever_was_ticked(house, case):
    a_medicine(house, case, name="Another psychedelic, a lozenge", falls_under=[], at=NOON - DAY)

    (against,) = queries.lines_of(case)[0].against(document_of(house.version), TODAY, on=TODAY)
    assert against.label == "Another psychedelic"
    assert date(2026, 11, 18) == TODAY
